# `make run` shows the site, `make test` checks it; all they need is git, make and Python 3.11 or newer.
PYTHON ?= python3
VENV ?= .venv
DATA_DIR ?= $(CURDIR)/var
PORT ?= 8000
HOST ?= 127.0.0.1
export DATA_DIR PORT HOST

BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt
SECRET := $(DATA_DIR)/secret_key
# What a laptop needs and a public site does not have: plain HTTP, and a secret key kept in the data folder.
LOCAL := export HTTPS="$${HTTPS:-0}" SECRET_KEY="$${SECRET_KEY:-$$(cat "$(SECRET)")}"

.PHONY: help setup run admin test lint format clean
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

help:  ## list these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 16

setup: $(VENV)/dev.stamp  ## make the environment with everything that tests and checks need

run: $(VENV)/run.stamp $(SECRET)  ## prepare and serve the site at http://127.0.0.1:8000/ (HOST=, PORT=, DATA_DIR=)
	@$(LOCAL); $(BIN)/python manage.py prepare && exec $(BIN)/gunicorn -c deploy/gunicorn.conf.py

admin: $(VENV)/run.stamp $(SECRET)  ## make an account that may edit the study
	@$(LOCAL); $(BIN)/python manage.py prepare && $(BIN)/python manage.py createsuperuser

test: $(VENV)/dev.stamp  ## run every test on SQLite, then those that touch the database on PostgreSQL
	$(BIN)/python -m pytest
	$(BIN)/python tests/with_postgres.py $(BIN)/python -m pytest --database-tests

lint: $(VENV)/dev.stamp  ## check style, templates and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/djlint templates --check --quiet
	$(BIN)/mypy

format: $(VENV)/dev.stamp  ## put Python and templates into the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint templates --reformat --quiet

clean:  ## remove the environment and caches; the data in var/ stay
	rm -rf "$(VENV)" .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ── What the targets stand on ──────────────────────────────────────────────────────────────────
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "ICT Lead needs Python 3.11 or newer; $(PYTHON) is older or missing. Name another: make run PYTHON=python3.12"; \
	  exit 1; }
	@echo "Environment: made in $(VENV)"
	@$(PYTHON) -m venv "$(VENV)" || { rm -rf "$(VENV)"; exit 1; }

$(VENV)/run.stamp: requirements.txt constraints.txt | $(BIN)/python
	@echo "Packages: installing what the site needs"
	@$(PIP_INSTALL) -r requirements.txt
	@touch "$@"

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	@echo "Packages: installing what tests and checks need"
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch "$@"

$(SECRET):
	@mkdir -p "$(DATA_DIR)"
	@umask 077 && $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))' > "$@"
	@echo "Secret key: made and kept in $@"
