"""Writing an update, the updates page, and confirming a status."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from objectives.models import ProgressUpdate
from objectives.rules import ProgressStatus
from tests import factories
from tests.conftest import NOW, TODAY
from tests.objectives.conftest import sentences

WRITERS = ("representative", "seated", "secretary", "chair", "staff", "administrator")
READERS = ("alternate", "primary", "other_primary", "executive")


def write(scene, role, follow=False, **values):
    values = {"status": "at_risk", "narrative": "It is in the way.", "act": "save", "version": "", **values}
    return scene.cast.client(role).post(scene.url("write_update", pk=scene.strategy.pk), values, follow=follow)


def own(scene, role):
    return ProgressUpdate.objects.filter(author=scene.cast.people[role]).order_by("-id").first()


# The form


@pytest.mark.parametrize("role", WRITERS)
def test_writers_get_the_form_with_the_latest_update(scene, role):
    page = scene.cast.client(role).get(scene.url("write_update", pk=scene.strategy.pk)).content.decode()
    assert page.count('type="radio"') == len(ProgressStatus)
    assert "The public sentence." in page and "The submitted sentence." in page
    assert ("The draft sentence." in page) == (role == "seated")
    assert page.count("checked") == (1 if role == "seated" else 0)


@pytest.mark.parametrize("role", READERS)
def test_readers_who_cannot_write_are_refused(scene, role):
    before = ProgressUpdate.objects.count()
    assert scene.cast.client(role).get(scene.url("write_update", pk=scene.strategy.pk)).status_code == 403
    assert write(scene, role).status_code == 403
    assert ProgressUpdate.objects.count() == before


def test_a_visitor_is_sent_to_sign_in(scene):
    assert write(scene, "visitor").headers["Location"].startswith("/accounts/login/")
    assert scene.cast.client("seated").get("/strategies/9999/update/").status_code == 404


def test_saving_a_draft_stays_on_the_page(scene):
    response = write(scene, "chair", status="", narrative="Half a")
    assert response.headers["Location"] == scene.url("write_update", pk=scene.strategy.pk)
    assert (own(scene, "chair").state, own(scene, "chair").narrative) == ("draft", "Half a")


def test_submitting_goes_back_to_the_strategy(scene):
    response = write(scene, "representative", act="submit", follow=True)
    assert response.redirect_chain[-1][0] == scene.url("strategy", pk=scene.strategy.pk)
    assert "Update submitted." in response.content.decode()
    update = own(scene, "representative")
    assert (update.state, update.submitted_by, update.reported_on) == ("submitted", update.author, TODAY)


@pytest.mark.parametrize(
    ("values", "error"),
    [({"status": ""}, "Select a status."), ({"narrative": " "}, "Describe the progress in at least one sentence")],
)
def test_an_incomplete_submission_keeps_the_entered_values(scene, values, error):
    response = write(scene, "chair", act="submit", **values)
    page = response.content.decode()
    assert response.status_code == 200 and error in page and "data-focus" in page
    assert "It is in the way." in page or "checked" in page
    assert own(scene, "chair") is None


def test_a_text_that_is_too_long_is_shown_in_full(scene):
    text = "It is in the way. " * 400
    page = write(scene, "chair", act="submit", status="on_track", narrative=text).content.decode()
    assert "at most 5000 characters" in page and text.strip() in page
    # With a maxlength a browser would cut off pasted text silently.
    assert "maxlength" not in page.partition('<textarea name="narrative"')[2].partition(">")[0]


def test_an_unknown_status_is_refused(scene):
    assert "Select a valid choice" in write(scene, "chair", status="splendid").content.decode()


def test_a_draft_conflict_shows_both_versions(scene):
    response = write(scene, "seated", narrative="From my other window", version=7)
    page = response.content.decode()
    assert response.status_code == 409
    assert "From my other window" in page and "The draft sentence." in page
    scene.draft.refresh_from_db()
    assert scene.draft.narrative == "The draft sentence."
    assert write(scene, "seated", narrative="Chosen", version=scene.draft.version).status_code == 302
    scene.draft.refresh_from_db()
    assert scene.draft.narrative == "Chosen"


def test_autosave_returns_the_new_version(scene):
    client = scene.cast.client("chair")
    address = scene.url("write_update", pk=scene.strategy.pk)
    posted = {"status": "", "narrative": "As I type", "act": "save", "version": ""}
    first = client.post(address, posted, headers={"X-Autosave": "1"})
    assert first.json() == {
        "version": 1,
        "message": "Draft saved at 10:00 a.m. PT. Only you, the chair and Workgroup staff can see it.",
    }
    second = client.post(address, {**posted, "narrative": "As I type on", "version": 1}, headers={"X-Autosave": "1"})
    assert second.json()["version"] == 2
    stale = client.post(address, {**posted, "version": 1}, headers={"X-Autosave": "1"})
    assert stale.status_code == 409 and own(scene, "chair").narrative == "As I type on"


# A draft of someone else


@pytest.mark.parametrize(
    ("role", "status"),
    [("seated", 200), ("chair", 200), ("staff", 200), ("secretary", 404), ("primary", 404), ("other_primary", 404)],
)
def test_a_draft_is_open_to_its_author_the_chair_and_staff(scene, role, status):
    client = scene.cast.client(role)
    assert client.get(scene.url("edit_update", pk=scene.draft.pk)).status_code == status
    assert client.post(scene.url("submit_update", pk=scene.draft.pk), {"version": 9}).status_code in (
        {302} if status == 200 else {404}
    )


def test_an_update_that_is_not_open_cannot_be_edited(scene):
    for update in (scene.submitted, scene.published):
        assert scene.cast.client("primary").get(scene.url("edit_update", pk=update.pk)).status_code == 403
        assert scene.cast.client("primary").post(scene.url("submit_update", pk=update.pk)).status_code == 403


def test_a_draft_that_the_chair_submits_keeps_its_author(scene):
    scene.cast.client("chair").post(scene.url("submit_update", pk=scene.draft.pk), {"version": 1})
    scene.draft.refresh_from_db()
    assert (scene.draft.state, scene.draft.author, scene.draft.submitted_by) == (
        "submitted", scene.cast.seated, scene.cast.chair,
    )  # fmt: skip


def test_text_is_kept_when_the_author_submits_meanwhile(scene):
    typed = {"status": "on_track", "narrative": "The chair's words", "act": "save", "version": 1}
    scene.cast.client("seated").post(scene.url("submit_update", pk=scene.draft.pk), {"version": 1})
    response = scene.cast.client("chair").post(scene.url("edit_update", pk=scene.draft.pk), typed)
    page = response.content.decode()
    assert response.status_code == 422 and "form-errors" in page and "The chair&#x27;s words" in page


# The updates page


def late(scene):
    scene.published.reported_on = TODAY - dt.timedelta(days=95)
    scene.published.save(update_fields=["reported_on"])
    scene.submitted.delete()


def test_due_updates_are_on_one_page_with_their_forms(scene):
    late(scene)
    page = scene.cast.client("representative").get(scene.url("updates_due")).content.decode()
    assert "You have 1 update due." in page and "Overdue" in page and "The public sentence." in page
    assert scene.url("write_update", pk=scene.strategy.pk) in page
    assert scene.url("confirm_status", pk=scene.strategy.pk) in page


def test_without_due_updates_other_strategies_are_listed(scene):
    page = scene.cast.client("seated").get(scene.url("updates_due")).content.decode()
    assert "You have no updates due." in page and "Publish the dashboard" in page
    assert "No strategies to update" in scene.cast.client("other_primary").get("/updates/").content.decode()


def test_only_the_chair_sees_the_drafts_of_others(scene):
    address = scene.url("updates_due")
    assert "Drafts of others" in scene.cast.client("chair").get(address).content.decode()
    assert "The draft sentence." not in scene.cast.client("secretary").get(address).content.decode()


def test_a_returned_update_shows_the_requested_changes(scene):
    scene.draft.state, scene.draft.return_reason = "returned", "Name the county."
    scene.draft.save(update_fields=["state", "return_reason"])
    page = scene.cast.client("seated").get(scene.url("updates_due")).content.decode()
    assert "Name the county." in page and "The draft sentence." in page


def test_submitting_from_the_updates_page_returns_to_it(scene):
    response = write(scene, "representative", **{"from": "updates", "act": "submit"})
    assert response.headers["Location"] == scene.url("updates_due")


@pytest.mark.parametrize("role", ["representative", "chair", "staff"])
def test_one_row_and_three_take_the_same_queries(scene, role):
    late(scene)
    client, address = scene.cast.client(role), scene.url("updates_due")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(2):
        strategy = factories.StrategyFactory(
            objective=scene.objective, body=scene.cast.body, lead_organization=scene.cast.organization,
            responsible_person=scene.cast.representative,
        )  # fmt: skip
        factories.ProgressUpdateFactory(
            strategy=strategy, author=scene.cast.seated, state="published", published_at=NOW,
            reported_on=scene.published.reported_on,
        )  # fmt: skip
        factories.ProgressUpdateFactory(strategy=strategy, author=scene.cast.seated)
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one)


def test_a_person_without_rights_has_no_updates_page(scene):
    assert scene.cast.client("executive").get(scene.url("updates_due")).status_code == 404


# Confirming a status


def test_a_confirmed_status_is_public_immediately(scene):
    scene.submitted.delete()
    posted = {"update": scene.published.pk, "version": 1}
    response = scene.cast.client("seated").post(scene.url("confirm_status", pk=scene.strategy.pk), posted, follow=True)
    assert "Status confirmed today" in response.content.decode()
    page = scene.cast.client("visitor").get(scene.url("strategy", pk=scene.strategy.pk)).content.decode()
    assert "No change, confirmed on" in page


def test_a_status_with_a_newer_update_is_not_confirmed(scene):
    posted = {"update": scene.published.pk, "version": 1}
    address = scene.url("confirm_status", pk=scene.strategy.pk)
    refused = scene.cast.client("seated").post(address, posted, follow=True)
    assert "A newer update is waiting to be published" in refused.content.decode()
    for role in READERS:
        assert scene.cast.client(role).post(address, posted).status_code == 403
    assert scene.cast.client("seated").get(address).status_code == 405
    scene.published.refresh_from_db()
    assert scene.published.confirmed_on is None


def test_confirming_on_an_old_page_is_a_conflict(scene):
    scene.submitted.delete()
    newer = factories.ProgressUpdateFactory(
        strategy=scene.strategy, state="published", published_at=NOW, reported_on=TODAY
    )
    response = scene.cast.client("seated").post(
        scene.url("confirm_status", pk=scene.strategy.pk), {"update": scene.published.pk, "version": 1}, follow=True
    )
    assert response.redirect_chain[-1][0] == scene.url("strategy", pk=scene.strategy.pk)
    assert "Someone else changed this progress update." in response.content.decode()
    newer.refresh_from_db()
    assert newer.confirmed_on is None


# Who sees which update


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("visitor", ["public"]),
        ("executive", ["public"]),
        ("representative", ["public", "submitted"]),
        ("other_primary", ["public", "submitted"]),
        ("secretary", ["public", "submitted"]),
        ("seated", ["public", "submitted", "draft"]),
        ("chair", ["public", "submitted", "draft"]),
        ("staff", ["public", "submitted", "draft"]),
    ],
)
def test_each_role_sees_the_updates_it_may_see(scene, role, seen):
    assert sentences(scene.cast.client(role).get(scene.url("strategy", pk=scene.strategy.pk))) == seen
