"""Escaping spreadsheet cells against formula injection, and unescaping them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.cells import plain_cell, safe_cell

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
CONTROLS = ("\t", "\r", "\n")
# Texts built from all characters that matter to the two functions.
TEXTS = st.text() | st.text(alphabet="'=+-@ \t\r\n＝＋－＠x")


@pytest.mark.parametrize(
    "start", [*SIGNS, *CONTROLS, *(f" {sign}" for sign in SIGNS), *(f"\t {sign}" for sign in SIGNS)]
)
def test_formula_gets_a_leading_apostrophe(start):
    payload = f"{start}HYPERLINK(1)"
    assert safe_cell(payload) == f"'{payload}"


def test_none_is_empty_and_plain_text_stays():
    assert safe_cell(None) == ""
    assert safe_cell("DHCS") == "DHCS"
    assert safe_cell(7) == "7"


@given(TEXTS)
def test_no_cell_starts_a_formula(text):
    cell = safe_cell(text)
    assert not cell.startswith(CONTROLS)
    assert not cell.lstrip().startswith(SIGNS)


@given(TEXTS)
@example("'tis")
@example("'=1")
@example("''=1")
@example("'\t=1")
@example("' =1")
def test_escaped_text_round_trips(text):
    assert plain_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", ["'tis", "''", "'", "'quoted' words", "O'Neil", " 'x"])
def test_apostrophe_that_was_entered_stays(text):
    assert safe_cell(text) == plain_cell(text) == text
