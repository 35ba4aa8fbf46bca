# Needs only python3 (3.11 or newer) with venv, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed-demo
INSTALLED_DEV := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench docs clean

help: ## show this help
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "costcurve needs Python 3.11 or newer")'
	@$(PYTHON) -m venv $(VENV)

$(INSTALLED): pyproject.toml | $(BIN)/python
	@echo 'Installing into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all]'
	@touch $@

$(INSTALLED_DEV): pyproject.toml | $(BIN)/python
	@echo 'Installing into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all,ray,dev]'
	@touch $@ $(INSTALLED)

demo: $(INSTALLED) ## set up and print the decision card of the example
	@$(BIN)/costcurve estimate examples/defect-inspection.toml

test: $(INSTALLED_DEV) ## set up and run the tests
	$(BIN)/python -m pytest

lint: $(INSTALLED_DEV) ## check style, types and the line of rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(INSTALLED_DEV) ## measure speed against peers in the same run
	$(BIN)/python benchmarks/cold_start.py
	$(BIN)/python benchmarks/graph_speed.py
	$(BIN)/python benchmarks/simulation.py
	$(BIN)/python benchmarks/curves.py
	$(BIN)/python benchmarks/two_variable.py
	$(BIN)/python benchmarks/server.py
	$(BIN)/python benchmarks/workbook.py

docs: $(INSTALLED) ## remake the command output shown in the README
	$(BIN)/python docs/refresh_readme.py

clean: ## remove what make made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist build
