# Commands of qa-bot; each sets up the virtual environment first when it is needed.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help chat ask index import eval bench bench-peers load screenshots train-model train-reader fit test lint audit fuzz lock clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
SECONDS := 60
export Q FILE
# Without compiled modules every start takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

.venv/.runtime: pyproject.toml constraints.txt
	@echo "setting up .venv (once; some minutes)" >&2
	@$(PYTHON) -c 'import sys; sys.exit("qa-bot needs Python 3.11 or newer; set PYTHON=...") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt torch==2.13.0
	@$(BIN)/pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt -e '.[eval,pages]'
	@touch $@

.venv/.dev: .venv/.runtime
	@$(BIN)/pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

chat: .venv/.runtime ## start the web chat, building the index if needed
	@$(BIN)/python app.py

ask: .venv/.runtime ## answer one question: make ask Q='...'
	@test -n "$$Q" || { echo "give a question: make ask Q='...'" >&2; exit 2; }
	@$(BIN)/qa-bot index >/dev/null || true # it says what it could not do; the index in use answers
	@$(BIN)/qa-bot ask -- "$$Q"

index: .venv/.runtime ## bring the index up to date with corpus/
	@$(BIN)/qa-bot index

import: .venv/.runtime ## turn a newspaper page into articles: make import FILE=...
	@test -n "$$FILE" || { echo "name a page: make import FILE=page.txt" >&2; exit 2; }
	@$(BIN)/qa-bot import -- "$$FILE"

# As on our command line: waking a second thread takes longer than such small products.
eval bench: export OPENBLAS_NUM_THREADS := 1

eval: .venv/.dev ## measure quality on the sets beside the project; renews docs/benchmarks.md
	@$(BIN)/python scripts/evaluate.py

bench: .venv/.dev ## measure speed; renews docs/benchmarks.md
	@$(BIN)/python scripts/bench.py

bench-peers: .venv/.dev ## measure qa-bot beside other tools; renews docs/benchmarks.md
	@$(BIN)/python scripts/bench_peers.py

load: .venv/.dev ## let 50 people ask the web chat at once
	@$(BIN)/python scripts/load_chat.py

screenshots: .venv/.dev ## take pictures of every state of the web chat; renews docs/screenshots/
	@$(BIN)/python scripts/screenshots.py

train-model: .venv/.dev ## train the default embedding model again
	@$(BIN)/python scripts/train_model.py

train-reader: .venv/.dev ## train the reader of questions and passages again
	@$(BIN)/python scripts/train_reader.py

fit: .venv/.dev ## fit the ranking, the sentence scorer and the confidence again
	@$(BIN)/python scripts/fit_retrieval.py
	@$(BIN)/python scripts/fit_sentences.py
	@$(BIN)/python scripts/fit_confidence.py

test: lint ## ruff, mypy and all tests
	@$(BIN)/python -m pytest

lint: .venv/.dev ## ruff and mypy only
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary

audit: ## look the packages up in an advisory database (needs a network)
	@test -x .venv/audit/bin/pip-audit || { $(PYTHON) -m venv .venv/audit && \
	  .venv/audit/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1; }
	@.venv/audit/bin/python scripts/audit.py

fuzz: .venv/.dev ## feed changed inputs to what reads files and questions (Linux): make fuzz SECONDS=60
	@test -d .venv/fuzz/atheris || $(BIN)/pip install --quiet --disable-pip-version-check \
	  --no-deps --target .venv/fuzz atheris==3.0.0
	@PYTHONPATH=.venv/fuzz $(BIN)/python scripts/fuzz.py --seconds $(SECONDS)

lock: .venv/.dev ## write the installed versions to constraints.txt
	@{ echo "# Every package at the version that the tests ran with. Renew with: make lock"; \
	  $(BIN)/pip freeze --exclude-editable | sed 's/+cpu$$//'; } > constraints.txt

clean: ## remove the environment, caches and the index
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	@find index -mindepth 1 ! -name README.md -delete
