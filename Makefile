# Everything runs from .venv, built once from the hashed locks in requirements/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCKED := --quiet --require-hashes --only-binary :all:

.DEFAULT_GOAL := help
.PHONY: demo run test bench lint install lock help

demo: install ## rehearse Ordos 2022 with the sample roster on a fresh store; prints the address and the accounts
	$(BIN)/duban demo

run: install ## the service on the embedded store; the first start prints a one-time admin password
	$(BIN)/duban serve

test: $(VENV)/.tools ## the whole suite, on SQLite and PostgreSQL
# One more than two cores: while one waits for a database or a browser, the others go on.
	$(BIN)/python -m pytest -n 3

bench: $(VENV)/.tools ## duban beside hand-written SQL in one run; prints ratios
	$(BIN)/python -m bench

lint: $(VENV)/.tools ## ruff, mypy and the import arrows
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

install: $(VENV)/.runtime ## build .venv with .venv/bin/duban in it

lock: ## resolve requirements/*.in anew into the hashed locks; needs Python 3.11, the oldest supported
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "lock with Python 3.11: make lock PYTHON=python3.11")'
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet pip-tools==7.6.2
	cd requirements && for group in build runtime test browser; do \
		CUSTOM_COMPILE_COMMAND="make lock" ../.venv-lock/bin/pip-compile --quiet --upgrade --generate-hashes \
			--strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
			--output-file $$group.txt $$group.in || exit 1; \
	done

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Debian may have pip but not ensurepip, or the other way round: either is enough.
$(VENV)/.runtime: requirements/build.txt requirements/runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "duban needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
		$(PYTHON) -m venv $(VENV) && $(PIP) install $(LOCKED) -r requirements/build.txt; \
	else \
		$(PYTHON) -m venv --without-pip $(VENV) && \
		$(PYTHON) -m pip --python $(BIN)/python install $(LOCKED) -r requirements/build.txt; \
	fi
	$(PIP) install $(LOCKED) -r requirements/runtime.txt
	$(PIP) install --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.tools: $(VENV)/.runtime requirements/test.txt requirements/browser.txt
	$(PIP) install $(LOCKED) -r requirements/test.txt -r requirements/browser.txt
	@touch $@
