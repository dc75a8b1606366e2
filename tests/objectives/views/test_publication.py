"""The publication queue: updates are published one by one or together, or returned."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.conftest import NOW

STAFF = ("staff", "administrator")
OTHERS = ("representative", "alternate", "primary", "seated", "secretary", "chair", "other_primary", "executive")


def allow_the_chair_to_publish(scene):
    scene.cast.body.chair_may_publish = True
    scene.cast.body.save(update_fields=["chair_may_publish"])


def selected(*updates):
    return {"update": [f"{update.pk}:{update.version}" for update in updates]}


@pytest.mark.parametrize("role", STAFF)
def test_staff_see_each_update_with_the_published_one(scene, role):
    page = scene.cast.client(role).get(scene.url("publication_queue")).content.decode()
    assert "The submitted sentence." in page and "The public sentence." in page
    assert "The draft sentence." not in page


@pytest.mark.parametrize("role", OTHERS)
def test_others_cannot_open_the_queue(scene, role):
    client = scene.cast.client(role)
    assert client.get(scene.url("publication_queue")).status_code == 404
    assert client.post(scene.url("publish"), selected(scene.submitted)).status_code == 404
    scene.submitted.refresh_from_db()
    assert scene.submitted.state == "submitted"


def test_a_published_update_is_public(scene):
    response = scene.cast.client("staff").post(scene.url("publish"), selected(scene.submitted), follow=True)
    assert "1 update published." in response.content.decode()
    page = scene.cast.client("visitor").get(scene.url("strategy", pk=scene.strategy.pk)).content.decode()
    assert "The submitted sentence." in page
    scene.submitted.refresh_from_db()
    assert scene.submitted.published_by == scene.cast.staff


def test_several_updates_are_published_together(scene):
    other = factories.ProgressUpdateFactory(strategy=scene.strategy, state="submitted", submitted_at=NOW)
    client = scene.cast.client("staff")
    assert "Publish 2 updates" in client.get(scene.url("publication_queue")).content.decode()
    response = client.post(scene.url("publish"), selected(scene.submitted, other), follow=True)
    assert "2 updates published." in response.content.decode()


def test_a_list_that_changed_publishes_nothing(scene):
    other = factories.ProgressUpdateFactory(strategy=scene.strategy, state="submitted", submitted_at=NOW)
    client = scene.cast.client("staff")
    client.post(scene.url("publish"), selected(other))
    response = client.post(scene.url("publish"), selected(scene.submitted, other), follow=True)
    assert "No updates were published" in response.content.decode()
    scene.submitted.refresh_from_db()
    assert scene.submitted.state == "submitted"


@pytest.mark.parametrize("value", ["x", "1", "1:", "99999:1", "1:1:1:1x", "²:1"])
def test_an_invalid_list_is_not_found(scene, value):
    assert scene.cast.client("staff").post(scene.url("publish"), {"update": [value]}).status_code in {302, 404}
    scene.submitted.refresh_from_db()
    assert scene.submitted.state == "submitted"


def test_a_chair_publishes_only_where_the_setting_allows_it(scene):
    allow_the_chair_to_publish(scene)
    elsewhere = factories.ProgressUpdateFactory(
        strategy=factories.StrategyFactory(body=factories.BodyFactory(slug="other", name="Other")),
        state="submitted",
        submitted_at=NOW,
        narrative="Not of this body.",
    )
    client = scene.cast.client("chair")
    page = client.get(scene.url("publication_queue")).content.decode()
    assert "The submitted sentence." in page and "Not of this body." not in page
    assert client.post(scene.url("publish"), selected(elsewhere)).status_code == 403
    assert client.post(scene.url("publish"), selected(scene.submitted)).status_code == 302
    scene.submitted.refresh_from_db()
    assert scene.submitted.state == "published"


def test_returning_an_update_needs_a_reason(scene):
    client, address = scene.cast.client("staff"), scene.url("return_update", pk=scene.submitted.pk)
    assert "The submitted sentence." in client.get(address).content.decode()
    assert "This field is required" in client.post(address, {"reason": "", "version": 1}).content.decode()
    client.post(address, {"reason": "Name the county.", "version": 1})
    scene.submitted.refresh_from_db()
    assert (scene.submitted.state, scene.submitted.return_reason) == ("returned", "Name the county.")
    again = client.post(address, {"reason": "Again", "version": 1})
    assert again.headers["Location"] == scene.url("publication_queue")
    scene.submitted.refresh_from_db()
    assert scene.submitted.return_reason == "Name the county."


def test_returning_an_update_that_changed_is_a_conflict(scene):
    url = scene.url("return_update", pk=scene.submitted.pk)
    response = scene.cast.client("staff").post(url, {"reason": "Name the county.", "version": 9})
    assert response.status_code == 409 and "Name the county." in response.content.decode()
    assert 'name="version" value="1"' in response.content.decode()
    scene.submitted.refresh_from_db()
    assert scene.submitted.state == "submitted"


@pytest.mark.parametrize(("role", "status"), [("chair", 404), ("primary", 404), ("visitor", 302)])
def test_those_who_cannot_publish_cannot_return(scene, role, status):
    address = scene.url("return_update", pk=scene.submitted.pk)
    assert scene.cast.client(role).post(address, {"reason": "x"}).status_code == status


def test_a_draft_cannot_be_returned(scene):
    assert scene.cast.client("primary").get(scene.url("return_update", pk=scene.draft.pk)).status_code == 404


def test_one_row_and_three_take_the_same_queries(scene):
    client, address = scene.cast.client("staff"), scene.url("publication_queue")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(2):
        factories.ProgressUpdateFactory(
            strategy=factories.StrategyFactory(objective=scene.objective, body=scene.cast.body),
            state="submitted",
            submitted_at=NOW,
        )
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one)
