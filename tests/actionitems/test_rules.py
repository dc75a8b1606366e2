import pytest

from actionitems.rules import ITEM_TRANSITIONS, OPEN_STATUSES, ActionItemStatus, can_transition
from core.templatetags.ui import badge


def test_every_status_has_transitions_and_none_to_itself():
    assert set(ITEM_TRANSITIONS) == set(ActionItemStatus)
    assert not any(status in ITEM_TRANSITIONS[status] for status in ActionItemStatus)


@pytest.mark.parametrize("status", ActionItemStatus)
def test_tone_of_every_status_is_a_tone_of_badges(status):
    assert badge("Word", status.tone)


def test_finished_item_can_only_be_reopened():
    finished = set(ActionItemStatus) - set(OPEN_STATUSES)
    assert all(ITEM_TRANSITIONS[status] == {ActionItemStatus.OPEN} for status in finished)
    assert can_transition("open", "done")
    assert not can_transition("done", "canceled")


def test_blocked_and_canceled_need_a_note():
    assert {status for status in ActionItemStatus if status.note_error} == {
        ActionItemStatus.BLOCKED,
        ActionItemStatus.CANCELED,
    }
