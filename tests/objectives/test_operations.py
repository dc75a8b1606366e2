"""What writers, chairs and staff do with updates and strategies, and what the rules refuse."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from core.operations import EditConflictError, OperationNotAllowedError
from objectives import operations
from objectives.models import ProgressUpdate, Strategy, StrategySupport
from tests import factories
from tests.conftest import NOW, TODAY


@pytest.fixture
def strategy(cast):
    return factories.StrategyFactory(body=cast.body, lead_organization=cast.organization)


@pytest.fixture
def submitted(cast, strategy):
    return factories.ProgressUpdateFactory(strategy=strategy, author=cast.seated, state="submitted", submitted_at=NOW)


@pytest.fixture
def published(cast, strategy):
    return factories.ProgressUpdateFactory(
        strategy=strategy, author=cast.seated, state="published", submitted_at=NOW, published_at=NOW
    )


def draft(cast, strategy, **values):
    values = {"actor": cast.seated, "status": "at_risk", "narrative": "It moves.", "today": TODAY, **values}
    return operations.save_draft(strategy=strategy, **values)


def tells(row, actor):
    """The newest history row equals the database row and names who did it."""
    stored, newest = type(row).objects.get(pk=row.pk), row.history.first()
    assert newest.history_user == actor
    for field in type(row)._meta.concrete_fields:
        assert getattr(newest, field.attname) == getattr(stored, field.attname), field.name


# Drafts


def test_a_draft_keeps_what_was_typed_even_without_a_status(cast, strategy):
    update = draft(cast, strategy, status="", narrative="Half a thought")
    assert (update.state, update.status, update.narrative, update.author) == (
        "draft", "", "Half a thought", cast.seated,
    )  # fmt: skip
    tells(update, cast.seated)


def test_saving_again_writes_in_the_same_draft(cast, strategy):
    first = draft(cast, strategy)
    second = draft(cast, strategy, narrative="It moved.", version=first.version)
    assert (second.pk, second.version, second.narrative) == (first.pk, 2, "It moved.")
    tells(second, cast.seated)


def test_a_draft_changed_in_another_window_is_a_stale_edit(cast, strategy):
    first = draft(cast, strategy)
    draft(cast, strategy, narrative="Other window", version=first.version)
    with pytest.raises(EditConflictError) as stale:
        draft(cast, strategy, narrative="This window", version=first.version)
    assert stale.value.current.narrative == "Other window"


def test_a_form_made_before_the_draft_came_to_be_does_not_overwrite_it(cast, strategy):
    draft(cast, strategy)
    with pytest.raises(EditConflictError):
        draft(cast, strategy, narrative="Another first draft")


def test_a_closed_strategy_takes_no_update(cast, strategy):
    operations.close_strategy(actor=cast.staff, strategy=strategy, today=TODAY, reason="Done with it")
    with pytest.raises(OperationNotAllowedError, match="is closed"):
        draft(cast, strategy)


def test_the_database_refuses_a_submitted_update_without_a_status(cast, strategy):
    update = draft(cast, strategy, status="")
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgressUpdate.objects.filter(pk=update.pk).update(state="submitted")


# Submitting


def test_submitting_shows_it_to_members_and_says_who_and_when(cast, strategy):
    update = operations.submit_update(actor=cast.chair, update=draft(cast, strategy), now=NOW, today=TODAY)
    assert (update.state, update.submitted_by, update.submitted_at, update.author) == (
        "submitted", cast.chair, NOW, cast.seated,
    )  # fmt: skip
    tells(update, cast.chair)


@pytest.mark.parametrize(
    ("values", "words"), [({"status": ""}, "Choose a status"), ({"narrative": "  "}, "Say in a sentence")]
)
def test_half_an_update_is_not_submitted(cast, strategy, values, words):
    with pytest.raises(OperationNotAllowedError, match=words):
        operations.submit_update(actor=cast.seated, update=draft(cast, strategy, **values), now=NOW, today=TODAY)


def test_what_is_submitted_is_not_submitted_twice(cast, submitted):
    with pytest.raises(OperationNotAllowedError, match="is submitted"):
        operations.submit_update(actor=cast.seated, update=submitted, now=NOW, today=TODAY)


def test_the_same_press_twice_submits_once(cast, strategy):
    press = {"actor": cast.seated, "strategy": strategy, "status": "on_track", "narrative": "x", "now": NOW}
    one = operations.write_and_submit(**press, today=TODAY)
    two = operations.write_and_submit(**press, today=TODAY)
    assert one.pk == two.pk and ProgressUpdate.objects.count() == 1


def test_a_refused_submission_keeps_nothing_half_done(cast, strategy):
    with pytest.raises(OperationNotAllowedError):
        operations.write_and_submit(
            actor=cast.seated, strategy=strategy, status="", narrative="x", now=NOW, today=TODAY
        )
    assert not ProgressUpdate.objects.exists()


# Publishing and returning


def test_publishing_names_who_and_when(cast, submitted):
    update = operations.publish_update(actor=cast.staff, update=submitted, now=NOW, version=submitted.version)
    assert (update.state, update.published_by, update.published_at) == ("published", cast.staff, NOW)
    tells(update, cast.staff)


@pytest.mark.parametrize("state", ["draft", "returned", "published"])
def test_only_what_is_submitted_is_published(cast, strategy, state):
    update = factories.ProgressUpdateFactory(strategy=strategy, state=state, published_at=NOW)
    with pytest.raises(OperationNotAllowedError):
        operations.publish_update(actor=cast.staff, update=update, now=NOW)


def test_several_are_published_together_or_not_at_all(cast, submitted):
    other = factories.ProgressUpdateFactory(strategy=submitted.strategy, state="submitted", submitted_at=NOW)
    with pytest.raises(EditConflictError):
        operations.publish_updates(actor=cast.staff, updates=[(submitted, 1), (other, 7)], now=NOW)
    assert not ProgressUpdate.objects.published().exists()
    assert len(operations.publish_updates(actor=cast.staff, updates=[(submitted, 1), (other, 1)], now=NOW)) == 2


def test_a_returned_update_is_its_authors_draft_again_with_the_reason(cast, submitted):
    update = operations.return_update(actor=cast.staff, update=submitted, reason="Name the county.")
    assert (update.state, update.return_reason) == ("returned", "Name the county.")
    tells(update, cast.staff)
    again = operations.write_and_submit(
        actor=cast.seated, strategy=update.strategy, status="on_track", narrative="Kern.", now=NOW, today=TODAY,
        version=update.version,
    )  # fmt: skip
    assert (again.pk, again.state, again.return_reason) == (update.pk, "submitted", "")


def test_an_update_is_not_returned_without_a_reason(cast, submitted):
    with pytest.raises(OperationNotAllowedError, match="Say what"):
        operations.return_update(actor=cast.staff, update=submitted, reason=" ")


def test_an_update_whose_author_writes_a_newer_one_is_not_returned(cast, submitted):
    draft(cast, submitted.strategy)
    with pytest.raises(OperationNotAllowedError, match="already writing a newer update"):
        operations.return_update(actor=cast.staff, update=submitted, reason="x")


# Still true


def test_still_true_renews_the_date_of_what_is_published_at_once(cast, published):
    update = operations.confirm_status(actor=cast.seated, strategy=published.strategy, today=TODAY)
    assert (update.pk, update.state, update.last_reported_on, update.confirmed_by) == (
        published.pk, "published", TODAY, cast.seated,
    )  # fmt: skip
    tells(update, cast.seated)


def test_nothing_published_is_nothing_to_confirm(cast, submitted):
    with pytest.raises(OperationNotAllowedError, match="Nothing is published"):
        operations.confirm_status(actor=cast.seated, strategy=submitted.strategy, today=TODAY)


def test_what_a_newer_update_contradicts_is_not_confirmed(cast, published):
    factories.ProgressUpdateFactory(strategy=published.strategy, state="submitted", submitted_at=NOW)
    with pytest.raises(OperationNotAllowedError, match="newer update waits"):
        operations.confirm_status(actor=cast.seated, strategy=published.strategy, today=TODAY)


def test_one_confirms_what_one_saw_and_not_what_was_published_since(cast, published):
    factories.ProgressUpdateFactory(
        strategy=published.strategy, state="published", published_at=NOW, reported_on=TODAY, status="off_track"
    )
    with pytest.raises(EditConflictError):
        operations.confirm_status(actor=cast.seated, strategy=published.strategy, today=TODAY, update=published)


# Strategies


def add(cast, **values):
    values = {
        "objective": factories.ObjectiveFactory(), "title": "Share the data", "starts_on": TODAY,
        "lead_organization": cast.organization, "responsible_person": cast.representative, **values,
    }  # fmt: skip
    return operations.add_strategy(actor=cast.chair, body=cast.body, today=TODAY, **values)


def supporters(strategy):
    return {support.organization for support in strategy.supports.filter(ended_on=None)}


def test_a_strategy_comes_with_its_supporters(cast):
    strategy = add(cast, supports=[cast.other_organization])
    assert supporters(strategy) == {cast.other_organization}
    tells(strategy, cast.chair)
    tells(strategy.supports.get(), cast.chair)


def test_a_lead_does_not_support_itself(cast):
    assert supporters(add(cast, supports=[cast.organization])) == set()


def test_the_responsible_person_is_of_the_lead_organization(cast):
    with pytest.raises(OperationNotAllowedError, match="does not represent DX"):
        add(cast, responsible_person=cast.other_primary)
    with pytest.raises(OperationNotAllowedError, match="lead organization"):
        add(cast, lead_organization=None)


def test_a_due_date_before_the_start_is_refused(cast):
    with pytest.raises(ValidationError):
        add(cast, due_on=TODAY - dt.timedelta(days=1))


def test_a_supporter_that_leaves_is_ended_and_kept(cast):
    strategy = add(cast, supports=[cast.other_organization])
    operations.edit_strategy(actor=cast.chair, strategy=strategy, today=TODAY, supports=[])
    assert supporters(strategy) == set()
    assert StrategySupport.objects.get(strategy=strategy).ended_on == TODAY


def test_two_who_change_only_supporters_notice_one_another(cast):
    strategy = add(cast)
    operations.edit_strategy(
        actor=cast.chair, strategy=strategy, today=TODAY, supports=[cast.other_organization], version=1
    )
    with pytest.raises(EditConflictError):
        operations.edit_strategy(actor=cast.staff, strategy=strategy, today=TODAY, supports=[], version=1)
    tells(strategy, cast.chair)


def test_a_strategy_that_ends_keeps_its_reason(cast, strategy):
    closed = operations.close_strategy(actor=cast.chair, strategy=strategy, today=TODAY, reason="Merged")
    assert (closed.closed_on, closed.close_reason) == (TODAY, "Merged")
    tells(closed, cast.chair)
    with pytest.raises(OperationNotAllowedError, match="closed already"):
        operations.close_strategy(actor=cast.chair, strategy=strategy, today=TODAY, reason="Again")


def test_a_milestone_is_added_reached_and_taken_back(cast, strategy):
    milestone = operations.add_milestone(actor=cast.chair, strategy=strategy, title="Agreed", due_on=TODAY)
    reached = operations.complete_milestone(actor=cast.seated, milestone=milestone, today=TODAY, version=1)
    assert reached.done_on == TODAY
    tells(reached, cast.seated)
    with pytest.raises(EditConflictError):
        operations.reopen_milestone(actor=cast.seated, milestone=milestone, version=1)
    assert operations.reopen_milestone(actor=cast.seated, milestone=milestone).done_on is None


def test_an_objectives_words_are_changed_with_history(cast):
    objective = factories.ObjectiveFactory(title="Old words")
    tells(operations.edit_objective(actor=cast.staff, objective=objective, title="New words"), cast.staff)


def test_merging_gives_all_that_one_leads_or_supports_to_the_other_once(cast, strategy):
    old, new = cast.organization, cast.other_organization
    both = add(cast, lead_organization=None, responsible_person=None, supports=[old, new])
    operations.reassign_organization(actor=cast.staff, source=old, target=new, today=TODAY)
    assert not Strategy.objects.filter(lead_organization=old).exists()
    assert not StrategySupport.objects.filter(organization=old).exists()
    assert supporters(both) == {new}


@pytest.mark.django_db(transaction=True)
def test_a_race_of_first_drafts_leaves_one_draft(cast, strategy):
    def press(number: int) -> str:
        try:
            draft(cast, strategy, narrative=f"Window {number}")
        except EditConflictError:
            return "stale"
        finally:
            connection.close()
        return "saved"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(press, range(4)))
    assert outcomes == ["saved", "stale", "stale", "stale"]
    assert ProgressUpdate.objects.count() == 1
