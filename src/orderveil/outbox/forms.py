"""What people type about subscriptions. The use cases check it again."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orderveil.core.hops import Hop
from orderveil.outbox.events import EventKind
from orderveil.partners.models import Partner


class SubscriptionForm(forms.Form):
    """Which system is told of what, and where."""

    partner = forms.ChoiceField(label=_("Partner and hop"), choices=())
    url = forms.URLField(
        label=_("Address"),
        max_length=2000,
        assume_scheme="https",
        help_text=_("https, at a public address, without a user name."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Tell it of"),
        choices=[(kind.value, kind.value) for kind in EventKind],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, partners: Iterable[Partner], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._partners = {each.pk: each for each in partners}
        field = self.fields["partner"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [
            (f"{one.pk}/{hop}", f"{one.name}: {hop}")
            for one in self._partners.values()
            for hop in one.hops
        ]

    def whose(self) -> tuple[Partner, Hop]:
        """The partner and the hop that were chosen."""
        number, _slash, hop = self.cleaned_data["partner"].partition("/")
        return self._partners[int(number)], Hop(hop)

    def wanted(self) -> list[EventKind]:
        """The kinds that were chosen."""
        return [EventKind(kind) for kind in self.cleaned_data["kinds"]]
