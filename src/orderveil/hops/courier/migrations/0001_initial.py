"""Carrier accounts, and what is to be booked with them.

A booking's row holds ids, codes and times. What the carrier told (`known`: its ids, its waybill
number) is sealed, and goes once the parcel is on its way.
"""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE TABLE courier_booking (
    order_id    bytea NOT NULL,
    parcel_no   smallint NOT NULL,
    partner_id  bigint NOT NULL,
    brand_id    integer NOT NULL,
    reference   text NOT NULL,
    life        smallint NOT NULL DEFAULT 1,
    is_reverse  boolean NOT NULL,
    state       text NOT NULL CHECK (state IN ('due', 'booked', 'refused', 'in_doubt',
                                               'cancelling', 'cancelled', 'called_off')),
    is_ending   boolean NOT NULL DEFAULT false,
    goes        boolean NOT NULL DEFAULT false,
    account_id  bigint,
    road        text NOT NULL DEFAULT 'booking' CHECK (road IN ('booking', 'cancelling')),
    done        text NOT NULL DEFAULT '',
    sent_at     timestamptz,
    known       bytea,
    problem     jsonb,
    tries       smallint NOT NULL DEFAULT 0,
    claim       bigint NOT NULL DEFAULT 0,
    held_until  timestamptz,
    next_at     timestamptz NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (order_id, parcel_no, partner_id)
);
CREATE INDEX courier_booking_due ON courier_booking (next_at)
    WHERE state IN ('due', 'cancelling');
CREATE INDEX courier_booking_open ON courier_booking (brand_id, created_at)
    WHERE state IN ('due', 'refused', 'in_doubt', 'cancelling');
CREATE INDEX courier_booking_over ON courier_booking (updated_at)
    WHERE state IN ('cancelled', 'called_off');
CREATE UNIQUE INDEX courier_booking_reference ON courier_booking (brand_id, reference);
"""

BACKWARD = "DROP TABLE courier_booking;"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("keyring", "0001_initial"),  # whose default privileges open these tables
        ("partners", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CarrierAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand_id", models.IntegerField()),
                ("carrier", models.TextField()),
                ("base_url", models.TextField()),
                ("options", models.JSONField(default=dict)),
                ("token", models.BinaryField(null=True)),
                ("token_no", models.BigIntegerField(default=0)),
                ("token_until", models.DateTimeField(null=True)),
                ("signing_until", models.DateTimeField(null=True)),
                ("paused_until", models.DateTimeField(null=True)),
                ("trouble", models.TextField(blank=True, default="")),
                ("created_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="partners.partner"
                    ),
                ),
            ],
            options={
                "db_table": "courier_account",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("partner",),
                        name="courier_account_one",
                    )
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
