"""What people type about partners, credentials and channels. Use cases check it again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from orderveil.core.clocks import end_of
from orderveil.core.decision import Mode
from orderveil.core.devices import ATTESTATION, DeviceKind
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.partners.models import Channel, Partner
from orderveil.partners.terms import CentreTerms

DEVICE_KINDS = (
    (DeviceKind.STATION, _("A packing station or a scanner, with a browser")),
    (DeviceKind.PRINTER, _("A printer, with the print agent beside it")),
)
OVERLAPS = (
    (0, _("None: the old one is refused at once")),
    (1, _("1 hour")),
    (24, _("24 hours")),
    (168, _("7 days")),
)
MODES = (
    (Mode.ENFORCE, _("Enforce: the policy for every order")),
    (
        Mode.ENFORCE_SHARE,
        _("Enforce a share: the policy for some orders, today's view of the rest"),
    ),
    (Mode.OBSERVE, _("Observe: today's view, and on record what the policy would have withheld")),
)
DAYS = (
    *((1, _("Monday")), (2, _("Tuesday")), (3, _("Wednesday")), (4, _("Thursday"))),
    *((5, _("Friday")), (6, _("Saturday")), (7, _("Sunday"))),
)
FORMATS = (
    *(("shopify", "Shopify"), ("woocommerce", "WooCommerce")),
    *(("amazon", "Amazon"), ("orderveil", "Orderveil")),
)
"""As the storefront's table of formats names them; a test compares the two."""

SLUG = 50
"""How many characters a short name has at most."""
DATE = {"type": "date"}
_TIME = {"type": "time"}


def refuse(form: forms.Form, problem: Problem) -> None:
    """Say a refusal on the form itself, so that nothing typed is lost."""
    form.add_error(None, f"{problem.detail} {problem.remedy}")


class Lines(forms.CharField):
    """Several short texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def clean(self, value: Any) -> tuple[str, ...]:
        """The texts, without empty ones."""
        return tuple(
            line.strip() for line in str(super().clean(value)).splitlines() if line.strip()
        )


class PartnerForm(forms.Form):
    """A new partner."""

    slug = forms.SlugField(
        label=_("Short name"),
        max_length=SLUG,
        help_text=_("Small letters, digits and hyphens: swift-couriers"),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    hops = forms.MultipleChoiceField(
        label=_("Hops it runs"),
        choices=[(hop.value, hop.value) for hop in Hop],
        widget=forms.CheckboxSelectMultiple,
    )
    own = forms.BooleanField(
        label=_("The brand's own system: it needs no agreement with itself"), required=False
    )
    assigned_by_default = forms.BooleanField(
        label=_("Takes new parcels unless told otherwise"), required=False
    )
    observe = forms.BooleanField(
        label=_("Begin by observing: it gets today's view for now"), required=False
    )


class ModeForm(forms.Form):
    """How a partner is rolled out."""

    mode = forms.ChoiceField(label=_("Mode"), choices=MODES)
    percent = forms.IntegerField(
        label=_("Share of the orders, in percent"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_("For a share only."),
    )

    def clean(self) -> dict[str, Any]:
        """A share needs its number."""
        found = super().clean() or {}
        if found.get("mode") == Mode.ENFORCE_SHARE and found.get("percent") is None:
            self.add_error("percent", _("Say which share of the orders."))
        return found

    def share(self) -> int:
        """The percent of the orders for which the policy holds."""
        if self.cleaned_data["mode"] != Mode.ENFORCE_SHARE:
            return 100
        return int(self.cleaned_data["percent"])


class CentreForm(forms.Form):
    """When and from where a centre's people work."""

    networks = Lines(
        label=_("Networks"),
        required=False,
        help_text=_("CIDR, one a line, as in 192.0.2.0/24. Empty: from anywhere."),
    )
    days = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=DAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: every day."),
    )
    opens = forms.TimeField(
        label=_("Opens"), required=False, widget=forms.TimeInput(format="%H:%M", attrs=_TIME)
    )
    closes = forms.TimeField(
        label=_("Closes"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs=_TIME),
        help_text=_("Before it opens: it works past midnight. Both empty: at any hour."),
    )
    zone = forms.ChoiceField(label=_("Time zone"), choices=())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["zone"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(name, name) for name in sorted(available_timezones())]

    def terms(self) -> CentreTerms:
        """What was typed."""
        found = self.cleaned_data
        return CentreTerms(
            networks=found["networks"],
            days=tuple(found["days"]),
            opens=found["opens"],
            closes=found["closes"],
            zone=found["zone"],
        )


class CredentialForm(forms.Form):
    """A new credential."""

    who = forms.ChoiceField(label=_("Partner and hop"), choices=())
    expires_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs=DATE),
        help_text=_("Of UTC. Empty: it does not end by itself."),
    )
    networks = Lines(
        label=_("Networks"),
        required=False,
        help_text=_("CIDR, one a line, as in 192.0.2.0/24. Empty: from anywhere."),
    )
    daily_limit = forms.IntegerField(
        label=_("Orders it may see in a day"),
        min_value=1,
        max_value=2_000_000_000,
        required=False,
        help_text=_("Of UTC. Empty: no limit."),
    )
    channel = forms.ModelChoiceField(
        label=_("Channel"),
        queryset=Channel.objects.none(),
        required=False,
        help_text=_("For the hop storefront: the channel whose orders it posts."),
    )

    def __init__(self, partners: Iterable[Partner], channels: Any, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._partners = {each.pk: each for each in partners}
        who, channel = self.fields["who"], self.fields["channel"]
        assert isinstance(who, forms.ChoiceField)  # noqa: S101 - declared above
        assert isinstance(channel, forms.ModelChoiceField)  # noqa: S101 - likewise
        who.choices = [
            (f"{one.pk}/{hop}", f"{one.name}: {hop}")
            for one in self._partners.values()
            for hop in one.hops
        ]
        channel.queryset = channels

    def clean(self) -> dict[str, Any]:
        """A storefront's credential names its channel, and no other does."""
        found = super().clean() or {}
        is_storefront = str(found.get("who", "")).endswith(f"/{Hop.STOREFRONT}")
        if is_storefront and not found.get("channel"):
            self.add_error("channel", _("Name the channel whose orders it posts."))
        if found.get("channel") and not is_storefront:
            self.add_error("channel", _("Only a storefront's credential has a channel."))
        return found

    def whose(self) -> tuple[Partner, Hop]:
        """The partner and the hop that were chosen."""
        number, _slash, hop = self.cleaned_data["who"].partition("/")
        return self._partners[int(number)], Hop(hop)

    def expires_at(self) -> datetime | None:
        """The moment after the last day."""
        last = self.cleaned_data["expires_on"]
        return end_of(last) if last else None


class ShopsSecret(forms.CharField):
    """A webhook secret that the shop made."""

    widget = forms.PasswordInput(attrs={"autocomplete": "off"})

    def __init__(self, **more: Any) -> None:
        said = _("Where the shop made one. Empty: we make it, and show it once.")
        super().__init__(required=False, max_length=200, help_text=said, **more)


class ChannelForm(forms.Form):
    """A new way in for orders."""

    name = forms.SlugField(
        label=_("Short name"),
        max_length=SLUG,
        help_text=_("Small letters, digits and hyphens: main-shop"),
    )
    format = forms.ChoiceField(label=_("Whose JSON it is"), choices=FORMATS)
    secret = ShopsSecret(label=_("The shop's webhook secret"))


class RotateForm(forms.Form):
    """How long the old secret stays good."""

    overlap = forms.TypedChoiceField(
        label=_("Overlap with the old one"), choices=OVERLAPS, coerce=int, initial=24
    )

    def how_long(self) -> timedelta:
        """The overlap."""
        return timedelta(hours=self.cleaned_data["overlap"])


class RotateChannelForm(RotateForm):
    """And whose secret the new one is."""

    secret = ShopsSecret(label=_("The shop's new secret"))


class VouchForm(forms.Form):
    """Somebody's word about a device of the floor."""

    vouched = forms.BooleanField(
        label=format_lazy("{} {}", _("I have seen it and vouch for it:"), _(ATTESTATION)),
        error_messages={"required": _("Look at it where it stands; then say so.")},
    )


class Floors(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic when it runs
    """One of the partners, by their names."""

    def label_from_instance(self, obj: Partner) -> str:
        """As people call it."""
        return obj.name


class DeviceForm(VouchForm):
    """A new device of a floor."""

    partner = Floors(label=_("Whose floor it stands on"), queryset=Partner.objects.none())
    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("As people on the floor call it: Station 3")
    )
    kind = forms.ChoiceField(label=_("What it is"), choices=DEVICE_KINDS)
    asset = forms.CharField(
        label=_("Asset number"),
        max_length=60,
        help_text=_("The one on its sticker: whoever walks the floor compares it."),
    )
    field_order = ("partner", "name", "kind", "asset", "vouched")

    def __init__(self, partners: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partner = self.fields["partner"]
        assert isinstance(partner, forms.ModelChoiceField)  # noqa: S101 - declared above
        partner.queryset = partners


class BrandForm(forms.Form):
    """What a brand says of itself: where customers find it, and where parcels go back to."""

    published_channel = forms.CharField(
        label=_("The published support channel"),
        required=False,
        max_length=300,
        help_text=_("A number, an address or a page of the brand. Empty: none is published."),
    )
    return_address = forms.CharField(
        label=_("The return address on labels"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Up to four lines: a warehouse or an office, nobody's home. Empty: the name alone."
        ),
    )
