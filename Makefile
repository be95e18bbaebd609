# The whole interface for a developer: run, test, check, bench (and soak).
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
WALK ?= first

.PHONY: run test check bench soak clean

# The demo has a folder of its own: what `orderveil init` makes in var/ is another installation.
run: $(VENV)/.run
	ORDERVEIL_HOME="$${ORDERVEIL_HOME:-var-demo}" $(BIN)/orderveil up --demo --walk=$(WALK)

test: $(VENV)/.dev
	sh tools/browser.sh
	$(BIN)/pytest -n 2 -m "not soak"

check: $(VENV)/.dev
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --no-cache --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/test_house.py

bench: $(VENV)/.bench
	$(BIN)/python -m bench

soak: $(VENV)/.dev
	$(BIN)/pytest -m soak

clean:
	rm -rf $(VENV) var-demo var/bench

$(VENV)/bin/python:
	sh tools/venv.sh "$(PYTHON)" $(VENV)

$(VENV)/.run: requirements/base.txt pyproject.toml | $(VENV)/bin/python
	test -f $(VENV)/.dev || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# What `make bench` measures us beside; tests and checks never need it.
$(VENV)/.bench: requirements/bench.txt $(VENV)/.dev
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	touch $@
