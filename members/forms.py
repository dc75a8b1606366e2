"""Forms of organizations, people, invitations and accounts. They validate and never write."""

import datetime as dt
from typing import Any

from allauth.account.forms import RequestLoginCodeForm as LibraryLoginCodeForm
from allauth.account.forms import ResetPasswordForm as LibraryResetPasswordForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from core.forms import PlainForm, VersionedForm
from members import spam
from members.models import (
    FormerName,
    Invitation,
    JoinRequest,
    Organization,
    OrganizationQuerySet,
    Person,
    Representation,
    Sector,
    one_line,
)
from members.operations import OnBehalf
from members.permissions import signed_in
from members.queries import organization_rows
from members.rules import (
    ORGANIZATION_MOVES,
    PROPOSABLE_FIELDS,
    HowTold,
    InvitationState,
    JoinRequestState,
    OrganizationStatus,
    PortalRole,
    RepresentationKind,
    SecurityEventKind,
)


def date_input() -> forms.DateInput:
    """A date field's widget as the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


# Organizations ------------------------------------------------------------------------------------

ORGANIZATION_FIELDS = [
    "name",
    "acronym",
    "sector",
    "jurisdiction",
    "region",
    "participation",
    "website",
    "work",
    "is_public",
    "source",
]
ORGANIZATION_WIDGETS = {"work": forms.Textarea(attrs={"rows": 4}), "source": forms.Textarea(attrs={"rows": 2})}
ORGANIZATION_HELP = {
    "name": "The full official name. A name that it gives up is kept as a former name.",
    "jurisdiction": "Where it acts, such as the whole state or one county.",
    "region": "For the balance of a body's seats.",
    "work": "What it does, in a few sentences for the public.",
    "is_public": "Visitors see public organizations in the directory.",
    "source": "Where what is said here comes from. Staff see it.",
}


class OneName(VersionedForm):
    """An organization's form that takes no name which another one has."""

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        same = Organization.objects.standing().filter(name__iexact=name).exclude(pk=self.instance.pk).first()
        if same:
            raise ValidationError(f"{same.name} is listed already.")
        return name


class OrganizationAddForm(OneName):
    """A new organization with the status that it starts in."""

    class Meta:
        model = Organization
        fields = [*ORGANIZATION_FIELDS[:6], "status", *ORGANIZATION_FIELDS[6:]]
        widgets = ORGANIZATION_WIDGETS
        help_texts = {
            **ORGANIZATION_HELP,
            "status": "People of an active organization have rights; a prospective one's have none yet.",
        }


class OrganizationForm(OneName):
    """The record of an organization as staff edit it; its status has a form of its own."""

    class Meta:
        model = Organization
        fields = ORGANIZATION_FIELDS
        widgets = ORGANIZATION_WIDGETS
        help_texts = ORGANIZATION_HELP


class StatusForm(VersionedForm):
    """A move to another status with its date and reason."""

    since_on = forms.DateField(label="Since", widget=date_input())
    reason = forms.CharField(max_length=300, validators=[one_line], help_text="Kept in the history for staff.")

    class Meta:
        model = Organization
        fields = ["status"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        moves = ORGANIZATION_MOVES[self.instance.status]
        choices = [choice for choice in OrganizationStatus.choices if choice[0] in moves]
        self.fields["status"] = forms.ChoiceField(label="New status", choices=[("", "Choose one"), *choices])


class FormerNameForm(VersionedForm):
    """A name that an organization had before, and until when."""

    class Meta:
        model = FormerName
        fields = ["name", "until_on"]
        widgets = {"until_on": date_input()}
        help_texts = {
            "name": "As it was in full. Search and the directory find the organization by it.",
            "until_on": "Leave empty where it is not known.",
        }

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class ProposalForm(VersionedForm):
    """What an organization's own people may ask to be changed in its public record."""

    people_note = forms.CharField(
        label="Changes among its people",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who came, who left, whose address is another one. Staff name and end people; this tells them.",
    )
    note = forms.CharField(
        label="Note to staff", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="Why, if it helps."
    )

    class Meta:
        model = Organization
        fields = list(PROPOSABLE_FIELDS)
        widgets = {"work": forms.Textarea(attrs={"rows": 4})}
        help_texts = {name: text for name, text in ORGANIZATION_HELP.items() if name in ("jurisdiction", "work")}

    @property
    def proposed(self) -> dict[str, str]:
        """The values of the record as they were typed."""
        return {name: str(self.cleaned_data[name]) for name in PROPOSABLE_FIELDS}

    @property
    def notes(self) -> dict[str, Any]:
        """What was noted of the people, and for staff."""
        return {name: self.cleaned_data[name] for name in ("people_note", "note")}


class AnswerForm(PlainForm):
    """What staff answer to a proposal: take it, or decline it with a reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    act = forms.ChoiceField(choices=[("accept", "Accept"), ("decline", "Decline")], widget=forms.HiddenInput)
    answer = forms.CharField(
        label="Reason", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="The proposer sees it."
    )

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("act") == "decline" and not cleaned.get("answer"):
            self.add_error("answer", "Say why. The proposer sees it.")
        return cleaned


class OrganizationFilter(forms.Form):
    """The staff list's filter."""

    q = forms.CharField(label="Name or acronym", required=False)
    status = forms.ChoiceField(required=False, choices=[("", "Any status"), *OrganizationStatus.choices])
    sector = forms.ModelChoiceField(
        Sector.objects.all(), required=False, to_field_name="slug", empty_label="Any sector"
    )
    missing_primary = forms.BooleanField(label="Without a primary representative", required=False)

    def rows(self) -> OrganizationQuerySet:
        """The organizations that it asks for; all of them where it cannot be read."""
        wanted = self.cleaned_data if self.is_valid() else {}
        return organization_rows(
            q=wanted.get("q", ""),
            status=wanted.get("status", ""),
            sector=wanted["sector"].slug if wanted.get("sector") else "",
            missing_primary=wanted.get("missing_primary", False),
        )


# Asking to join -----------------------------------------------------------------------------------


class JoinForm(VersionedForm):
    """What an organization that asks to join says of itself, and who asks; with what keeps machines out."""

    sector = forms.ModelChoiceField(Sector.objects.all(), empty_label="Choose one")
    # No person sees it or is led to it; what fills in every field fills in this one.
    fax = forms.CharField(
        label="Leave this field empty",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = JoinRequest
        fields = [
            "organization_name",
            "acronym",
            "sector",
            "jurisdiction",
            "website",
            "participation",
            "reason",
            "name",
            "email",
            "position",
            "phone",
        ]
        widgets = {
            "reason": forms.Textarea(attrs={"rows": 5, "maxlength": 2000}),
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "position": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel"}),
        }
        help_texts = {
            "organization_name": "The full official name.",
            "jurisdiction": ORGANIZATION_HELP["jurisdiction"],
            "participation": "Local and non-government bodies may also join a task force only.",
            "reason": "What you do and what you would like to work on. Up to 2,000 characters.",
            "email": "Staff answer to this address.",
        }

    def __init__(self, *args: object, now: dt.datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["stamp"].initial = spam.stamp(now)

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        names = [Field(name, wrapper_class="visually-hidden") if name == "fax" else name for name in self.fields]
        helper.layout = Layout(*names)
        return helper

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned values of the request itself."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    @property
    def is_trapped(self) -> bool:
        """Whether the field that no person sees was filled in."""
        return bool(self.cleaned_data.get("fax"))

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()

    def clean_organization_name(self) -> str:
        return " ".join(self.cleaned_data["organization_name"].split())

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        if sum(spam.count_links(str(cleaned.get(name) or "")) for name in self.Meta.fields if name != "website") > (
            spam.MOST_LINKS
        ):
            self.add_error("reason", f"At most {spam.MOST_LINKS} links may stand in the text. Leave the others out.")
        age = spam.age(str(cleaned.get("stamp") or ""), self.now)
        if age is None:
            self._renew_stamp()
            self.add_error(None, "This page was open for too long. Nothing you typed is lost: send it once more.")
        elif age < spam.LEAST:
            self.add_error(None, "That was very quick. Look over what you wrote, and send it again.")
        return cleaned

    def _renew_stamp(self) -> None:
        posted = self.data.copy()  # type: ignore[attr-defined]
        posted[self.add_prefix("stamp")] = spam.stamp(self.now - spam.LEAST)
        self.data = posted


class AcceptRequestForm(PlainForm):
    """How staff take a request to join."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    organization = forms.ModelChoiceField(
        Organization.objects.standing(),
        required=False,
        to_field_name="key",
        empty_label="Add it as a new prospective organization",
        help_text="Choose it here if it is listed already, under this name or another.",
    )
    invites = forms.BooleanField(label="Invite the asker at once", required=False, initial=True)
    answer = forms.CharField(
        label="A word to the asker",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Goes into the mail that says yes. May stay empty.",
    )


class DeclineRequestForm(PlainForm):
    """Why a request to join is declined."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Goes to the asker by mail.",
    )


class JoinRequestFilter(forms.Form):
    """The staff queue's filter; it shows what waits unless told otherwise."""

    state = forms.ChoiceField(required=False, choices=JoinRequestState.choices)


# People -------------------------------------------------------------------------------------------

ZONES = {
    "": "The Workgroup's",
    "America/Los_Angeles": "Pacific",
    "America/Denver": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Chicago": "Central",
    "America/New_York": "Eastern",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
}


ASSISTANT_FIELDS = ["assistant_name", "assistant_email"]


class WithAssistant(VersionedForm):
    """A person's form that takes an assistant with an address of their own, or none."""

    def clean_assistant_email(self) -> str:
        return self.cleaned_data["assistant_email"].strip().lower()

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        address = cleaned.get("assistant_email")
        if address and address == cleaned.get("email", self.instance.email):
            self.add_error("assistant_email", "This is the person's own address. Write the assistant's.")
        if cleaned.get("assistant_name") and address == "":
            self.add_error("assistant_email", "Write the address to which the copies go, or take the name away.")
        return cleaned


class PersonForm(WithAssistant):
    """A person's record as staff edit it."""

    class Meta:
        model = Person
        fields = ["name", "email", "position", "phone", "time_zone", *ASSISTANT_FIELDS]
        help_texts = {"email": "They sign in with it. A change ends their sessions."}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = zone_field(self.instance.time_zone)

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class ProfileForm(WithAssistant):
    """One's own record. The address is changed by staff, who check it."""

    class Meta:
        model = Person
        fields = ["name", "position", "phone", "time_zone", *ASSISTANT_FIELDS]
        help_texts = {"phone": "Staff and the people who sit on a body with you see it."}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = zone_field(self.instance.time_zone)


def zone_field(own: str) -> forms.ChoiceField:
    """A choice of time zone: those of the United States, and the person's own where it is another."""
    choices = dict(ZONES)
    if own not in choices:
        choices[own] = own.replace("_", " ")
    return forms.ChoiceField(
        label="Time zone",
        required=False,
        choices=list(choices.items()),
        help_text="For the times on your pages and the hour of your mails; a meeting is said in its own zone.",
    )


class RoleForm(VersionedForm):
    """The portal role of a person."""

    class Meta:
        model = Person
        fields = ["portal_role"]

    portal_role = forms.ChoiceField(label="Portal role", choices=PortalRole.choices, widget=forms.RadioSelect)


class ListedPersonField(forms.ModelChoiceField):
    """A choice among people, each with the address that tells two of one name apart."""

    def label_from_instance(self, person: Person) -> str:
        return f"{person.name} · {person.email}"


class OnBehalfForm(PlainForm):
    """Who said it and how staff were told; an app adds what was said."""

    said_by = ListedPersonField(Person.objects.none(), label="Who said it?", empty_label="Choose a person")
    how = forms.ChoiceField(label="How were you told?", choices=HowTold.choices, widget=forms.RadioSelect)

    def __init__(self, *args: object, people: QuerySet[Person], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["said_by"].queryset = people  # type: ignore[attr-defined]

    def on_behalf(self, now: dt.datetime) -> OnBehalf:
        """For whom staff act, from the cleaned form."""
        return OnBehalf(self.cleaned_data["said_by"], self.cleaned_data["how"], now)


class RepresentationForm(PlainForm):
    """Somebody named by an organization in writing: a listed person, or a new one who cannot sign in yet."""

    kind = forms.ChoiceField(choices=RepresentationKind.choices, initial=RepresentationKind.REPRESENTATIVE)
    person = ListedPersonField(
        Person.objects.filter(is_active=True),
        required=False,
        label="Listed person",
        empty_label="Somebody new",
        help_text="Choose a listed person, or leave it and fill in the name and address below.",
    )
    name = forms.CharField(max_length=120, required=False, validators=[one_line])
    email = forms.EmailField(label="E-mail", required=False)
    position = forms.CharField(max_length=160, required=False, validators=[one_line])
    starts_on = forms.DateField(label="Starts", widget=date_input())
    planned_end_on = forms.DateField(label="Planned end", required=False, widget=date_input())

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("person") is None and "person" in cleaned:
            for name in ("name", "email"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, "Fill this in, or choose a listed person above.")
            known = Person.objects.filter(email=cleaned.get("email") or "").first()
            if known:
                self.add_error("email", f"{known.name} has this address. Choose the listed person above.")
        elif cleaned.get("name") or cleaned.get("email"):
            self.add_error("person", "Choose a listed person or name somebody new, not both.")
        starts, ends = cleaned.get("starts_on"), cleaned.get("planned_end_on")
        if isinstance(starts, dt.date) and isinstance(ends, dt.date) and ends < starts:
            self.add_error("planned_end_on", f"The end is before the start. Choose {starts:%b} {starts.day} or later.")
        return cleaned


# Invitations --------------------------------------------------------------------------------------


class InviteForm(VersionedForm):
    """Whom to invite, and as what."""

    class Meta:
        model = Invitation
        fields = ["name", "email", "kind"]
        help_texts = {"email": "The invitation works for this address alone."}

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class AcceptForm(PlainForm):
    """The name as others will see it and a password, or none: a mailed code works as well."""

    name = forms.CharField(
        max_length=120, validators=[one_line], widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        required=False,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="15 characters or more; a few words that belong to nobody else do well. "
        "Leave it empty to sign in with a code that comes by mail.",
    )

    def __init__(self, *args: object, email: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        password = cleaned.get("password")
        if password:
            try:
                validate_password(password, Person(email=self.email, name=cleaned.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class InviteAllForm(forms.Form):
    """Which of those who could be invited are; the boxes stand in the page's own rows."""

    people = forms.ModelMultipleChoiceField(
        Representation.objects.none(), error_messages={"required": "Choose at least one person to invite."}
    )

    def __init__(self, *args: Any, listed: list[Representation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Representation.objects.filter(pk__in=[row.pk for row in listed])
        rows = rows.select_related("person", "organization").order_by("pk")
        self.fields["people"].queryset = rows  # type: ignore[attr-defined]


class ResendAllForm(forms.Form):
    """Which invitations without an answer are sent again."""

    invitations = forms.ModelMultipleChoiceField(
        Invitation.objects.none(), error_messages={"required": "Choose at least one invitation to send again."}
    )

    def __init__(self, *args: Any, unanswered: list[Invitation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Invitation.objects.filter(pk__in=[row.pk for row in unanswered])
        rows = rows.select_related("organization").order_by("pk")
        self.fields["invitations"].queryset = rows  # type: ignore[attr-defined]


class InvitationFilter(forms.Form):
    """The staff list's filter."""

    state = forms.ChoiceField(required=False, choices=[("", "Any state"), *InvitationState.choices])


class ConfirmationFilter(forms.Form):
    """The filter of the staff's list of confirmations."""

    state = forms.ChoiceField(
        required=False,
        choices=[
            ("", "All active organizations"),
            ("silent", "Silent, left to staff"),
            ("waiting", "Asked and waiting"),
            ("confirmed", "Answered within a year"),
            ("old", "Answered longer ago, or never"),
        ],
    )


class SecurityEventFilter(forms.Form):
    """The filter of the security events."""

    kind = forms.ChoiceField(required=False, choices=[("", "Any event"), *SecurityEventKind.choices])
    person = forms.CharField(label="Name or address", required=False, max_length=100)
    since_on = forms.DateField(label="From", required=False, widget=date_input())
    until_on = forms.DateField(label="To", required=False, widget=date_input())


# Accounts -----------------------------------------------------------------------------------------


class RequestLoginCodeForm(LibraryLoginCodeForm):
    """Sends a code only to an account in force; the answer is the same for every address."""

    _user: Person | None

    def clean_email(self) -> str:
        email = super().clean_email()
        if self._user is not None and not signed_in(self._user):
            self._user = None
        return email


class ResetPasswordForm(LibraryResetPasswordForm):
    """Sends a code only to an account in force; the answer is the same for every address."""

    users: list[Person]

    def clean_email(self) -> str:
        email = super().clean_email()
        self.users = [user for user in self.users if signed_in(user)]
        return email


class AddKeyForm(AddWebAuthnForm):
    """A new passkey or security key, in the portal's words."""

    passwordless = forms.BooleanField(
        label="Sign in with this key alone",
        required=False,
        initial=True,
        help_text="A passkey: no password and no code. The key must ask for a PIN, a finger or a face. "
        "Otherwise it is the second step after your password or mailed code.",
    )
