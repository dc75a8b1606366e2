"""A strategy of the cast's task force."""

import pytest

from tests import factories


@pytest.fixture
def strategy(cast):
    return factories.StrategyFactory(body=cast.body, lead_organization=cast.organization)
