"""Accounts, the brands they belong to, and the one-time links with which they begin."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from orderveil.core.roles import Role


class PersonManager(BaseUserManager["Person"]):
    """Finds people: by their address, however its letters are written, or locked by number."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """The person with this address; raises `Person.DoesNotExist`."""
        return self.get(email__iexact=username)

    def locked(self, number: int) -> "Person":
        """The person of that number, locked till the caller's transaction ends."""
        return self.select_for_update().get(pk=number)


class Person(AbstractBaseUser):
    """One human being with an account of their own. Nobody shares one."""

    id = models.BigAutoField(primary_key=True)
    email = models.EmailField()
    name = models.TextField()
    """How colleagues know them."""
    language = models.CharField(max_length=7, blank=True, default="")
    """The language of their pages; "" follows the browser."""
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    """Made for the demo: can sign in only while the installation runs as one."""
    created_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        db_table = "people_person"
        constraints = (
            models.UniqueConstraint(Lower("email"), name="people_person_email"),
            # The one above says more; Django's check of accounts reads only this one.
            models.UniqueConstraint(fields=("email",), name="people_person_address"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def tag(self) -> str:
        """Their pseudonym in the ledger."""
        return f"person:{self.pk}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, by what they are good for."""

    def in_force(self) -> "MembershipQuerySet":
        """Accepted by the person and not ended: what lets anybody work anywhere."""
        return self.filter(ended_at=None, accepted_at__isnull=False)


class Membership(models.Model):
    """A role that a person holds in a brand (0: in the installation), once they accepted it."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    brand_id = models.IntegerField()
    role = models.TextField(choices=[(role.value, role.value) for role in Role])
    partner_id = models.BigIntegerField(null=True)
    """The outsourced centre they work for."""
    reveals_per_day = models.IntegerField(null=True)
    """Fewer (or more) than the role's own number; None: the role's."""
    views_per_day = models.IntegerField(null=True)
    created_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    """None: the link with which they accept it is still out; until then it opens nothing."""
    ended_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        db_table = "people_membership"
        constraints = (
            models.UniqueConstraint(
                fields=("person", "brand_id"),
                condition=models.Q(ended_at=None),
                name="people_one_membership",
            ),
        )

    def __str__(self) -> str:
        return f"membership {self.pk}"


class Invitation(models.Model):
    """A one-time link with which a person accepts a membership, or comes back to it.

    Only its hash is stored.
    """

    id = models.BigAutoField(primary_key=True)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT)
    sets_password = models.BooleanField(default=False)
    """Of an account that has begun, too: made for somebody who lost their password."""
    token_hash = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_invitation"

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class Quota(models.Model):
    """How many people a platform operator allows a brand; None: any number."""

    brand_id = models.IntegerField(primary_key=True)
    people = models.IntegerField(null=True)

    class Meta:
        db_table = "people_quota"

    def __str__(self) -> str:
        return f"people of brand {self.brand_id}"
