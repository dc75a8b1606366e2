"""The recorder of writes sees each kind of write, and nothing of what is allowed or taken back."""

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from members.models import Organization
from tests.writes import recorded_writes

pytestmark = pytest.mark.django_db


def test_each_kind_of_write_is_recorded(cast):
    with recorded_writes() as writes:
        Organization.objects.filter(key="dx").update(name="Another name")
        cast.body.save()
        cast.people["executive"].representations.all().delete()
        Organization.objects.bulk_create([Organization(key="new", name="New", sector=cast.organization.sector)])
    assert {write.split()[0] for write in writes} == {"INSERT", "UPDATE", "DELETE"}
    assert len([write for write in writes if "historical" not in write]) == 4


def test_reading_and_signing_in_and_the_cache_are_no_writes(cast):
    with recorded_writes() as writes:
        client = cast.client("primary")
        assert client.get("/home/").status_code == 200
        cache.set("key", "value")
        cast.primary.last_seen_at = timezone.now()
        cast.primary.save(update_fields=["last_seen_at"])
        list(Organization.objects.select_for_update())
    assert writes == []


def test_a_trace_that_comes_with_something_else_is_a_write(cast):
    with recorded_writes() as writes:
        cast.primary.name = "Another name"
        cast.primary.save(update_fields=["last_seen_at", "name"])
    assert any(write.startswith("UPDATE") for write in writes)


def test_what_is_rolled_back_was_not_written(cast):
    with recorded_writes() as writes, transaction.atomic():
        Organization.objects.update(name="Kept")
        with transaction.atomic():
            Organization.objects.update(name="Taken back")
            with transaction.atomic():
                Organization.objects.update(name="Within")
            transaction.set_rollback(True)
    assert len(writes) == 1
