# One word does each chore. Everything lives in .venv; nothing is installed anywhere else.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help up demo test check format bench storm lock migration clean

BIN := .venv/bin
# Whoever forbids Python to keep what it compiled pays for it at the start of every process, of which tests have many.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

help:
	@echo "make up      the whole house in the foreground; Ctrl-C stops all of it"
	@echo "make demo    the same pipeline once, on a temporary copy of the sample"
	@echo "make test    every test, on SQLite and on PostgreSQL"
	@echo "make check   format, lint, types"
	@echo "make bench   what posting, mailing, groups, imports, coupons and the pages of the desk cost beside the bare work"
	@echo "make storm   publishers, tills, servers and launchers killed and frozen, dozens of times; several machines;"
	@echo "             and many more examples of what must always hold"

# Installation: two steps, because hashes and an editable install do not go together in one call.
.venv/.python:
	@for found in python3.13 python3.12 python3.11 python3; do \
		if command -v $$found >/dev/null 2>&1 && \
			$$found -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then \
			echo "Otdel: virtual environment with $$($$found --version)"; \
			$$found -m venv .venv && touch $@ && exit 0; \
		fi; \
	done; \
	echo "Otdel needs Python 3.11, 3.12 or 3.13 with venv; none was found. Install it (on Debian: apt install python3 python3-venv)."; exit 1

.venv/.installed: .venv/.python requirements.txt pyproject.toml
	@echo "Otdel: installing (once, a minute or two)"
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-build-isolation -e .
	@touch $@

.venv/.tested: .venv/.installed requirements-dev.txt requirements-scaled.txt
	@$(PIP) --require-hashes -r requirements-dev.txt
	@$(PIP) --require-hashes -r requirements-scaled.txt
	@touch $@

up: .venv/.installed
	@exec $(BIN)/otdel up

demo: .venv/.installed
	@exec $(BIN)/otdel demo

# Both at once: what starts whole houses half waits, what computes takes the cores meanwhile. Prefect's own threads stay
# out of it, where they would roll dice among Hypothesis's. The longest come first, so that no core waits for them.
DRAWN := tests/deployments/test_web_schemas.py
HOUSES := tests/e2e tests/browser tests/flows tests/deployments
RULES := tests/tasks $(DRAWN) tests/integrations tests/storm tests/laws tests/models
APART := --dist loadfile --no-loadscope-reorder
ORDINARY := -q -m "not storm and not bench and not scaled"

test: .venv/.tested
	@$(BIN)/python -m pytest $(ORDINARY) -n 2 $(APART) --ignore=$(DRAWN) $(HOUSES) > .venv/houses.log 2>&1 & houses=$$!; \
		$(BIN)/python -m pytest $(ORDINARY) -n 2 $(APART) $(RULES); rules=$$?; \
		wait $$houses; houses=$$?; cat .venv/houses.log; \
		if [ $$rules != 0 ] || [ $$houses != 0 ]; then exit 1; fi

check: .venv/.tested
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: .venv/.tested
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: .venv/.tested
	@$(BIN)/python -m tests.bench.posting
	@$(BIN)/python -m tests.bench.desk
	@$(BIN)/python -m tests.bench.mailing --large 200000
	@$(BIN)/python -m tests.bench.groups
	@$(BIN)/python -m tests.bench.imports
	@$(BIN)/python -m tests.bench.coupons_redeem
	@$(BIN)/python -m tests.bench.coupons_issue
	@$(BIN)/python -m tests.bench.coupons_analysis

storm: .venv/.tested
	@$(BIN)/python -m pytest -q -s -m "storm or scaled" tests/storm tests/e2e tests/deployments tests/scaled tests/browser tests/tasks/codes
	@OTDEL_TESTS_DEEP=1 $(BIN)/python -m pytest -q -m "hypothesis and not storm" -n 2 $(APART) tests/tasks tests/integrations tests/models \
		tests/deployments/test_web_schemas.py

# For developers: the next revision of the tables, drafted from the models: make migration message="added zones"
migration: .venv/.installed
	@$(BIN)/python -m models.migrations make "$(message)"

# For developers: versions and hashes without addresses.
lock: .venv/.tested
	@$(BIN)/python -m pip install --quiet uv
	@for name in requirements requirements-dev; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--no-header --no-annotate $$name.in -o $$name.txt; \
	done
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate --no-deps requirements-scaled.in -o requirements-scaled.txt

clean:
	@rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis
