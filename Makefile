# make up    everything on this machine: environment, sample helpdesk, training, API + console + worker
# make test  the whole test-suite        make lint  style, types and import directions
# make proofs       the tests that take long: equal trainings, tuned encoders, notebooks, kills half way
# make reliability  the long run of faults, floods and hostile input
# make audit known weaknesses of the pinned packages
# make bench the measurements            make clean environment and caches away; var/ (your data) stays
#
# Needs python3.11 and make; `make test` also wants Debian's chromium for the browser tests.
# One environment serves all targets: `make up` installs it without torch, `make test` adds the rest.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet -c constraints.txt
UP_FLAGS ?=
# Files in their own order: the longest stand first, whereas xdist begins with those that have most tests.
TEST_FLAGS ?= -n 2 --dist loadfile --no-loadscope-reorder

# Tests start many processes; without bytecode each would compile all of triage again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up test proofs reliability audit lint bench clean

up: export TRIAGE_HOME ?= var
up: $(VENV)/.worker
	$(BIN)/triage up $(UP_FLAGS)

test: $(VENV)/.dev
	HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(TEST_FLAGS)

# They would take a third of the time of all; CI runs both.
proofs: $(VENV)/.dev
	HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(TEST_FLAGS) -m "proof and not reliability"

# The quick part is in `make proofs`; this is the long one, most of an hour on two cores.
reliability: $(VENV)/.dev
	HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest --timeout 3600 -m reliability tests/reliability tests/contract/test_schemathesis.py

# Fails, too, where a package could not be looked up: an audit of nothing finds nothing.
audit: $(VENV)/.dev
	$(BIN)/pip-audit --strict --no-deps --disable-pip -r constraints.txt

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	set -e; for script in benchmarks/[!_]*.py; do \
		HF_HUB_OFFLINE=1 $(BIN)/python -m benchmarks.$$(basename $$script .py); done

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find triage features training serving tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
	@echo "Environment and caches are gone; var/ (store, models, keys) is kept: remove it yourself if you mean it."

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# Not compiling to bytecode halves the installation; what is imported is compiled at its first import.
$(VENV)/.worker: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing what a server and a training worker need, about a minute from a warm package cache."
	$(PIP) --no-compile -e '.[worker]'
	touch $@

# torch first and alone: pip then takes the build for the CPU where a package index offers one, and the
# second step leaves it as it is.
$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing everything, torch and the development tools included: two or three minutes."
	$(PIP) torch==2.13.0
	$(PIP) -e '.[dev]'
	touch $(VENV)/.worker $@
