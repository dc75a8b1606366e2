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
    label = _("Vacant seats")

    def find(self, data: FollowUpData) -> list[FollowUp]:
        held = Term.objects.filter(seat=OuterRef("pk"), ended_on=None)
        seats = Seat.objects.open().filter(~Exists(held), body__dissolved_on=None)
        found = []
        for seat in seats.select_related("body", "organization").order_by("body__position", "body__name", "pk"):
            people = data.representatives(
                seat.organization_id, RepresentationKind.PRIMARY, RepresentationKind.ALTERNATE
            )
            facts = gettext("Seat without an organization")
            if seat.organization:
                facts = gettext("Seat of %(organization)s") % {"organization": seat.organization.name}
            title = f"{seat.get_role_display()}, {seat.body.title}"
            url = reverse("taskforces:roster", args=[seat.body.slug])
            recipients = data.recipients(people or data.audience.chairs_of(seat.body_id))
            found.append(FollowUp(self, seat.pk, title, facts, url, recipients, seat))
        return found

    def section(self, follow_up: FollowUp, recipient: Recipient, today: dt.date) -> EmailSection:
        seat: Seat = follow_up.subject
        organization, body = seat.organization, seat.body
        if organization:
            text = gettext(
                "A seat of %(organization)s on the %(body)s is vacant. Please reply with the name and email address of "
                "the person who will fill it."
            ) % {"organization": organization.name, "body": body.title}
        else:
            text = gettext(
                "A seat on the %(body)s is vacant. Please reply with the name and email address of the person who will "
                "fill it."
            ) % {"body": body.title}
        why = gettext("You're receiving this because you chair the %(body)s.")
        if organization:
            why = gettext("You're receiving this because you represent %(organization)s.")
        values = {"body": body.title, "organization": organization.name if organization else ""}
        return EmailSection(
            subject=gettext("Vacant seat: %(seat)s") % {"seat": seat},
            title=f"{seat.get_role_display()}, {body.title}",
            call_to_action=text,
            facts=[
                (gettext("Seat"), f"{seat.get_role_display()}, {body.title}"),
                (gettext("Organization"), organization.name if organization else gettext("None")),
            ],
            why=why % values,
            button=ActionButton(
                gettext("Open the page of the %(body)s") % values, page_url("taskforces:detail", body.slug)
            ),
        )


class ExpiredTerms(FollowUpType):
    slug = "past-term"
    label = _("Expired terms")

    def find(self, data: FollowUpData) -> list[FollowUp]:
        found = []
        for term in expired_terms(data.today):
            body = term.seat.body
            planned = gettext("expired")
            if term.planned_end_on:
                planned = gettext("expired %(day)s") % {"day": format_date(term.planned_end_on, data.today)}
            title = f"{term.person.name}, {term.seat.get_role_display().lower()}"
            url = reverse("taskforces:term_renew", args=[term.pk])
            recipients = data.recipients(data.audience.chairs_of(term.seat.body_id))
            found.append(FollowUp(self, term.pk, title, f"{body.title} · {planned}", url, recipients, term))
        return found

    def section(self, follow_up: FollowUp, recipient: Recipient, today: dt.date) -> EmailSection:
        term: Term = follow_up.subject
        seat, body = term.seat, term.seat.body
        ended = format_date(term.planned_end_on, today) if term.planned_end_on else gettext("Unknown")
        if recipient.person is not None and recipient.person.pk == term.person_id:
            text = gettext("Your term ended %(ended)s. Please tell us if you plan to continue or who will succeed you.")
        else:
            text = gettext("%(name)s's term ended %(ended)s. Please renew it or tell us who will succeed them.")
        values = {"name": term.person.name, "body": body.title}
        return EmailSection(
            subject=gettext("Expired term: %(name)s, %(body)s") % values,
            title=f"{term.person.name}, {seat.get_role_display().lower()}",
            call_to_action=text % {"name": term.person.name, "ended": ended},
            facts=[(gettext("Seat"), f"{seat.get_role_display()}, {body.title}"), (gettext("Planned end"), ended)],
            why=gettext("You're receiving this because you chair the %(body)s.") % values,
            button=ActionButton(gettext("Open the roster"), page_url("taskforces:roster", body.slug)),
        )
