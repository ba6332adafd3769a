# Rembuk. "make help" lists what there is; demo and test do all their set-up themselves.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PORT ?= 8000
WORKERS ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help setup browser demo serve test check style types bench shots campaign sabotage depth mutants audit migration wheel clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

setup: .venv/.done ## virtual environment and packages

.venv/.done: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Rembuk needs Python 3.11 or newer."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q -e '.[dev,documents]'
	@touch $@

browser: ## Chromium, through the system's package manager where it is missing and possible
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else echo "No Chromium here: browser journeys will be skipped. Install one to run them."; fi

demo: setup ## a city on this machine: Bandung with a finished, a voting and a proposing round
	$(BIN)/rembuk demo --port $(PORT)

serve: setup ## the server as a city runs it (settings: REMBUK_…)
	$(BIN)/rembuk migrate && $(BIN)/rembuk serve --port $(PORT)

test: setup browser ## every test, on SQLite and PostgreSQL, with a real browser
	$(BIN)/pytest -q -n $(WORKERS)

check: style types ## style, types, import doors, templates, translations, migrations, size limits
	$(BIN)/pytest -q tests/house

style: setup
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

bench: setup ## measure, as ratios in one run
	$(BIN)/python -m benchmarks

shots: setup browser ## a picture of every page for every role into var/shots
	$(BIN)/python -m tests.browser.shots

campaign: setup ## the long campaigns of the trust report; REMBUK_TEST_SECONDS bounds each (about 8 minutes)
	REMBUK_TEST_CAMPAIGN=1 REMBUK_TEST_FIGURES=var/figures.txt $(BIN)/pytest -q -m slow -o timeout=1200

sabotage: setup ## plant every fault of tests/campaigns/faults.py in a copy; each must turn its test red
	$(BIN)/python -m tests.campaigns.sabotage

depth: setup ## branches of the trust modules that no test of their own room takes (about 10 minutes)
	$(BIN)/python -m tests.campaigns.depth

mutants: setup ## change the trust modules one place at a time; each change must turn a test red (REMBUK_TEST_SECONDS bounds it)
	nice -n 19 $(BIN)/python -m tests.campaigns.mutants

audit: setup ## secrets in the repository, known holes in the packages; needs a network (docs/security.md)
	$(BIN)/python -m pip install -q -e '.[audit]'
	git ls-files -z | grep -zvE '\.(po|geojson|pb|png|woff2|webp|jpg|csv|svg)$$|^static/vendor|^docs/' | \
		xargs -0 $(BIN)/detect-secrets-hook --no-verify --baseline .secrets.baseline
	$(BIN)/pip-audit --skip-editable

migration: setup ## write the database migration anew from the tables
	$(BIN)/python -m tests.house.new_migration

wheel: setup ## build the wheel
	$(BIN)/python -m pip wheel -q --no-deps -w dist .

clean: ## remove what was built; the data in var stays
	rm -rf .venv dist build src/*.egg-info .mypy_cache .ruff_cache .pytest_cache
