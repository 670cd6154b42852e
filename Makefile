# make app    the dashboard          make test    the whole suite
# make check  format, lint, types    make bench   every measured claim of the README
PYTHON ?= python3
BIN := .venv/bin
.PHONY: app test check bench clean

app: .venv/app
	$(BIN)/streamlit run dashboard/app.py $(APP)

test: .venv/dev
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
		echo "No Chromium here: the browser tests will be skipped (Debian: apt-get install chromium)."
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile $(TESTS)

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/dev
	$(BIN)/python -m bench

.venv/app: requirements.txt
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("ferkit needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Point at another: make PYTHON=python3.12 app")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt .venv/app
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv
