"""Cells of a spreadsheet that no program takes for a formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cells import safe_cell

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
CONTROLS = ("\t", "\r", "\n")


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


@given(st.text())
def test_no_cell_ever_starts_a_formula_and_what_was_written_can_be_read_back(text):
    cell = safe_cell(text)
    assert not cell.startswith(CONTROLS)
    assert not cell.lstrip().startswith(SIGNS)
    assert cell in (text, f"'{text}")
