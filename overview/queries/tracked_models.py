"""The models whose history staff can read."""

from django.db import models

from accounts.models import Person
from actionitems.models import ActionItem
from meetings.models import RSVP, AgendaItem, Attendance, Meeting
from members.models import Confirmation, FormerName, Invitation, JoinRequest, Organization, Proposal, Representation
from objectives.models import (
    DataPoint,
    Measure,
    Milestone,
    Objective,
    Plan,
    ProgressUpdate,
    Strategy,
    StrategySupport,
)
from records.models import LegalHold
from reminders.models import Announcement
from taskforces.models import Body, HistoryEvent, Requirement, Seat, Term, Workgroup

# By the name in the address of the history page.
TRACKED: dict[str, type[models.Model]] = {
    "organization": Organization,
    "person": Person,
    "former-name": FormerName,
    "representation": Representation,
    "invitation": Invitation,
    "proposal": Proposal,
    "confirmation": Confirmation,
    "join-request": JoinRequest,
    "workgroup": Workgroup,
    "event": HistoryEvent,
    "body": Body,
    "seat": Seat,
    "term": Term,
    "requirement": Requirement,
    "plan": Plan,
    "objective": Objective,
    "strategy": Strategy,
    "support": StrategySupport,
    "milestone": Milestone,
    "update": ProgressUpdate,
    "measure": Measure,
    "point": DataPoint,
    "meeting": Meeting,
    "agenda-item": AgendaItem,
    "rsvp": RSVP,
    "attendance": Attendance,
    "item": ActionItem,
    "announcement": Announcement,
    "hold": LegalHold,
}
