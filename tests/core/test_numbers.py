"""Numbers in the format of the active locale."""

from decimal import Decimal

import pytest
from django.utils import translation

from core.numbers import format_number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1934"), "1,934"),
        (Decimal("5.8200"), "5.82"),
        (Decimal("-1234567.5"), "-1,234,567.5"),
        (Decimal("0.00001"), "0"),
        (100, "100"),
    ],
)
def test_a_number_has_separators_and_no_trailing_zeros(value, text):
    assert format_number(value) == text


def test_separators_follow_the_active_language():
    with translation.override("de"):
        assert format_number(Decimal("1934.5")) == "1.934,5"
