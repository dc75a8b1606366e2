"""What a merge of two organizations moves."""

from django.utils.translation import gettext as _

from actionitems.models import ActionItem
from meetings.models import Attendance
from members.models import Invitation, JoinRequest, Organization, Proposal, Representation
from objectives.models import Strategy, StrategySupport
from records.models import LegalHold
from taskforces.models import Seat


def merge_preview(source: Organization) -> list[tuple[str, int]]:
    """Return (label, count) for each kind of record that a merge moves away from `source`; zero counts are left out."""
    counts = [
        (_("Current and former representatives"), Representation.objects.filter(organization=source).count()),
        (_("Invitations"), Invitation.objects.filter(organization=source).count()),
        (_("Requests to join"), JoinRequest.objects.filter(organization=source).count()),
        (_("Proposed changes"), Proposal.objects.filter(organization=source).count()),
        (_("Former names"), source.former_names.count() + 1),
        (_("Legal holds"), LegalHold.objects.filter(organization=source).count()),
        (_("Seats"), Seat.objects.filter(organization=source).count()),
        (_("Strategies it leads"), Strategy.objects.filter(lead_organization=source).count()),
        (_("Strategies it supports"), StrategySupport.objects.filter(organization=source).count()),
        (_("Action items"), ActionItem.objects.filter(owner_organization=source).count()),
        (_("Attendance records"), Attendance.objects.filter(organization=source).count()),
    ]
    return [(label, count) for label, count in counts if count]
