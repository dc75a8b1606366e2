"""The order of the suite: what is slow first, all else shuffled, and how two processes share it.

Loaded as a plugin. pytest-randomly shuffles modules and the tests in each; its seed is in the first line that pytest
prints and, when something fails, in one of the last. A test marked `simulate` runs only where `-m` names the marker.
"""

from collections import Counter
from typing import Any

import pytest

UNIT = 40


def pytest_itemcollected(item: pytest.Item) -> None:
    """Count what drives a browser among the slow."""
    if item.get_closest_marker("browser"):
        item.add_marker(pytest.mark.slow)


def slow_first(items: list[pytest.Item]) -> None:
    """Move the slow tests to the front: what starts late and lasts long would keep one process waiting for another."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "simulate" not in config.option.markexpr:
        left_out = [item for item in items if item.get_closest_marker("simulate")]
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if not item.get_closest_marker("simulate")]
    slow_first(items)


def units_of(collection: list[str]) -> dict[str, str]:
    """Return for each test the unit that one process runs whole: its module, or a part of a large one."""
    seen: Counter[str] = Counter()
    units = {}
    for test in collection:
        module = test.partition("::")[0]
        units[test] = f"{module}:{seen[module] // UNIT}"
        seen[module] += 1
    return units


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out modules, in the order of the suite, so that what a module sets up is set up once."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - only where the suite runs in several processes

    class ByModule(LoadScopeScheduling):
        units: dict[str, str] = {}

        def _split_scope(self, nodeid: str) -> str:
            if not self.units:
                self.units = units_of(self.collection or [])
            return self.units[nodeid]

    config.option.loadscopereorder = False
    return ByModule(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how to have the order of a failed run again."""
    seed = config.getoption("randomly_seed", None)
    if seed is not None and terminalreporter.stats.get("failed"):
        terminalreporter.write_line(f"the same order again: make test PYTEST_ARGS=--randomly-seed={seed}")
