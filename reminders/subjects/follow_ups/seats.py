"""Seats without a holder, and terms past their planned end."""

import datetime as dt

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.dates import format_date
from members.rules import RepresentationKind
from reminders.emails import EmailSection, page_url
from reminders.link_actions import ActionButton
from reminders.subjects.follow_ups.base import FollowUp, FollowUpData, FollowUpType, Recipient
from taskforces.models import Seat, Term
from taskforces.queries.rosters import expired_terms


class VacantSeats(FollowUpType):
    slug = "vacant-seat"
    label = _("Seats vacant")

    def find(self, data: FollowUpData) -> list[FollowUp]:
        held = Term.objects.filter(seat=OuterRef("pk"), ended_on=None)
        seats = Seat.objects.open().filter(~Exists(held), body__dissolved_on=None)
        found = []
        for seat in seats.select_related("body", "organization").order_by("body__position", "body__name", "pk"):
            people = data.representatives(
                seat.organization_id, RepresentationKind.PRIMARY, RepresentationKind.ALTERNATE
            )
            owner = seat.organization.name if seat.organization else "no organization"
            title = f"{seat.get_role_display()}, {seat.body.title}"
            url = reverse("taskforces:roster", args=[seat.body.slug])
            recipients = data.recipients(people or data.audience.chairs_of(seat.body_id))
            found.append(FollowUp(self, seat.pk, title, f"Seat of {owner}", url, recipients, seat))
        return found

    def section(self, follow_up: FollowUp, recipient: Recipient, today: dt.date) -> EmailSection:
        seat: Seat = follow_up.subject
        organization, body = seat.organization, seat.body
        if organization:
            text = gettext(
                "A seat of %(organization)s on the %(body)s is vacant. Answer this mail with the name and e-mail "
                "address of the person who takes it."
            ) % {"organization": organization.name, "body": body.title}
        else:
            text = gettext(
                "A seat on the %(body)s is vacant. Answer this mail with the name and e-mail address of the person "
                "who takes it."
            ) % {"body": body.title}
        return EmailSection(
            subject=f"Vacant seat: {seat.get_role_display().lower()}, {body.title}",
            title=f"{seat.get_role_display()}, {body.title}",
            call_to_action=text,
            facts=[
                ("Seat", f"{seat.get_role_display()}, {body.title}"),
                ("Whose", organization.name if organization else "No one organization's"),
            ],
            why=f"You get this because you speak for {organization.name}."
            if organization
            else f"You get this because you chair the {body.title}.",
            button=ActionButton(f"See the {body.title}", page_url("taskforces:detail", body.slug)),
        )


class ExpiredTerms(FollowUpType):
    slug = "past-term"
    label = _("Terms past their end")

    def find(self, data: FollowUpData) -> list[FollowUp]:
        found = []
        for term in expired_terms(data.today):
            body = term.seat.body
            planned = (
                f"planned to {format_date(term.planned_end_on, data.today)}" if term.planned_end_on else "past its end"
            )
            title = f"{term.person.name}, {term.seat.get_role_display().lower()}"
            url = reverse("taskforces:term_renew", args=[term.pk])
            recipients = data.recipients(data.audience.chairs_of(term.seat.body_id))
            found.append(FollowUp(self, term.pk, title, f"{body.title} · {planned}", url, recipients, term))
        return found

    def section(self, follow_up: FollowUp, recipient: Recipient, today: dt.date) -> EmailSection:
        term: Term = follow_up.subject
        seat, body = term.seat, term.seat.body
        ended = format_date(term.planned_end_on, today) if term.planned_end_on else "its planned end"
        if recipient.person is not None and recipient.person.pk == term.person_id:
            text = gettext("Your term was planned to end on %(ended)s. Say whether you stay, or who follows you.")
        else:
            text = gettext("The term of %(name)s was planned to end on %(ended)s. Renew it, or say who follows.")
        return EmailSection(
            subject=f"Term past its end: {term.person.name}, {body.title}",
            title=f"{term.person.name}, {seat.get_role_display().lower()}",
            call_to_action=text % {"name": term.person.name, "ended": ended},
            facts=[("Seat", f"{seat.get_role_display()}, {body.title}"), ("Planned end", ended)],
            why=f"You get this because you chair the {body.title}.",
            button=ActionButton("Open the roster", page_url("taskforces:roster", body.slug)),
        )
