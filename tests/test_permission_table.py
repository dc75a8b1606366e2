"""Every address × every identity × every method. An address without a row here fails the suite.

A row says who gets in (`may`), who is told that they may see but not do (`told`, 403) and, by leaving them out, who
gets the 404 of what does not exist. Visitors are sent to sign in, except at public addresses.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cast import ROLES
from tests.world import World
from tests.writes import recorded_writes

OUTSIDERS = {"visitor", "deactivated"}
ALL_ROLES = set(ROLES)
STAFF = {"staff", "administrator"}
SIGNED_IN = ALL_ROLES - OUTSIDERS
MEMBERS = SIGNED_IN - {"executive"}
LEADERS = {"chair", *STAFF}
BODY = {"seated", "secretary", *LEADERS}
ORGANIZATION = {"representative", "alternate", "primary", "seated", "secretary", "chair"}
ADMINISTRATORS = {"administrator"}
NO_ROLES: set[str] = set()


@dataclass(frozen=True)
class Row:
    """Who may GET and who may POST, who is told 403 instead of 404, and the address's arguments in the world."""

    get: set[str] | None
    post: set[str] | None = None
    told: set[str] = field(default_factory=set)
    public: bool = False
    args: Callable[[World], dict[str, object]] = lambda world: {}
    absent: dict[str, object] | None = None
    query: str = ""


def public(args: Callable[[World], dict[str, object]] = lambda world: {}, absent: dict | None = None) -> Row:
    """Read by all, written by no one."""
    return Row(ALL_ROLES, public=True, args=args, absent=absent)


def key_of(world: World) -> dict[str, object]:
    return {"key": world.cast.organization.key}


def slug_of(world: World) -> dict[str, object]:
    return {"slug": world.cast.body.slug}


def pk_of(name: str) -> Callable[[World], dict[str, object]]:
    return lambda world: {"pk": getattr(world, name).pk}


def number_of(world: World) -> dict[str, object]:
    return {"number": world.objective.number}


NO_PK = {"pk": 999_999}
NO_KEY = {"key": "nowhere"}
NO_SLUG = {"slug": "nowhere"}


def staff_page(args: Callable = lambda world: {}, absent: dict | None = None, post: bool = True) -> Row:
    """A page of the staff console: to everyone else it is not there."""
    return Row(STAFF, STAFF if post else None, args=args, absent=absent)


def staff_press(args: Callable, absent: dict) -> Row:
    """A button of the staff console: POST only."""
    return Row(None, STAFF, args=args, absent=absent)


def body_page(args: Callable, may: set[str], told: set[str] = SIGNED_IN, absent: dict | None = None) -> Row:
    """A page of a body that all may know of: who may not act there is told so."""
    return Row(may, may, told=told - may, args=args, absent=absent)


def body_press(args: Callable, may: set[str], told: set[str] = SIGNED_IN, absent: dict | None = None) -> Row:
    return Row(None, may, told=told - may, args=args, absent=absent)


TABLE: dict[str, Row] = {
    # Read by all
    "overview:front": public(),
    "overview:workgroup": public(),
    "overview:directory": public(),
    "overview:progress": public(),
    "overview:search": public(),
    "overview:accessibility": public(),
    "overview:privacy": public(),
    "overview:style_guide": Row(NO_ROLES, public=True),
    "members:organization": public(key_of, NO_KEY),
    "members:join": Row(ALL_ROLES, ALL_ROLES, public=True),
    "members:join_sent": public(),
    "members:confirm_link": Row(NO_ROLES, NO_ROLES, public=True, args=lambda world: {"token": "never-was"}),
    "members:accept_invitation": Row(NO_ROLES, NO_ROLES, public=True, args=lambda world: {"token": "never-was"}),
    "taskforces:list": public(),
    "taskforces:detail": public(slug_of, NO_SLUG),
    "taskforces:meetings": public(slug_of, NO_SLUG),
    "taskforces:members": public(slug_of, NO_SLUG),
    "objectives:list": public(),
    "objectives:detail": public(number_of, {"number": 99}),
    "objectives:old_detail": public(
        lambda world: {"plan": world.objective.plan.slug, "number": world.objective.number},
        {"plan": "nowhere", "number": 1},
    ),
    "objectives:strategy": public(pk_of("strategy"), NO_PK),
    "meetings:list": public(),
    "meetings:detail": public(pk_of("meeting"), NO_PK),
    "meetings:feed": public(),
    "meetings:calendar_file": public(pk_of("meeting"), NO_PK),
    "reminders:preferences_link": Row(NO_ROLES, NO_ROLES, public=True, args=lambda world: {"token": "never-was"}),
    "reminders:answer": Row(
        NO_ROLES, NO_ROLES, public=True, args=lambda world: {"token": "never-was", "purpose": "done"}
    ),
    "reminders:healthz": public(),
    "reminders:readyz": public(),
    "mail:outbox": Row(NO_ROLES, public=True),
    "mail:outbox_message": Row(NO_ROLES, public=True, args=lambda world: {"name": "1.eml"}),
    # For everyone who is signed in
    "overview:home": Row(SIGNED_IN),
    "accounts:address_change": Row(SIGNED_IN),
    "accounts:address_confirmation": Row(SIGNED_IN),
    "accounts:profile": Row(SIGNED_IN, SIGNED_IN),
    "accounts:end_session": Row(None, {"representative"}, args=pk_of("session"), absent=NO_PK),
    "reminders:preferences": Row(SIGNED_IN, SIGNED_IN),
    # For members
    "members:confirm": Row({"primary", "alternate"}, {"primary", "alternate"}, told=SIGNED_IN, args=key_of),
    "members:propose": Row({"primary", "alternate"}, {"primary", "alternate"}, told=SIGNED_IN, args=key_of),
    "taskforces:action_items": Row(MEMBERS, told={"executive"}, args=slug_of, absent=NO_SLUG),
    "taskforces:roster": Row(MEMBERS, told={"executive"}, args=slug_of, absent=NO_SLUG),
    "exchange:roster_export": Row(None, MEMBERS, told={"executive"}, args=slug_of, absent=NO_SLUG),
    "taskforces:organization_people": Row(MEMBERS, told={"executive"}, args=key_of, absent=NO_KEY),
    "exchange:organization_people_export": Row(None, MEMBERS, told={"executive"}, args=key_of, absent=NO_KEY),
    "objectives:updates_due": Row(MEMBERS),
    "objectives:write_update": body_page(pk_of("strategy"), BODY, absent=NO_PK),
    "objectives:confirm_status": body_press(pk_of("strategy"), BODY, absent=NO_PK),
    "objectives:update_on_behalf": body_page(pk_of("strategy"), STAFF, absent=NO_PK),
    "objectives:edit_update": Row({"seated", *LEADERS}, {"seated", *LEADERS}, args=pk_of("draft"), absent=NO_PK),
    "objectives:submit_update": Row(None, {"seated", *LEADERS}, args=pk_of("draft"), absent=NO_PK),
    "actionitems:list": Row(MEMBERS, told={"executive"}),
    "actionitems:add": Row(BODY, BODY, told=SIGNED_IN, query="?body=data"),
    "actionitems:detail": Row(MEMBERS, args=pk_of("item"), absent=NO_PK),
    "actionitems:edit": Row(LEADERS, LEADERS, told=MEMBERS, args=pk_of("item"), absent=NO_PK),
    "actionitems:change_status": Row(
        {"representative", "primary", "alternate", *LEADERS},
        {"representative", "primary", "alternate", *LEADERS},
        told=MEMBERS,
        args=pk_of("item"),
        absent=NO_PK,
    ),
    "actionitems:on_behalf": Row(STAFF, STAFF, told=MEMBERS, args=pk_of("item"), absent=NO_PK),
    "actionitems:done": Row(
        None, {"representative", "primary", "alternate", *LEADERS}, told=MEMBERS, args=pk_of("item"), absent=NO_PK
    ),
    "meetings:answer_on_behalf": body_page(pk_of("meeting"), STAFF, absent=NO_PK),
    "meetings:answer": body_press(pk_of("meeting"), {"seated", "secretary", "chair"}, absent=NO_PK),
    # For those who lead a body
    "taskforces:edit": body_page(slug_of, STAFF, absent=NO_SLUG),
    "taskforces:seat_add": body_page(slug_of, LEADERS, absent=NO_SLUG),
    "taskforces:seat_close": body_press(pk_of("seat"), LEADERS, told=MEMBERS, absent=NO_PK),
    "taskforces:term_start": body_page(pk_of("seat"), LEADERS, told=MEMBERS, absent=NO_PK),
    "taskforces:term_renew": body_page(pk_of("term"), LEADERS, told=MEMBERS, absent=NO_PK),
    "taskforces:term_end": body_page(pk_of("term"), LEADERS, told=MEMBERS, absent=NO_PK),
    "objectives:strategy_add": body_page(slug_of, LEADERS, absent=NO_SLUG),
    "objectives:strategy_edit": body_page(pk_of("strategy"), LEADERS, absent=NO_PK),
    "objectives:strategy_close": body_page(pk_of("strategy"), LEADERS, absent=NO_PK),
    "objectives:milestone_add": body_page(pk_of("strategy"), LEADERS, absent=NO_PK),
    "objectives:milestone_done": body_press(pk_of("milestone"), LEADERS, absent=NO_PK),
    "objectives:milestone_reopen": body_press(pk_of("milestone"), LEADERS, absent=NO_PK),
    "meetings:add": body_page(slug_of, LEADERS, absent=NO_SLUG),
    "meetings:edit": body_page(pk_of("meeting"), LEADERS, absent=NO_PK),
    "meetings:agenda": body_page(pk_of("meeting"), LEADERS, absent=NO_PK),
    "meetings:schedule": body_page(pk_of("draft_meeting"), LEADERS, told=BODY, absent=NO_PK),
    "meetings:cancel": body_page(pk_of("meeting"), LEADERS, absent=NO_PK),
    "meetings:start": body_press(pk_of("meeting"), LEADERS, absent=NO_PK),
    "meetings:close": body_press(pk_of("meeting"), LEADERS, absent=NO_PK),
    "meetings:attendance": body_page(pk_of("meeting"), {"secretary", *LEADERS}, absent=NO_PK),
    "meetings:minutes": body_page(pk_of("meeting"), {"secretary", *LEADERS}, absent=NO_PK),
    "meetings:publish_minutes": body_press(pk_of("meeting"), LEADERS, absent=NO_PK),
    # For staff
    "overview:console": staff_page(post=False),
    "overview:on_behalf_entries": staff_page(post=False),
    "overview:ask_organizations": staff_page(),
    "overview:unfilled_positions": staff_page(post=False),
    "overview:history": staff_page(
        lambda world: {"model": "strategy", "pk": world.strategy.pk}, {"model": "strategy", "pk": 999_999}, post=False
    ),
    "exchange:records_export": staff_page(),
    "records:records": staff_page(post=False),
    "records:hold_add": staff_page(),
    "records:hold_lift": staff_page(pk_of("hold"), NO_PK),
    "records:remove_contact": staff_page(pk_of("person"), NO_PK),
    "exchange:import_start": staff_page(),
    "exchange:example_download": staff_page(post=False),
    "exchange:import_detail": staff_page(pk_of("import_job"), NO_PK, post=False),
    "exchange:import_apply": staff_press(pk_of("import_job"), NO_PK),
    "exchange:import_cancel": staff_press(pk_of("import_job"), NO_PK),
    "exchange:rejected_download": staff_page(pk_of("import_job"), NO_PK, post=False),
    "overview:engagement": staff_page(post=False),
    "overview:engagement_export": staff_press(lambda world: {}, {}),
    "overview:merge": staff_page(key_of, NO_KEY),
    "overview:end_representation": staff_page(pk_of("representation"), NO_PK),
    "overview:workgroup_edit": staff_page(),
    "overview:event_add": staff_page(),
    "overview:event_edit": staff_page(pk_of("event"), NO_PK),
    "members:staff_organizations": staff_page(post=False),
    "members:organization_add": staff_page(),
    "members:staff_organization": staff_page(key_of, NO_KEY, post=False),
    "members:organization_edit": staff_page(key_of, NO_KEY),
    "members:organization_status": staff_page(key_of, NO_KEY),
    "members:representation_add": staff_page(key_of, NO_KEY),
    "members:former_name_add": staff_page(key_of, NO_KEY),
    "members:former_name_edit": staff_page(pk_of("former_name"), NO_PK),
    "members:invite": staff_page(key_of, NO_KEY),
    "members:people": staff_page(post=False),
    "exchange:organizations_export": staff_press(lambda world: {}, {}),
    "exchange:people_export": staff_press(lambda world: {}, {}),
    "members:person": staff_page(pk_of("person"), NO_PK, post=False),
    "accounts:view_as": staff_press(pk_of("person"), NO_PK),
    "accounts:view_as_stop": staff_press(lambda world: {}, {}),
    "reminders:person_emails": staff_page(pk_of("person"), NO_PK, post=False),
    "members:person_edit": staff_page(pk_of("person"), NO_PK),
    "overview:close_account": staff_page(pk_of("person"), NO_PK),
    "members:person_reactivate": staff_press(pk_of("gone"), NO_PK),
    "members:invitations": staff_page(post=False),
    "members:invite_all": staff_page(),
    "members:resend_all": staff_press(lambda world: {}, {}),
    "members:invitation_resend": staff_press(pk_of("invitation"), NO_PK),
    "members:invitation_revoke": staff_press(pk_of("invitation"), NO_PK),
    "members:proposals": staff_page(post=False),
    "members:proposal": staff_page(pk_of("proposal"), NO_PK),
    "members:join_requests": staff_page(post=False),
    "members:join_request": staff_page(pk_of("join_request"), NO_PK),
    "members:join_request_decline": staff_press(pk_of("join_request"), NO_PK),
    "members:join_request_spam": staff_press(pk_of("join_request"), NO_PK),
    "members:join_request_reopen": staff_press(pk_of("join_request"), NO_PK),
    "members:confirm_on_behalf": staff_page(key_of, NO_KEY),
    "members:confirmations": staff_page(post=False),
    "accounts:security_events": staff_page(post=False),
    "accounts:security_events_export": staff_press(lambda world: {}, {}),
    "taskforces:add": staff_page(),
    "taskforces:rosters": staff_page(post=False),
    "taskforces:requirement_list": staff_page(slug_of, NO_SLUG),
    "taskforces:requirement_edit": staff_page(pk_of("requirement"), NO_PK),
    "taskforces:requirement_end": staff_press(pk_of("requirement"), NO_PK),
    "exchange:rosters_export": staff_press(lambda world: {}, {}),
    "objectives:edit": Row(STAFF, STAFF, told=SIGNED_IN, args=number_of, absent={"number": 99}),
    "objectives:publication_queue": staff_page(post=False),
    "objectives:publish": staff_press(lambda world: {}, {}),
    "objectives:return_update": staff_page(pk_of("submitted"), NO_PK),
    "reminders:announcements": staff_page(post=False),
    "reminders:announcement_add": staff_page(),
    "reminders:announcement": staff_page(pk_of("announcement"), NO_PK, post=False),
    "reminders:announcement_edit": staff_page(pk_of("announcement"), NO_PK),
    "reminders:announcement_test": staff_press(pk_of("announcement"), NO_PK),
    "reminders:announcement_send": staff_press(pk_of("announcement"), NO_PK),
    "reminders:announcement_stop": staff_press(pk_of("announcement"), NO_PK),
    "reminders:delivery_log": staff_page(post=False),
    "reminders:clock_confirm": staff_press(lambda world: {}, {}),
    "reminders:delivery": staff_page(pk_of("delivery"), NO_PK, post=False),
    "reminders:delivery_preview": staff_page(pk_of("delivery"), NO_PK, post=False),
    "reminders:upcoming": staff_page(post=False),
    "reminders:upcoming_preview": Row(NO_ROLES, args=lambda world: {"key": "never-was"}),
    "reminders:dry_run": staff_page(post=False),
    "reminders:reminder_list": staff_page(post=False),
    "reminders:deliveries_resend": staff_page(),
    "reminders:pauses": staff_page(),
    "reminders:pause_resume": staff_press(pk_of("pause"), NO_PK),
    "reminders:addresses": staff_page(post=False),
    "reminders:address_unblock": staff_press(pk_of("suppression"), NO_PK),
    "reminders:follow_ups": staff_page(post=False),
    "reminders:follow_up_send": staff_page(
        lambda world: {"slug": "address", "pk": world.suppression.pk}, {"slug": "address", "pk": 999_999}
    ),
    "reminders:delivery_resend": staff_press(pk_of("delivery"), NO_PK),
    # For administrators
    "members:person_role": Row(ADMINISTRATORS, ADMINISTRATORS, told={"staff"}, args=pk_of("person"), absent=NO_PK),
}


def every_name() -> dict[str, str]:
    """Each named address of our own apps, with its pattern."""
    found: dict[str, str] = {}

    def walk(patterns: list, space: str) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                if pattern.namespace != "admin":
                    walk(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
            elif isinstance(pattern, URLPattern):
                found[f"{space}{pattern.name}"] = str(pattern.pattern)

    walk(get_resolver().url_patterns, "")
    return found


def test_every_address_has_a_row():
    ours = {name for name in every_name() if ":" in name}
    assert ours == set(TABLE)


def plain(body: bytes, address: str) -> str:
    """A page without what differs from one request to the next: its own address and the form tokens."""
    text = body.decode().replace(address, "ADDRESS")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


def outcome(response, address: str) -> str:
    """What an answer means: in, told, absent, sign-in, or the bare status."""
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
        return "sign-in"
    return {404: "absent", 403: "told", 405: "no such method"}.get(
        response.status_code, "in" if response.status_code < 500 else "broken"
    )


def expected(row: Row, allowed: set[str], role: str) -> str:
    if role in allowed:
        return "in"
    if role in OUTSIDERS and not row.public:
        return "sign-in"
    return "told" if role in row.told else "absent"


@pytest.mark.parametrize("name", sorted(TABLE))
def test_each_identity_gets_what_its_row_says(name, world):
    row = TABLE[name]
    address = reverse(name, kwargs=row.args(world))
    seen: dict[tuple[str, str], str] = {}
    wanted: dict[tuple[str, str], str] = {}
    with recorded_writes() as writes:
        for role in ROLES:
            client = world.cast.client(role)
            if row.get is not None:
                seen[role, "GET"] = outcome(client.get(address + row.query), address)
                wanted[role, "GET"] = expected(row, row.get, role)
            if row.post is not None and role not in row.post:
                seen[role, "POST"] = outcome(client.post(address + row.query), address)
                wanted[role, "POST"] = expected(row, row.post, role)
            for method in ("PUT", "PATCH", "DELETE") if row.post is not None else ("POST", "PUT", "PATCH", "DELETE"):
                seen[role, method] = outcome(client.generic(method, address), address)
                assert seen[role, method] not in {"in"}, f"{role} got in by {method}"
    wrong = [f"{key}: {seen[key]}, not {wanted[key]}" for key in wanted if seen[key] != wanted[key]]
    assert not wrong, "; ".join(wrong)
    assert not writes, f"a GET or a refused POST wrote: {writes}"


@pytest.mark.parametrize("name", sorted(name for name, row in TABLE.items() if row.post))
def test_those_who_may_write_are_let_in(name, world):
    row = TABLE[name]
    address = reverse(name, kwargs=row.args(world))
    for role in sorted(row.post or ()):
        with transaction.atomic():
            assert outcome(world.cast.client(role).post(address + row.query), address) == "in", role
            transaction.set_rollback(True)


@pytest.mark.parametrize("name", sorted(name for name, row in TABLE.items() if row.absent))
def test_what_is_not_there_and_what_is_not_yours_answer_alike(name, world):
    row = TABLE[name]
    here, nowhere = reverse(name, kwargs=row.args(world)), reverse(name, kwargs=row.absent)
    for role in ROLES:
        client = world.cast.client(role)
        answer = client.get(here + row.query)
        if outcome(answer, here) in {"absent", "sign-in"}:
            other = client.get(nowhere + row.query)
            assert other.status_code == answer.status_code, role
            assert plain(other.content, nowhere) == plain(answer.content, here), role
