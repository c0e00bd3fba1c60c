# The menu: `make` alone prints it. Every target is one line that calls the CLI or a tool.
PYTHON ?= $(shell for v in 3.11 3.12 3.13; do command -v python$$v; done 2>/dev/null | head -1)
PYTHON := $(or $(PYTHON),python3)
BIN := .venv/bin
HEADWATER := $(BIN)/headwater
.DEFAULT_GOAL := help
.PHONY: help install up down package test soak unit lint format screenshots lock clean

##@ Run
up: .venv/ready ## install what is missing, start everything, deploy (flags: make up ARGS="--detach --wait")
	@exec $(HEADWATER) up $(ARGS)

down: .venv/ready ## stop everything
	@$(HEADWATER) down

install: .venv/ready ## only install
	@$(HEADWATER) up --install-only

package: .venv/ready ## build what terraform uploads (dist/)
	@$(HEADWATER) package $(ARGS)

##@ Develop
test: .venv/ready ## lint, unit tests, then every test on the real servers
	@scripts/test $(ARGS)

soak: .venv/ready ## failures that take minutes to mend, and random ones (ARGS="--minutes 60 --seed 7")
	@HEADWATER_PORTS__OFFSET=$${HEADWATER_PORTS__OFFSET:-10000} $(BIN)/pytest tests/faults -m soak --log-cli-level=INFO $(ARGS)

unit: .venv/ready ## the tests that need no server (seconds)
	@$(BIN)/pytest tests/unit $(ARGS)

lint: .venv/ready ## ruff, mypy, import-linter, rendered files
	@scripts/lint

format: .venv/ready ## let ruff format
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

screenshots: .venv/ready ## pictures of the running stack, for docs/images
	@scripts/chromium && scripts/screenshots $(ARGS)

lock: .venv/ready ## refresh requirements.lock (needs uv)
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --extra dev pyproject.toml -o requirements.lock

clean: ## remove the environment and caches (not the data folder)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

.venv/ready: requirements.lock pyproject.toml
	@scripts/bootstrap "$(PYTHON)"

help:
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile
