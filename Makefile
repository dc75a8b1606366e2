# Stable commands: run, test, lint, bench. `make help` lists all of them.
.PHONY: help run test lint bench bench-reminders setup setup-dev assets format clean

PYTHON = .venv/bin/python
PYTEST_ARGS =

help:
	@echo "make run    set up, load the records and serve on http://127.0.0.1:8000 (make run PORT=8001)"
	@echo "make test   set up and run all tests (make test PYTEST_ARGS='-k meetings')"
	@echo "make lint   check style, types, import layers, templates, migrations, and deployment settings"
	@echo "make bench  measure how pages and reminder planning scale"
	@echo "make bench-reminders  measure the speed of sending and of planning reminders"
	@echo "make format format the code"
	@echo "make clean  remove generated files, but not .env and var/"

run:
	@sh scripts/setup.sh run
	@exec $(PYTHON) scripts/serve.py

setup:
	@sh scripts/setup.sh run

setup-dev:
	@sh scripts/setup.sh dev

assets: setup

test: setup-dev
	@$(PYTHON) -m pytest -n 2 $(PYTEST_ARGS)

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
