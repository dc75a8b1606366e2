"""Cells of a spreadsheet that no program takes for a formula, and the way back."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.cells import plain_cell, safe_cell

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
CONTROLS = ("\t", "\r", "\n")
# Texts around everything that means something to the two functions.
TEXTS = st.text() | st.text(alphabet="'=+-@ \t\r\n＝＋－＠x")


@pytest.mark.parametrize(
    "start", [*SIGNS, *CONTROLS, *(f" {sign}" for sign in SIGNS), *(f"\t {sign}" for sign in SIGNS)]
)
def test_what_a_spreadsheet_would_run_is_led_by_an_apostrophe(start):
    payload = f"{start}HYPERLINK(1)"
    assert safe_cell(payload) == f"'{payload}"


def test_nothing_is_an_empty_cell_and_plain_words_stay():
    assert safe_cell(None) == ""
    assert safe_cell("DHCS") == "DHCS"
    assert safe_cell(7) == "7"


@given(TEXTS)
def test_no_cell_ever_starts_a_formula(text):
    cell = safe_cell(text)
    assert not cell.startswith(CONTROLS)
    assert not cell.lstrip().startswith(SIGNS)


@given(TEXTS)
@example("'tis")
@example("'=1")
@example("''=1")
@example("'\t=1")
@example("' =1")
def test_what_was_written_is_read_back(text):
    assert plain_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", ["'tis", "''", "'", "'quoted' words", "O'Neil", " 'x"])
def test_an_apostrophe_that_a_person_typed_stays_as_it_is(text):
    assert safe_cell(text) == plain_cell(text) == text
