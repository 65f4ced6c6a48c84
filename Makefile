# make analyse   run every plan of this workspace
# make test      the whole test suite
# make conformance   the same, and write docs/conformance.md from it
PYTHON ?= python3
VENV ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
STAMP := $(VENV)/installed
WORKERS ?= 2

.PHONY: analyse test conformance lint types check benchmark clean

analyse: $(STAMP)
	$(BIN)/evidencekit analyse

test: $(STAMP)
	$(BIN)/python -m pytest -n $(WORKERS)

conformance: $(STAMP)
	$(BIN)/python -m pytest -n $(WORKERS) --conformance

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy

check: lint types test

benchmark: $(STAMP)
	$(BIN)/python benchmarks/command_line.py

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c "import sys; sys.exit('evidencekit needs Python 3.11 or newer; call make PYTHON=...') if sys.version_info < (3, 11) else None"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	$(BIN)/python -c "import pathlib; pathlib.Path('$(STAMP)').touch()"

clean:
	$(PYTHON) -c "import shutil; shutil.rmtree('$(VENV)', ignore_errors=True)"
