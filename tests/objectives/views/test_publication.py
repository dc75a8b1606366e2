"""The publication queue: read in full, published with one press, together, or returned."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.conftest import NOW

STAFF = ("staff", "administrator")
OTHERS = ("representative", "alternate", "primary", "seated", "secretary", "chair", "other_primary", "executive")


def let_the_chair_publish(scene):
    scene.cast.body.chair_may_publish = True
    scene.cast.body.save(update_fields=["chair_may_publish"])


def chosen(*updates):
    return {"update": [f"{update.pk}:{update.version}" for update in updates]}


@pytest.mark.parametrize("role", STAFF)
def test_staff_read_each_submitted_update_beside_what_is_published(scene, role):
    page = scene.cast.client(role).get(scene.url("publication_queue")).content.decode()
    assert "The submitted sentence." in page and "The public sentence." in page
    assert "The draft sentence." not in page


@pytest.mark.parametrize("role", OTHERS)
def test_for_all_others_the_queue_is_not_there(scene, role):
    client = scene.cast.client(role)
    assert client.get(scene.url("publication_queue")).status_code == 404
    assert client.post(scene.url("publish"), chosen(scene.submitted)).status_code == 404
    scene.submitted.refresh_from_db()
    assert scene.submitted.state == "submitted"


def test_one_press_publishes_and_a_visitor_reads_it(scene):
    response = scene.cast.client("staff").post(scene.url("publish"), chosen(scene.submitted), follow=True)
    assert "Published 1 update." in response.content.decode()
    page = scene.cast.client("visitor").get(scene.url("strategy", pk=scene.strategy.pk)).content.decode()
    assert "The submitted sentence." in page
    scene.submitted.refresh_from_db()
    assert scene.submitted.published_by == scene.cast.staff


def test_several_are_listed_and_published_with_one_press(scene):
    other = factories.ProgressUpdateFactory(strategy=scene.strategy, state="submitted", submitted_at=NOW)
    client = scene.cast.client("staff")
    assert "Publish 2 updates" in client.get(scene.url("publication_queue")).content.decode()
    response = client.post(scene.url("publish"), chosen(scene.submitted, other), follow=True)
    assert "Published 2 updates." in response.content.decode()


def test_a_list_that_changed_meanwhile_publishes_nothing_of_it(scene):
    other = factories.ProgressUpdateFactory(strategy=scene.strategy, state="submitted", submitted_at=NOW)
    client = scene.cast.client("staff")
    client.post(scene.url("publish"), chosen(other))
    response = client.post(scene.url("publish"), chosen(scene.submitted, other), follow=True)
    assert "Nothing was published" in response.content.decode()
    scene.submitted.refresh_from_db()
    assert scene.submitted.state == "submitted"


@pytest.mark.parametrize("value", ["x", "1", "1:", "99999:1", "1:1:1:1x", "²:1"])
def test_nonsense_in_the_list_is_not_found(scene, value):
    assert scene.cast.client("staff").post(scene.url("publish"), {"update": [value]}).status_code in {302, 404}
    scene.submitted.refresh_from_db()
    assert scene.submitted.state == "submitted"


def test_a_chair_publishes_only_where_the_bodys_setting_lets_and_only_there(scene):
    let_the_chair_publish(scene)
    elsewhere = factories.ProgressUpdateFactory(
        strategy=factories.StrategyFactory(body=factories.BodyFactory(slug="other", name="Other")),
        state="submitted",
        submitted_at=NOW,
        narrative="Not of this body.",
    )
    client = scene.cast.client("chair")
    page = client.get(scene.url("publication_queue")).content.decode()
    assert "The submitted sentence." in page and "Not of this body." not in page
    assert client.post(scene.url("publish"), chosen(elsewhere)).status_code == 403
    assert client.post(scene.url("publish"), chosen(scene.submitted)).status_code == 302
    scene.submitted.refresh_from_db()
    assert scene.submitted.state == "published"


def test_returning_needs_a_reason_and_gives_the_draft_back(scene):
    client, address = scene.cast.client("staff"), scene.url("return_update", pk=scene.submitted.pk)
    assert "The submitted sentence." in client.get(address).content.decode()
    assert "This field is required" in client.post(address, {"reason": "", "version": 1}).content.decode()
    client.post(address, {"reason": "Name the county.", "version": 1})
    scene.submitted.refresh_from_db()
    assert (scene.submitted.state, scene.submitted.return_reason) == ("returned", "Name the county.")
    assert "by now" in client.post(address, {"reason": "Again", "version": 1}, follow=True).content.decode()


@pytest.mark.parametrize(("role", "status"), [("chair", 404), ("primary", 404), ("visitor", 302)])
def test_who_may_not_publish_may_not_return(scene, role, status):
    address = scene.url("return_update", pk=scene.submitted.pk)
    assert scene.cast.client(role).post(address, {"reason": "x"}).status_code == status


def test_a_draft_is_not_there_to_be_returned_by_who_may_not_see_it(scene):
    assert scene.cast.client("primary").get(scene.url("return_update", pk=scene.draft.pk)).status_code == 404


def test_the_number_of_queries_is_the_same_for_one_row_and_for_three(scene):
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
