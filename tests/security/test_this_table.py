"""The table of holes names tests that are there."""

import re
from pathlib import Path

import tests.security

ROOT = Path(__file__).resolve().parents[2]


def test_each_line_of_the_table_names_a_test_that_is_there():
    named = re.findall(r"(tests/[\w/]+\.py)::(\w+)", tests.security.__doc__)
    assert len(named) > 30
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{name}"
