# Needs only python3 (3.11 or newer) with venv, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed-demo
INSTALLED_DEV := $(VENV)/.installed-dev
INSTALLED_DOCS := $(VENV)/.installed-docs

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench edits docs refresh fuzz interrupts mutate coverage release-check clean

help: ## show this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "costcurve needs Python 3.11 or newer")'
	@$(PYTHON) -m venv $(VENV)

$(INSTALLED): pyproject.toml | $(BIN)/python
	@echo 'Installing into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all]'
	@touch $@

$(INSTALLED_DEV): pyproject.toml | $(BIN)/python
	@echo 'Installing into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all,pdf,docs,ray,dev]'
	@touch $@ $(INSTALLED) $(INSTALLED_DOCS)

$(INSTALLED_DOCS): pyproject.toml | $(BIN)/python
	@echo 'Installing into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all,docs]'
	@touch $@ $(INSTALLED)

demo: $(INSTALLED) ## set up and print the decision card of the example
	@$(BIN)/costcurve estimate examples/defect-inspection.toml
	@printf '\nThe command costcurve stands in $(BIN). To type it as the documentation does, once in every\nterminal: . $(BIN)/activate\n'

# One thread for each process: NumPy's own would only wait for each other.
test: $(INSTALLED_DEV) ## set up and run the tests
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses=auto --dist=worksteal

lint: $(INSTALLED_DEV) ## check style, types, the line of rooms, spelling and links
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/python docs/check_links.py

bench: $(INSTALLED_DEV) ## measure speed against peers in the same run: one table, stored
	$(BIN)/python benchmarks/bench.py

edits: $(INSTALLED_DEV) ## hundreds of random edits of workbooks against the library
	$(BIN)/python benchmarks/workbook.py

docs: $(INSTALLED_DOCS) ## build the documentation in docs/_build/html; a warning is an error
	$(BIN)/python -m sphinx --fresh-env --write-all --fail-on-warning --quiet docs docs/_build/html
	@echo 'docs/_build/html/index.html'

refresh: $(INSTALLED) ## remake the output shown in README and documentation
	$(BIN)/python docs/refresh_readme.py

fuzz: $(INSTALLED_DEV) ## damaged files at every reader for twenty minutes: one table, stored
	$(BIN)/python benchmarks/fuzz.py 1200

interrupts: $(INSTALLED_DEV) ## Ctrl-C at random moments of every long command: a quarter of an hour
	$(BIN)/python benchmarks/interrupts.py

mutate: $(INSTALLED_DEV) ## mutants of laws and costs, which tests should kill: one table, stored
	$(BIN)/python benchmarks/mutations.py

coverage: $(INSTALLED_DEV) ## line coverage of core, laws, costs and decisions: a quarter of an hour
	$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered --cov-fail-under=95

release-check: $(INSTALLED_DEV) ## build wheel and sdist, and try them and each extra alone
	$(BIN)/python .ci/release_check.py

clean: ## remove what make made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage dist build docs/_build docs/generated
