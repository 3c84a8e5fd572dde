# `make help` prints what there is. Every target that needs an environment creates .venv once and reuses it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

# The interpreter of the environment: the first of these with version 3.11 or newer, or `make demo PYTHON=...`.
ifndef PYTHON
PYTHON := $(shell for python in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2> /dev/null \
	&& echo $$python && break; done)
endif

BIN := .venv/bin
DISTRIBUTIONS := $(patsubst %/pyproject.toml,%,$(wildcard plugins/*/pyproject.toml datasets/*/pyproject.toml))
GENERATORS := $(patsubst %/pyproject.toml,%,$(shell grep -ls '^generate = ' $(DISTRIBUTIONS:=/pyproject.toml)))
DEVELOP := dev,dask,tables# a name of its own: a comma would end an argument of call
BENCH := $(DEVELOP),bench
PINS := pyproject.toml constraints.txt $(DISTRIBUTIONS:=/pyproject.toml)

# Wheels only: nflows alone has none. The two variables hand the pins to the build environments too, whichever
# of them this pip knows; the path is relative, so that it survives a folder with spaces in its name.
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --only-binary :all: --no-binary nflows

.PHONY: help demo test test-all lint docs board bench clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

demo: .venv/run.stamp ## run three detectors on all channels of the bundled sample and rank them
	$(BIN)/adbench run --detector gcn_vae_householder --detector isolation_forest --detector met --channel all
	$(BIN)/adbench leaderboard

test: lint ## formatting, lint, types, all tests but the slow ones, and the documentation
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -m "not slow"
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

test-all: .venv/all.stamp lint ## the same with the slow tests and the event generator
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2

lint: .venv/dev.stamp ## formatting, lint and types only
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy adbench plugins/*/src datasets/*/src examples

docs: .venv/dev.stamp ## build the documentation into site/, with warnings as errors
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

board: .venv/run.stamp ## rebuild page, table and figure of the reference results in leaderboard/
	$(BIN)/python studies/reference_board.py
	$(BIN)/adbench plot boxes --results leaderboard --dataset darkmachines --out docs/figures/board.png

bench: .venv/bench.stamp ## print the speed of reading, training, scoring, ranking beside other libraries
	for benchmark in benchmarks/[!_]*.py; do OMP_NUM_THREADS=1 $(BIN)/python "$$benchmark"; done

clean: ## remove the environment, caches and build products; results stay
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist site
	find . -name __pycache__ -prune -exec rm -rf {} +

# One environment for all: what runs, what develops, what generates events. Each stamp covers those before it.
.venv/run.stamp: $(PINS)
	$(call install,. $(DISTRIBUTIONS))
	touch $@

.venv/dev.stamp: $(PINS)
	$(call install,.[$(DEVELOP)] $(DISTRIBUTIONS))
	touch .venv/run.stamp $@

.venv/bench.stamp: $(PINS)
	$(call install,.[$(BENCH)] $(DISTRIBUTIONS))
	touch .venv/run.stamp .venv/dev.stamp $@

.venv/all.stamp: $(PINS)
	$(call install,.[$(DEVELOP)] $(filter-out $(GENERATORS),$(DISTRIBUTIONS)) $(GENERATORS:=[generate]))
	touch .venv/run.stamp .venv/dev.stamp $@

define install
@[ -n "$(PYTHON)" ] || { echo "no Python 3.11 or newer with venv on PATH; name one: make demo PYTHON=/path/to/python" >&2; exit 1; }
@echo "environment: installing into .venv with $(PYTHON); about two minutes the first time"
@[ -x $(BIN)/pip ] || $(PYTHON) -m venv --clear .venv
$(INSTALL) $(patsubst %,-e './%',$(1))
endef
