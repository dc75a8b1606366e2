import pytest

from tests.conftest import NOW


@pytest.fixture
def clock(time_machine):
    """The portal's clock stands at NOW; `move_to` sets it."""
    time_machine.move_to(NOW, tick=False)
    return time_machine
