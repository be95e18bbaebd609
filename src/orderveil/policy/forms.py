"""What a person types into a draft. A choice that no floor lets through is not offered."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop, Reach
from orderveil.core.states import ParcelState
from orderveil.core.table import Profile, Requirement, Table
from orderveil.policy.drafts import LONGEST_BYTES, choices
from orderveil.policy.prose import LETTER
from orderveil.policy.showing import GROUPS
from orderveil.policy.versions import LONGEST_NAME, LONGEST_WORDS


class _Form(forms.Form):
    """A form whose labels are words alone."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **({"label_suffix": ""} | more))


class NameForm(_Form):
    """The draft's name and the profile it belongs to."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    profile = forms.ChoiceField(
        label=gettext_lazy("Profile"),
        choices=[(each, each) for each in Profile],
        help_text=gettext_lazy("Strict lets no courier have a whole phone."),
    )


class TextForm(_Form):
    """A whole policy, pasted or uploaded."""

    text = forms.CharField(
        label=gettext_lazy("Policy (TOML)"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        help_text=gettext_lazy("If you choose one, it is taken instead of the text above."),
    )

    def clean(self) -> dict[str, Any]:
        """With `text` as what was pasted or uploaded, with one kind of line end."""
        said: dict[str, Any] = super().clean() or {}
        file = said.get("file")
        raw = file.read(LONGEST_BYTES + 1) if file else said.get("text", "").encode()
        if len(raw) > LONGEST_BYTES:
            raise forms.ValidationError(gettext("A policy has at most 100,000 bytes."))
        try:
            said["text"] = raw.decode().replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise forms.ValidationError(
                gettext("The file is not UTF-8. Save it as such.")
            ) from None
        return said


class ReasonForm(_Form):
    """Why a draft is rejected or withdrawn."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_WORDS,
        help_text=gettext_lazy("A few words. It goes on record, so it names no customer."),
    )


class HopForm(_Form):
    """One hop's terms, and a choice for each of its cells (`cell_phone`)."""

    purpose = forms.CharField(label=gettext_lazy("Purpose"), max_length=LONGEST_WORDS)
    reach = forms.ChoiceField(
        label=gettext_lazy("Reach"),
        choices=[
            (Reach.ALL, gettext_lazy("every order of the brand")),
            (Reach.ASSIGNED, gettext_lazy("parcels assigned to it")),
        ],
    )
    states = forms.MultipleChoiceField(
        label=gettext_lazy("It may ask while the parcel is"),
        required=False,
        choices=[(each, each.replace("_", " ")) for each in ParcelState],
        widget=forms.CheckboxSelectMultiple,
    )
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("Its partner needs"),
        required=False,
        choices=[(each, each) for each in Requirement],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        hop: Hop,
        profile: Profile,
        virtual: frozenset[Field],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        for field in Field:
            self.fields[f"cell_{field}"] = forms.ChoiceField(
                label=field.replace("_", " "),
                choices=[(word, _label(word)) for word in choices(hop, field, profile, virtual)],
            )

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The cells as they are sealed together."""
        return [(name, [self[f"cell_{field}"] for field in fields]) for name, fields in GROUPS]

    def words(self) -> dict[Field, str]:
        """What each cell shall say."""
        return {field: self.cleaned_data[f"cell_{field}"] for field in Field}


def _label(word: str) -> str:
    return f"{word.replace('_', ' ')} ({LETTER[Form(word)]})" if word in set(Form) else word


def first_values(table: Table, hop: Hop, words: dict[Field, str]) -> dict[str, Any]:
    """What a HopForm shows before anybody changes it."""
    row = table.rows[hop]
    return {
        "purpose": row.purpose,
        "reach": row.reach,
        "states": sorted(row.states),
        "needs": sorted(row.needs),
        **{f"cell_{field}": word for field, word in words.items()},
    }
