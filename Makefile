# `make run` shows the site, `make test` checks it; all they need is git, make and Python 3.11 or newer.
PYTHON ?= python3
VENV ?= .venv
DATA_DIR ?= var
PORT ?= 8000
HOST ?= 127.0.0.1
export DATA_DIR PORT HOST
# Python keeps what it compiled, whatever the machine says: each process would compile the whole project again.
unexport PYTHONDONTWRITEBYTECODE

RUN := $(VENV)/bin/python
PIP_INSTALL := $(RUN) -m pip install -qq --disable-pip-version-check -c constraints.txt
SECRET := $(DATA_DIR)/secret_key
# What a laptop needs and a public site does not have: plain HTTP, and a secret key kept in the data folder.
LOCAL := export HTTPS="$${HTTPS:-0}" SECRET_KEY="$${SECRET_KEY:-$$(cat "$(SECRET)")}"

.PHONY: help setup run serve admin test bench lint format clean
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

help:  ## list these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 16

setup: $(VENV)/dev.stamp  ## make the environment with everything that tests and checks need

run: $(VENV)/run.stamp $(SECRET)  ## prepare and serve the site at http://127.0.0.1:8000/ (HOST=, PORT=, DATA_DIR=)
	@$(LOCAL); exec $(RUN) -m deploy.run

serve: $(VENV)/run.stamp $(SECRET)  ## the same for many readers: a process for each processor (WEB_CONCURRENCY=)
	@$(LOCAL); $(RUN) manage.py prepare && exec $(RUN) -m deploy.serve

admin: $(VENV)/run.stamp $(SECRET)  ## make an account that may edit the study
	@$(LOCAL); $(RUN) manage.py prepare && $(RUN) manage.py createsuperuser

test: $(VENV)/dev.stamp  ## run every test on SQLite, then those that touch the database on PostgreSQL
	$(RUN) -m pytest -n auto --dist loadfile --no-loadscope-reorder
	$(RUN) tests/with_postgres.py $(RUN) -m pytest -n auto --dist loadfile --no-loadscope-reorder --database-tests

bench: $(VENV)/dev.stamp  ## measure speed side by side and write benchmarks/RESULTS.md (SCALE=full for full size)
	$(RUN) -m benchmarks.run --scale $(or $(SCALE),small) --write

lint: $(VENV)/dev.stamp  ## check style, templates and types
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m djlint templates --lint --quiet
	$(RUN) -m djlint templates --check --quiet
	$(RUN) -m mypy

format: $(VENV)/dev.stamp  ## put Python and templates into the house's format
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .
	$(RUN) -m djlint templates --reformat --quiet

clean:  ## remove the environment and caches; the data in var/ stay
	rm -rf "$(VENV)" .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ── What the targets stand on ──────────────────────────────────────────────────────────────────
$(RUN):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "ICT Lead needs Python 3.11 or newer; $(PYTHON) is older or missing. Name another: make run PYTHON=python3.12"; \
	  exit 1; }
	@echo "Environment: made in $(VENV)"
	@$(PYTHON) -m venv "$(VENV)" || { rm -rf "$(VENV)"; exit 1; }

$(VENV)/run.stamp: requirements.txt constraints.txt | $(RUN)
	@echo "Packages: installing what the site needs"
	@$(PIP_INSTALL) -r requirements.txt
	@touch "$@"

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	@echo "Packages: installing what tests and checks need"
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch "$@"

$(SECRET): | $(RUN)
	@mkdir -p -m 700 "$(DATA_DIR)"
	@umask 077 && $(RUN) -c 'import secrets; print(secrets.token_urlsafe(50))' > "$@"
	@echo "Secret key: made and kept in $@"
