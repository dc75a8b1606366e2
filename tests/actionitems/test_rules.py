from actionitems.rules import ITEM_MOVES, UNFINISHED, ItemStatus, may_move, needs_note


def test_every_status_has_its_moves_and_none_leads_to_itself():
    assert set(ITEM_MOVES) == set(ItemStatus)
    assert not any(status in ITEM_MOVES[status] for status in ItemStatus)


def test_what_is_finished_only_opens_again():
    finished = set(ItemStatus) - set(UNFINISHED)
    assert all(ITEM_MOVES[status] == {ItemStatus.OPEN} for status in finished)
    assert may_move("open", "done")
    assert not may_move("done", "dropped")


def test_blocked_and_dropped_say_why():
    assert {status for status in ItemStatus if needs_note(status)} == {ItemStatus.BLOCKED, ItemStatus.DROPPED}
