"""A nudge: staff ask once, by one press, in words that they have read. It goes through the ledger like all mail."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from accounts.models import Person
from core.dates import format_date, local_today
from core.operations import OperationNotAllowedError
from mail.messages import Message, Skip
from mail.models import Delivery
from mail.operations import enqueue
from members.models import Invitation, Organization
from members.tokens import token_of
from objectives.queries.updates import DueUpdate
from reminders.answers import progress
from reminders.answers.parts import Offer
from reminders.chasing.cases import Case, FollowUpType, Recipient, case_of
from reminders.emails.making import EmailSection, ask, from_staff
from taskforces.models import Seat, Term

NUDGE = "nudge"
_LIFE = dt.timedelta(days=3)


def last_nudges(now: dt.datetime) -> dict[str, Delivery]:
    """The latest nudge of each case, by the case's reference, of the last 60 days. One query."""
    rows = Delivery.objects.filter(kind=NUDGE, created_at__gt=now - dt.timedelta(days=60)).order_by("created_at", "pk")
    return {row.subject_ref: row for row in rows}


def nudge(*, actor: Person, case: Case, now: dt.datetime) -> list[Recipient]:
    """Ask those who can settle the case, each once a day at most; whom it goes to now.

    Raises OperationNotAllowedError.
    """
    if not case.reachable:
        raise OperationNotAllowedError("Nobody can be reached by mail about this. Call, or mend the address first.")
    today = local_today(now)
    keys = {_key(case, recipient, today): recipient for recipient in case.reachable}
    asked = set(Delivery.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    fresh = {key: recipient for key, recipient in keys.items() if key not in asked}
    if not fresh:
        raise OperationNotAllowedError("They were asked today already. Ask again tomorrow, or call.")
    for key, recipient in fresh.items():
        enqueue(
            key=key,
            kind=NUDGE,
            address=recipient.address,
            person=recipient.person,
            subject_ref=case.ref,
            context={"by": actor.pk},
            now=now,
            expires_at=now + _LIFE,
        )
    return list(fresh.values())


def message_of(case: Case, recipient: Recipient, asker: Person, now: dt.datetime) -> Message:
    """The words of a nudge to one recipient."""
    return from_staff(_piece(case, recipient, local_today(now)), asker)


def compose_nudge(delivery: Delivery, now: dt.datetime) -> Message | Skip:
    """The nudge as things stand now, or why it should no longer go."""
    case = case_of(delivery.subject_ref, now)
    if case is None:
        return Skip("There is nothing left to ask: this was settled.")
    recipient = next((row for row in case.recipients if row.address == delivery.address), None)
    if recipient is None:
        return Skip("Another person answers for this now.")
    return message_of(case, recipient, Person.objects.get(pk=delivery.context["by"]), now)


def _key(case: Case, recipient: Recipient, today: dt.date) -> str:
    return f"{NUDGE}:{case.ref}:{recipient.address}:{today.isoformat()}"


def _piece(case: Case, recipient: Recipient, today: dt.date) -> EmailSection:
    match case.subject:
        case DueUpdate() as owed:
            return _late(owed, recipient, today)
        case Invitation() as invitation:
            return _invitation(invitation, today)
        case Organization() as organization:
            return _no_primary(organization)
        case Seat() as seat:
            return _vacant(seat, recipient)
        case Term() as term:
            return _past_term(term, recipient, today)
        case _:
            return _address(case)


def _url(name: str, *args: object) -> str:
    return settings.SITE_URL + reverse(name, args=args)


def _late(owed: DueUpdate, recipient: Recipient, today: dt.date) -> EmailSection:
    strategy, due = owed.strategy, format_date(owed.due_on, today)
    offers = []
    if recipient.person:
        offers = progress.offers(strategy, recipient.person, owed.due_on, f"{NUDGE}/{today.isoformat()}")
    return EmailSection(
        subject=f"Update late since {due}: {strategy.title}",
        title=strategy.title,
        ask=ask("nudge", matter=FollowUpType.LATE, due=due, may_confirm=bool(offers)),
        facts=[
            ("Strategy", strategy.title),
            ("For", strategy.body.title),
            ("Was due", due),
            ("Last word", format_date(owed.last.last_reported_on, today) if owed.last else "None yet"),
        ],
        why="You get this because you answer for this strategy.",
        button=Offer("Write the update", _url("objectives:write_update", strategy.pk)),
        offers=offers,
    )


def _invitation(invitation: Invitation, today: dt.date) -> EmailSection:
    until = format_date(local_today(invitation.expires_at), today)
    organization = invitation.organization
    token = token_of(invitation)
    return EmailSection(
        subject=f"Represent {organization.short_name}: your invitation is open until {until}",
        title=organization.name,
        ask=ask("nudge", matter=FollowUpType.INVITATION, organization=organization, until=until),
        facts=[
            ("Organization", organization.name),
            ("Your part", invitation.get_kind_display()),
            ("Your address", invitation.email),
            ("Answer by", until),
        ],
        why=f"You get this because {invitation.invited_by.name} invited this address for {organization.name}.",
        button=Offer("Accept the invitation", _url("members:accept_invitation", token or "expired")),
    )


def _no_primary(organization: Organization) -> EmailSection:
    return EmailSection(
        subject=f"Who speaks for {organization.short_name}? Name a primary representative",
        title=organization.name,
        ask=ask("nudge", matter=FollowUpType.NO_PRIMARY, organization=organization),
        facts=[("Organization", organization.name), ("Missing", "A primary representative")],
        why=f"You get this because our records list you with {organization.name}.",
        button=Offer("See your organization's page", _url("members:organization", organization.key)),
    )


def _vacant(seat: Seat, recipient: Recipient) -> EmailSection:
    whose = f"of {seat.organization.name} " if seat.organization else ""
    return EmailSection(
        subject=f"Vacant seat: {seat.get_role_display().lower()}, {seat.body.title}",
        title=f"{seat.get_role_display()}, {seat.body.title}",
        ask=ask("nudge", matter=FollowUpType.VACANT, seat=seat, whose=whose),
        facts=[
            ("Seat", f"{seat.get_role_display()}, {seat.body.title}"),
            ("Whose", seat.organization.name if seat.organization else "No one organization's"),
        ],
        why=f"You get this because you speak for {seat.organization.name}."
        if seat.organization
        else f"You get this because you chair the {seat.body.title}.",
        button=Offer(f"See the {seat.body.title}", _url("taskforces:detail", seat.body.slug)),
    )


def _past_term(term: Term, recipient: Recipient, today: dt.date) -> EmailSection:
    is_own = recipient.person is not None and recipient.person.pk == term.person_id
    ended = format_date(term.planned_end_on, today) if term.planned_end_on else "its planned end"
    return EmailSection(
        subject=f"Term past its end: {term.person.name}, {term.seat.body.title}",
        title=f"{term.person.name}, {term.seat.get_role_display().lower()}",
        ask=ask("nudge", matter=FollowUpType.PAST_TERM, term=term, is_own=is_own, ended=ended),
        facts=[("Seat", f"{term.seat.get_role_display()}, {term.seat.body.title}"), ("Planned end", ended)],
        why=f"You get this because you chair the {term.seat.body.title}.",
        button=Offer("Open the roster", _url("taskforces:roster", term.seat.body.slug)),
    )


def _address(case: Case) -> EmailSection:
    owner = case.subject
    return EmailSection(
        subject=f"Mail to {owner.name} does not arrive",
        title=owner.name,
        ask=ask("nudge", matter=FollowUpType.ADDRESS, owner=owner),
        facts=[("Person", owner.name), ("Address that refuses mail", owner.email)],
        why=f"You get this because you represent the same organization as {owner.name}.",
        button=Offer("Open the portal", _url("overview:home")),
    )
