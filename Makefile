# The commands that stay stable: run, test, lint, bench, simulate. `make help` lists all of them.
.PHONY: help run test test-fast test-slow simulate lint bench bench-reminders setup setup-dev assets format clean

PYTHON = .venv/bin/python
PYTEST = $(PYTHON) -m pytest
# One process more than two cores, as the slow tests mostly wait: for a lease, a mail server, a broker that is away.
TEST_PROCESSES = 3
PYTEST_ARGS =

help:
	@echo "Look at the portal"
	@echo "  make run              set up, load the records and serve on http://127.0.0.1:8000 (make run PORT=8001)"
	@echo ""
	@echo "Check a change"
	@echo "  make test             set up, then the whole suite; the slow tests run first"
	@echo "  make test-fast        the suite without its slow tests"
	@echo "  make test-slow        the slow tests alone"
	@echo "  make lint             style, types, imports, templates, migrations, deployment checks"
	@echo "  make format           format the code"
	@echo ""
	@echo "Run one test"
	@echo "  .venv/bin/python -m pytest tests/meetings/test_rules.py -k WORD"
	@echo "  make test PYTEST_ARGS='-k WORD'             every test whose name has the word"
	@echo "  make test PYTEST_ARGS=--randomly-seed=1234  in the order of a run that failed"
	@echo ""
	@echo "Measure"
	@echo "  make simulate         a day of reminders, minute by minute (about a minute)"
	@echo "  make bench            how the pages and the tick scale, as ratios"
	@echo "  make bench-reminders  how fast email goes and how planning grows, as ratios"
	@echo ""
	@echo "Set up and clean"
	@echo "  make setup            install what the portal needs to run"
	@echo "  make setup-dev        install what its tests and checks need too"
	@echo "  make clean            remove what can be made again; keeps .env and var/"

run:
	@sh scripts/setup.sh run
	@exec $(PYTHON) scripts/serve.py

setup:
	@sh scripts/setup.sh run

setup-dev:
	@sh scripts/setup.sh dev

assets: setup

test: setup-dev
	@$(PYTEST) -n $(TEST_PROCESSES) $(PYTEST_ARGS)

test-fast: setup-dev
	@$(PYTEST) -n $(TEST_PROCESSES) -m "not slow" $(PYTEST_ARGS)

test-slow: setup-dev
	@$(PYTEST) -n $(TEST_PROCESSES) -m slow $(PYTEST_ARGS)

simulate: setup-dev
	@$(PYTEST) -m simulate $(PYTEST_ARGS)

lint: setup-dev
	@sh scripts/lint.sh

bench: setup-dev
	@$(PYTHON) scripts/bench.py

bench-reminders: setup-dev
	@$(PYTHON) scripts/bench_reminders.py

format: setup-dev
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

clean:
	rm -rf .venv node_modules static/vendor .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
