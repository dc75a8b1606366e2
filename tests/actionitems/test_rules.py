from actionitems.rules import ITEM_TRANSITIONS, OPEN_STATUSES, ActionItemStatus, can_transition


def test_every_status_has_its_moves_and_none_leads_to_itself():
    assert set(ITEM_TRANSITIONS) == set(ActionItemStatus)
    assert not any(status in ITEM_TRANSITIONS[status] for status in ActionItemStatus)


def test_what_is_finished_only_opens_again():
    finished = set(ActionItemStatus) - set(OPEN_STATUSES)
    assert all(ITEM_TRANSITIONS[status] == {ActionItemStatus.OPEN} for status in finished)
    assert can_transition("open", "done")
    assert not can_transition("done", "canceled")


def test_blocked_and_dropped_say_why():
    assert {status for status in ActionItemStatus if status.note_error} == {
        ActionItemStatus.BLOCKED,
        ActionItemStatus.CANCELED,
    }
