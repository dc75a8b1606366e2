"""The order of the suite: slow tests first, whole modules to one process, and in parts where they are large."""

from tests.order import UNIT, slow_first, units_of


class Item:
    """As much of a collected test as the order looks at."""

    def __init__(self, name: str, *markers: str) -> None:
        self.name, self.markers = name, markers

    def get_closest_marker(self, name: str) -> str | None:
        return name if name in self.markers else None


def test_slow_tests_come_first_and_the_rest_keeps_its_order():
    items = [Item("a"), Item("b", "slow"), Item("c", "browser"), Item("d", "browser", "slow")]
    slow_first(items)
    assert [item.name for item in items] == ["b", "d", "a", "c"]


def test_a_module_is_one_unit_and_a_large_one_several():
    small = ["tests/test_a.py::test_1", "tests/test_a.py::Group::test_2"]
    large = [f"tests/test_b.py::test_3[{number}]" for number in range(UNIT + 1)]
    units = units_of([*small, *large])
    assert len({units[test] for test in small}) == 1
    assert [len({units[test] for test in tests}) for tests in (large[:UNIT], large)] == [1, 2]
    assert units[small[0]] not in {units[test] for test in large}


def test_who_drives_a_browser_is_slow(request):
    browser = [item for item in request.session.items if item.get_closest_marker("browser")]
    assert all(item.get_closest_marker("slow") for item in browser)
