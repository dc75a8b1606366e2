import pytest

from tests.conftest import NOW


@pytest.fixture
def clock(time_machine):
    """Set the clock to NOW; `move_to` sets another time."""
    time_machine.move_to(NOW, tick=False)
    return time_machine
