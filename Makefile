# `make help` lists the targets. Build output goes where CARGO_TARGET_DIR says, else to ./target.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
SCRIPTS := .ci/run infra/services.sh infra/tools.sh
# Chosen by filter, not by `--package`, which would build everything again with that package's features alone.
ON_EACH_BACKEND := binary_id(neonex-testkit::it) + binary_id(neonex::cli) + binary_id(neonex::crash)
# What has to do with vectors, on a PostgreSQL that has an extension for them.
WITH_PGVECTOR := binary_id(neonex-testkit::it) & test(/^nearby::/)
# What of auth is raced for and timed.
OF_AUTH_AT_LENGTH := binary_id(neonex-testkit::it) & test(/^auth_timing::|good_once/)
GENERATE_SDK := cargo run --quiet --locked --package neonex-sdk-generate -- openapi.yaml | rustfmt --edition 2024

.PHONY: help test soak bench profile lint lint-code lint-scripts lint-spec deny generate check-generated fmt ci services

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' Makefile

services: ## start PostgreSQL, MariaDB and Redis for the tests, install the tools of the tests, print their addresses
	@infra/services.sh up

# The integration tests, those of the commands and the crash test run on SQLite with the rest, then on each server.
# Examples in the documentation are run by a test among them (cli/tests/clients), which has a server for them.
test: ## everything: unit, integration and documentation tests
	@services="$$(infra/services.sh up)"; eval "$$services"; \
	tools="$$(infra/tools.sh cargo-nextest)"; PATH="$$tools:$$PATH"; \
	cargo nextest run --workspace --locked; \
	for backend in postgres mariadb; do \
	  NEONEX_TEST_BACKEND=$$backend cargo nextest run --workspace --locked -E '$(ON_EACH_BACKEND)'; \
	done; \
	NEONEX_TEST_BACKEND=postgres NEONEX_TEST_POSTGRES_URL="$$NEONEX_TEST_PGVECTOR_URL" \
	  cargo nextest run --workspace --locked -E '$(WITH_PGVECTOR)'

# The same tests as in `make test`, at their full length.
soak: ## the crash test with 200 kills on each database (ROUNDS=200), a minute of too many requests, races and times of auth
	@services="$$(infra/services.sh up)"; eval "$$services"; \
	tools="$$(infra/tools.sh cargo-nextest)"; PATH="$$tools:$$PATH"; \
	for backend in sqlite postgres mariadb; do \
	  NEONEX_TEST_BACKEND=$$backend NEONEX_CRASH_ROUNDS=$${ROUNDS:-200} \
	    cargo nextest run --profile soak --workspace --locked -E 'binary_id(neonex::crash)'; \
	done; \
	NEONEX_LIMIT_SECONDS=60 cargo nextest run --profile soak --workspace --locked -E 'test(two_instances_admit_one_quota)'; \
	for backend in sqlite postgres mariadb; do \
	  NEONEX_TEST_BACKEND=$$backend NEONEX_RACE_ROUNDS=100 NEONEX_TIMING_SAMPLES=500 \
	    cargo nextest run --profile soak --workspace --locked -E '$(OF_AUTH_AT_LENGTH)'; \
	done

# The server as it is packaged. The bench is built in the same way: part of it is what the server is held against.
# PEERS are products to measure beside it; of parse-server and directus, which need minutes, none by default.
PEERS := pocketbase
bench: ## measure the server and write bench/RESULTS.md (ARGS="--quick", PEERS="…", see bench/README.md)
	@services="$$(infra/services.sh up)"; eval "$$services"; \
	peers=(); \
	for peer in $(PEERS); do \
	  place="$$(infra/tools.sh "$$peer")"; \
	  if [[ $$peer == pocketbase ]]; then place+=/pocketbase; fi; \
	  peers+=("--$$peer" "$$place"); \
	done; \
	cargo build --profile dist --package neonex --locked; \
	cargo run --profile dist --package neonex-bench --locked -- "$${peers[@]}" $(ARGS)

profile: ## show where the server's processor time goes (ARGS="--work create --rule", see bench/README.md)
	cargo build --profile dist --package neonex --locked
	cargo run --profile dist --package neonex-bench --locked -- profile $(ARGS)

lint: lint-code lint-scripts lint-spec deny ## format check, clippy, scripts, OpenAPI document, dependency policy

lint-code:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

lint-scripts:
	shellcheck $(SCRIPTS)

lint-spec:
	npx --yes @redocly/cli@2.0.8 lint openapi.yaml

# Advisories need a database fetched from the network; .ci/run checks them where it can be had.
deny:
	@tools="$$(infra/tools.sh cargo-deny)"; PATH="$$tools:$$PATH"; \
	cargo deny --locked --all-features check --hide-inclusion-graph \
	  -A unused-wrapper bans licenses sources

generate: ## write the files that follow from the code
	@mkdir -p docs/reference
	cargo run --quiet --locked --package neonex -- config reference >docs/reference/configuration.md.new
	mv docs/reference/configuration.md.new docs/reference/configuration.md
	cargo run --quiet --locked --package neonex -- openapi >openapi.yaml.new
	mv openapi.yaml.new openapi.yaml
	$(GENERATE_SDK) >sdk/src/generated.rs.new
	mv sdk/src/generated.rs.new sdk/src/generated.rs

check-generated: ## fail where a committed file differs from what generates it
	cargo metadata --locked --format-version 1 >/dev/null
	cargo run --quiet --locked --package neonex -- config reference | diff -u docs/reference/configuration.md -
	cargo run --quiet --locked --package neonex -- openapi | diff -u openapi.yaml -
	$(GENERATE_SDK) | diff -u sdk/src/generated.rs -

fmt: ## format the code
	cargo fmt --all

ci: ## what the build server runs
	.ci/run
