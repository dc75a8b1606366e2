"""The house stands as it is drawn: floors look down, rooms import in order, nothing writes behind one's back."""

import ast
import re
import tomllib
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.db.models import signals
from django.template.engine import Engine

ROOT = Path(settings.BASE_DIR)
# From the ground up; an app may know those before it.
FLOORS = [
    "core",
    "mail",
    "accounts",
    "members",
    "taskforces",
    "records",
    "objectives",
    "meetings",
    "actionitems",
    "reminders",
    "exchange",
    "overview",
    "demo",
]
# From low to high within an app; the edges know all of them.
ROOMS = ["rules", "models", "permissions", "queries", "operations", "emails", "forms"]
EDGES = {"views", "api", "tasks", "admin", "templatetags", "urls"}
# Comparing the application's clock with the database's is this one's very task.
CLOCK_COMPARISONS = {"reminders.operations": ["_beat", "_database_clock"]}
USER_MODEL = settings.AUTH_USER_MODEL.split(".")[0]
DOMAIN_WORDS = re.compile(
    r"\b(organi[sz]ation|workgroup|task.?force|objective|strateg|milestone|meeting|agenda|action.?item|reminder"
    r"|representative|opioid|naloxone|seat|quorum|minutes_status|member)",
    re.IGNORECASE,
)


def modules(app: str) -> Iterator[tuple[str, ast.Module]]:
    """The modules of an app without its migrations, as dotted names with their syntax trees."""
    for path in sorted((ROOT / app).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if ".migrations" not in name:
            yield name.removesuffix(".__init__"), ast.parse(path.read_text(encoding="utf-8"))


def imports(name: str, tree: ast.Module) -> Iterator[str]:
    """The dotted names that a module imports, each name of a `from` import added."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*name.split(".")[: -node.level], base]).rstrip(".")
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def own_models() -> list[type[models.Model]]:
    return [model for app in FLOORS for model in apps.get_app_config(app).get_models()]


def test_the_linter_and_the_settings_know_the_same_apps():
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert sorted(settings.LOCAL_APPS) == sorted(FLOORS)
    assert sorted(linter["root_packages"]) == sorted([*FLOORS, "sos_portal"])
    assert [list(contract["layers"]) for contract in linter["contracts"] if contract["type"] == "layers"] == [
        ["sos_portal", *reversed(FLOORS)]
    ]


def test_the_list_of_apps_in_the_docs_is_the_import_contract():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    listed = [line.split()[0] for line in text.split("```")[1].strip().splitlines()]
    assert listed == ["sos_portal", *reversed(FLOORS)]


def test_every_package_with_code_is_an_app_on_a_floor():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"tests"} == {*FLOORS, "sos_portal"}


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_foreign_keys_look_down_and_are_not_seen_from_below(model):
    here = FLOORS.index(model._meta.app_label.replace("historical", ""))
    for field in model._meta.get_fields():
        if not (field.is_relation and field.concrete) or field.related_model is None:
            continue
        target = field.related_model._meta
        if target.app_label not in FLOORS:
            continue
        if target.label == settings.AUTH_USER_MODEL:
            continue
        assert FLOORS.index(target.app_label) <= here, f"{field} looks up to {target.label}"
        if target.app_label != model._meta.app_label:
            assert field.remote_field.hidden, f"{field} can be read from {target.label}: related_name='+'"


def test_accounts_read_nothing_of_a_person_that_stands_on_a_higher_floor():
    person = apps.get_model(settings.AUTH_USER_MODEL)
    reverse = {relation.get_accessor_name() for relation in person._meta.related_objects if not relation.hidden}
    for name, tree in modules(person._meta.app_label):
        read = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not read & (reverse - {"history"}), name


def test_migrations_look_down():
    graph = MigrationLoader(None).disk_migrations
    for (app, name), migration in graph.items():
        if app not in FLOORS:
            continue
        for other, _ in migration.dependencies:
            if other in FLOORS and other != USER_MODEL:
                assert FLOORS.index(other) <= FLOORS.index(app), f"{app}.{name} depends on {other}"


def test_a_migration_imports_no_code_of_an_app_but_its_validators():
    for app in FLOORS:
        for path in (ROOT / app / "migrations").glob("0*.py"):
            for name in imports(f"{app}.migrations", ast.parse(path.read_text(encoding="utf-8"))):
                allowed = (
                    name.split(".")[0] not in FLOORS or ".models" in name or name in {app, "core", "core.validators"}
                )
                assert allowed, f"{path.name} of {app} imports {name}"


@pytest.mark.parametrize("app", FLOORS)
def test_no_model_is_asked_for_by_its_name(app):
    for name, tree in modules(app):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"get_model", "get_models"}, f"{name} line {node.lineno}"


@pytest.mark.parametrize("app", FLOORS)
def test_rooms_import_only_those_below_them(app):
    for name, tree in modules(app):
        room = [*name.split("."), ""][1]
        if room not in ROOMS:
            continue
        above = {*ROOMS[ROOMS.index(room) + 1 :], *EDGES}
        for target in imports(name, tree):
            parts = target.split(".")
            if parts[0] == app and len(parts) > 1:
                assert parts[1] not in above, f"{name} imports {target}"


@pytest.mark.parametrize("app", FLOORS)
def test_rules_know_neither_the_database_nor_the_clock(app):
    for name, tree in modules(app):
        if name.split(".")[1:2] != ["rules"]:
            continue
        for target in imports(name, tree):
            assert not target.startswith(("django.utils.timezone", "django.shortcuts")), f"{name} imports {target}"
            named = target.removeprefix("django.db.models.")
            if target.startswith("django.db.models.") or target == "django.db":
                assert named in {"TextChoices", "IntegerChoices"}, f"{name} imports {target}"


@pytest.mark.parametrize("app", FLOORS)
@pytest.mark.parametrize("room", ["rules", "models", "permissions", "queries", "operations"])
def test_the_clock_is_read_at_the_edge(app, room):
    for name, tree in modules(app):
        if name.split(".")[1:2] != [room]:
            continue
        exempt = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name in CLOCK_COMPARISONS.get(name, [])
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and id(node) not in exempt:
                called = ast.unparse(node.func)
                assert called not in {"timezone.now", "timezone.localdate", "dt.datetime.now", "dt.date.today"}, (
                    f"{name} line {node.lineno} reads the clock"
                )


def test_no_signal_of_ours_writes():
    sent_on_change = (signals.pre_save, signals.post_save, signals.pre_delete, signals.post_delete, signals.m2m_changed)
    for signal in sent_on_change:
        for _, reference, *_ in signal.receivers:
            receiver = reference() if isinstance(reference, weakref.ref) else reference
            module = getattr(receiver, "__module__", None) or ""
            assert module.split(".")[0] not in FLOORS, f"{receiver} listens to changes"
    for app in FLOORS:
        for name, tree in modules(app):
            for target in imports(name, tree):
                assert not target.startswith("django.db.models.signals"), f"{name} imports {target}"


def test_saving_a_row_has_no_effect_of_its_own():
    own_save = {model.__name__ for model in own_models() if "save" in vars(model)}
    # A person's only leaves history alone when a sign-in is noted.
    assert own_save <= {"SecurityEvent", "Person"}


@pytest.mark.parametrize("app", FLOORS)
def test_forms_never_write(app):
    for name, tree in modules(app):
        if name.split(".")[1:2] == ["forms"]:
            written = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "save"]
            assert not written, name


def test_the_ground_floor_knows_no_word_of_the_domain():
    for name, tree in modules("core"):
        found = DOMAIN_WORDS.findall(ast.unparse(tree))
        assert not found, f"{name} says {sorted(set(found))}"


def test_templates_load_only_tags_that_exist():
    known = set(Engine.get_default().libraries) | {"core.templatetags.ui"}
    for path in (ROOT / "templates").rglob("*"):
        if path.is_file():
            for line in re.findall(r"{%\s*load\s+([^%]+)%}", path.read_text(encoding="utf-8")):
                words = line.split(" from ")[-1].split() if " from " in line else line.split()
                assert set(words) <= known, f"{path.relative_to(ROOT)} loads {words}"


def test_templates_hold_no_script_or_style_of_their_own():
    inline = re.compile(
        r"<style|<script(?![^>]*(?:\bsrc=|application/json))|\sstyle=|\son\w+=|\|safe\b|{%\s*autoescape off",
        re.IGNORECASE,
    )
    for path in (ROOT / "templates").rglob("*.html"):
        if "mail" in path.relative_to(ROOT / "templates").parts:
            continue
        found = inline.findall(path.read_text(encoding="utf-8"))
        assert not found, f"{path.relative_to(ROOT)}: {found}"
