"""Alerts, what they are raised from, and how they are told.

Rules kept here:
- an alert holds ids, counts and words of ours; whom it is about is a pseudonym;
- of one kind, about one caller, on one day there is at most one open alert: it counts up.
"""

from django.db import models

from orderveil.incidents.words import AlertKind, Outcome, Severity, State, Way


def _choices(kinds: type) -> list[tuple[str, str]]:
    return [(each.value, each.value) for each in kinds]  # type: ignore[attr-defined]


class Alert(models.Model):
    """Something that looks wrong, until somebody says what it was."""

    brand_id = models.IntegerField()
    kind = models.TextField(choices=_choices(AlertKind))
    severity = models.TextField(choices=_choices(Severity))
    who = models.TextField()
    """ "person:17" or "credential:5"."""
    day = models.DateField()
    """The UTC day it is about."""
    count = models.BigIntegerField()
    evidence = models.JSONField(default=dict)
    """What it was raised from: counts, limits, the history compared with, entry ids, codes."""
    raised_at = models.DateTimeField()
    last_at = models.DateTimeField()
    """When it last counted up."""
    state = models.TextField(choices=_choices(State), default=State.OPEN.value)
    outcome = models.TextField(choices=_choices(Outcome), blank=True, default="")
    reason = models.TextField(blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(blank=True, default="")

    class Meta:
        indexes = (models.Index(fields=("brand_id", "state", "-id"), name="incidents_alert_list"),)
        constraints = (
            models.UniqueConstraint(
                fields=("brand_id", "kind", "who", "day"),
                condition=models.Q(state="open"),
                name="incidents_one_open",
            ),
        )

    def __str__(self) -> str:
        return f"alert {self.pk}"


class Count(models.Model):
    """How much of one thing one caller did in one hour: the history that is compared with."""

    brand_id = models.IntegerField()
    who = models.TextField()
    what = models.TextField()
    hour = models.DateTimeField()
    count = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=("hour",), name="incidents_count_hour"),)
        constraints = (
            models.UniqueConstraint(
                fields=("brand_id", "what", "who", "hour"), name="incidents_count_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.what} of {self.who}"


class Looked(models.Model):
    """How far a brand's log was looked at. Its row's lock lets one look at a time."""

    brand_id = models.IntegerField(primary_key=True)
    place = models.BigIntegerField(default=0)
    """The index of the first entry that was not looked at."""
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"brand {self.brand_id} up to {self.place}"


class Network(models.Model):
    """A network from which a person has signed in."""

    person = models.TextField()
    network = models.TextField()
    first_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "network"), name="incidents_network_once"),
        )

    def __str__(self) -> str:
        return f"network {self.pk}"


class Canary(models.Model):
    """An invented order that nobody has a reason to open."""

    brand_id = models.IntegerField()
    order_id = models.BinaryField()
    expected = models.JSONField(default=list)
    """Partners whose systems read every order anyway: they raise nothing."""
    marked_at = models.DateTimeField()
    marked_by = models.TextField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("brand_id", "order_id"),
                condition=models.Q(retired_at=None),
                name="incidents_canary_once",
            ),
        )

    def __str__(self) -> str:
        return f"canary {self.pk}"


class Receiver(models.Model):
    """Where a brand's alerts are posted. The secret that signs them is sealed in the keyring."""

    brand_id = models.IntegerField(primary_key=True)
    url = models.TextField()
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"receiver of brand {self.brand_id}"


class Notice(models.Model):
    """One alert, as raised or as it became worse, on one way: due, sent, or given up."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT)
    way = models.TextField(choices=_choices(Way))
    rose_to = models.TextField(choices=_choices(Severity), blank=True, default="")
    """The severity that the alert rose to; empty: it tells of the raising."""
    since = models.DateTimeField()
    """When it was due first; it is given up a day later."""
    next_at = models.DateTimeField(null=True)
    """When it is due; None: sent, or given up."""
    attempts = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")
    """Why the last attempt failed: a code."""

    class Meta:
        indexes = (
            models.Index(
                fields=("next_at",), condition=models.Q(next_at__isnull=False), name="incidents_due"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("alert", "way", "rose_to"), name="incidents_notice_once"
            ),
        )

    def __str__(self) -> str:
        return f"notice {self.pk}"
