"""The list of subjects: complete, and the only place that names them."""

import ast
from collections import Counter
from pathlib import Path

import reminders
from reminders.rules import POLICIES, LinkPurpose, ReminderKind
from reminders.subjects import DELIVERY_KINDS, LINK_ACTIONS, SUBJECTS, subject_of

ENGINE = (
    "audience",
    "composing",
    "delegation",
    "digest",
    "emails",
    "link_actions",
    "links",
    "outcomes",
    "plan",
    "preferences",
    "previews",
    "queries",
    "schedule",
    "storing",
    "timing",
)


def test_each_kind_has_one_policy_and_one_subject():
    assert set(POLICIES) == set(ReminderKind)
    kinds = Counter(kind for subject in SUBJECTS for kind in subject.kinds)
    direct = {kind.value for kind in DELIVERY_KINDS}
    assert set(kinds.values()) == {1} and not direct & set(kinds)
    assert set(ReminderKind) == set(kinds) | (direct & set(ReminderKind.values))
    assert all(subject_of(kind) in SUBJECTS for kind in kinds)


def test_each_link_purpose_has_one_action():
    assert set(LINK_ACTIONS) == set(LinkPurpose)
    assert len(LINK_ACTIONS) == sum(len(subject.link_actions) for subject in SUBJECTS)


def test_an_optional_kind_has_a_hint_and_a_mandatory_one_none():
    assert all(bool(policy.hint) != policy.is_mandatory for policy in POLICIES.values())


def test_the_engine_names_no_subject():
    folder = Path(reminders.__file__).parent
    for name in ENGINE:
        tree = ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {module for module in imported if module.startswith("reminders.subjects.")}, name
