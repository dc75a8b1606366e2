"""Operations on progress updates: draft, submit, publish, return and confirm."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from core.operations import EditConflictError, OperationNotAllowedError
from objectives.models import ProgressUpdate
from objectives.operations import updates as operations
from objectives.operations.strategies import close_strategy
from tests import factories
from tests.conftest import NOW, TODAY
from tests.objectives.operations.checks import assert_history


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


# Drafts


def test_a_draft_is_saved_without_a_status(cast, strategy):
    update = draft(cast, strategy, status="", narrative="Half a thought")
    assert (update.state, update.status, update.narrative, update.author) == (
        "draft", "", "Half a thought", cast.seated,
    )  # fmt: skip
    assert_history(update, cast.seated)


def test_saving_again_changes_the_same_draft(cast, strategy):
    first = draft(cast, strategy)
    second = draft(cast, strategy, narrative="It moved.", version=first.version)
    assert (second.pk, second.version, second.narrative) == (first.pk, 2, "It moved.")
    assert_history(second, cast.seated)


def test_a_draft_changed_in_another_window_is_a_conflict(cast, strategy):
    first = draft(cast, strategy)
    draft(cast, strategy, narrative="Other window", version=first.version)
    with pytest.raises(EditConflictError) as stale:
        draft(cast, strategy, narrative="This window", version=first.version)
    assert stale.value.current.narrative == "Other window"


def test_a_form_without_a_version_does_not_overwrite_a_draft(cast, strategy):
    draft(cast, strategy)
    with pytest.raises(EditConflictError):
        draft(cast, strategy, narrative="Another first draft")


def test_a_closed_strategy_takes_no_update(cast, strategy):
    close_strategy(actor=cast.staff, strategy=strategy, today=TODAY, reason="Finished")
    for actor in (cast.seated, cast.staff):
        with pytest.raises(PermissionDenied):
            draft(cast, strategy, actor=actor)
    assert not ProgressUpdate.objects.exists()


def test_a_submitted_update_is_not_edited(cast, submitted):
    with pytest.raises(OperationNotAllowedError):
        draft(cast, submitted.strategy, update=submitted, version=submitted.version)


def test_the_database_refuses_a_submitted_update_without_a_status(cast, strategy):
    update = draft(cast, strategy, status="")
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgressUpdate.objects.filter(pk=update.pk).update(state="submitted")


@pytest.mark.django_db(transaction=True)
def test_a_race_of_first_drafts_leaves_one_draft(cast, strategy):
    def save(number: int) -> str:
        try:
            draft(cast, strategy, narrative=f"Window {number}")
        except EditConflictError:
            return "stale"
        finally:
            connection.close()
        return "saved"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(save, range(4)))
    assert outcomes == ["saved", "stale", "stale", "stale"]
    assert ProgressUpdate.objects.count() == 1


# Submitting


def test_submitting_records_who_and_when(cast, strategy):
    update = operations.submit_update(actor=cast.chair, update=draft(cast, strategy), now=NOW, today=TODAY)
    assert (update.state, update.submitted_by, update.submitted_at, update.author) == (
        "submitted", cast.chair, NOW, cast.seated,
    )  # fmt: skip
    assert_history(update, cast.chair)


@pytest.mark.parametrize("values", [{"status": ""}, {"narrative": "  "}])
def test_an_incomplete_update_is_not_submitted(cast, strategy, values):
    update = draft(cast, strategy, **values)
    with pytest.raises(OperationNotAllowedError):
        operations.submit_update(actor=cast.seated, update=update, now=NOW, today=TODAY)
    update.refresh_from_db()
    assert update.state == "draft"


def test_a_submitted_update_is_not_submitted_again(cast, submitted):
    with pytest.raises(OperationNotAllowedError):
        operations.submit_update(actor=cast.seated, update=submitted, now=NOW, today=TODAY)


def test_the_same_submission_twice_submits_once(cast, strategy):
    values = {"actor": cast.seated, "strategy": strategy, "status": "on_track", "narrative": "x", "now": NOW}
    one = operations.write_and_submit(**values, today=TODAY)
    two = operations.write_and_submit(**values, today=TODAY)
    assert one.pk == two.pk and ProgressUpdate.objects.count() == 1


def test_a_refused_submission_saves_nothing(cast, strategy):
    with pytest.raises(OperationNotAllowedError):
        operations.write_and_submit(
            actor=cast.seated, strategy=strategy, status="", narrative="x", now=NOW, today=TODAY
        )
    assert not ProgressUpdate.objects.exists()


def test_publishing_records_who_and_when(cast, submitted):
    update = operations.publish_update(actor=cast.staff, update=submitted, now=NOW, version=submitted.version)
    assert (update.state, update.published_by, update.published_at) == ("published", cast.staff, NOW)
    assert_history(update, cast.staff)


@pytest.mark.parametrize("state", ["draft", "returned", "published"])
def test_only_a_submitted_update_is_published(cast, strategy, state):
    update = factories.ProgressUpdateFactory(strategy=strategy, state=state, published_at=NOW)
    with pytest.raises(OperationNotAllowedError):
        operations.publish_update(actor=cast.staff, update=update, now=NOW)


def test_several_are_published_together_or_not_at_all(cast, submitted):
    other = factories.ProgressUpdateFactory(strategy=submitted.strategy, state="submitted", submitted_at=NOW)
    with pytest.raises(EditConflictError):
        operations.publish_updates(actor=cast.staff, updates=[(submitted, 1), (other, 7)], now=NOW)
    assert not ProgressUpdate.objects.published().exists()
    assert len(operations.publish_updates(actor=cast.staff, updates=[(submitted, 1), (other, 1)], now=NOW)) == 2


def test_one_update_of_another_body_stops_the_whole_list(cast, submitted):
    cast.body.chair_may_publish = True
    cast.body.save(update_fields=["chair_may_publish"])
    elsewhere = factories.ProgressUpdateFactory(
        strategy=factories.StrategyFactory(body=factories.BodyFactory(slug="other")),
        state="submitted",
        submitted_at=NOW,
    )
    with pytest.raises(PermissionDenied):
        operations.publish_updates(actor=cast.chair, updates=[(submitted, 1), (elsewhere, 1)], now=NOW)
    assert not ProgressUpdate.objects.published().exists()
    assert len(operations.publish_updates(actor=cast.chair, updates=[(submitted, 1)], now=NOW)) == 1


def test_a_returned_update_is_its_authors_draft_again(cast, submitted):
    update = operations.return_update(actor=cast.staff, update=submitted, reason="Name the county.")
    assert (update.state, update.return_reason) == ("returned", "Name the county.")
    assert_history(update, cast.staff)
    again = operations.write_and_submit(
        actor=cast.seated, strategy=update.strategy, status="on_track", narrative="Kern.", now=NOW, today=TODAY,
        version=update.version,
    )  # fmt: skip
    assert (again.pk, again.state, again.return_reason) == (update.pk, "submitted", "")


def test_an_update_is_not_returned_without_a_reason(cast, submitted):
    with pytest.raises(OperationNotAllowedError):
        operations.return_update(actor=cast.staff, update=submitted, reason=" ")


def test_an_update_is_not_returned_to_an_author_with_a_newer_one(cast, submitted):
    draft(cast, submitted.strategy)
    with pytest.raises(OperationNotAllowedError):
        operations.return_update(actor=cast.staff, update=submitted, reason="x")
    submitted.refresh_from_db()
    assert submitted.state == "submitted"


# Confirming


def test_confirming_renews_the_published_date(cast, published):
    update = operations.confirm_status(actor=cast.seated, strategy=published.strategy, today=TODAY)
    assert (update.pk, update.state, update.last_reported_on, update.confirmed_by) == (
        published.pk, "published", TODAY, cast.seated,
    )  # fmt: skip
    assert_history(update, cast.seated)


def test_nothing_published_cannot_be_confirmed(cast, submitted):
    with pytest.raises(OperationNotAllowedError):
        operations.confirm_status(actor=cast.seated, strategy=submitted.strategy, today=TODAY)


def test_a_status_with_a_newer_update_is_not_confirmed(cast, published):
    factories.ProgressUpdateFactory(strategy=published.strategy, state="submitted", submitted_at=NOW)
    with pytest.raises(OperationNotAllowedError):
        operations.confirm_status(actor=cast.seated, strategy=published.strategy, today=TODAY)
    published.refresh_from_db()
    assert published.confirmed_on is None


def test_an_update_published_since_is_not_confirmed_unseen(cast, published):
    factories.ProgressUpdateFactory(
        strategy=published.strategy, state="published", published_at=NOW, reported_on=TODAY, status="off_track"
    )
    with pytest.raises(EditConflictError):
        operations.confirm_status(actor=cast.seated, strategy=published.strategy, today=TODAY, update=published)
