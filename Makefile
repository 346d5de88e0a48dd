# Every target does its own set-up: tools/setup installs what is missing, or says what to type.

CARGO  ?= cargo
BIN    := $(or $(CARGO_TARGET_DIR),target)/debug
# Always the whole workspace, for development: that is the shortest way for both `make run` and `make test`. A release
# build takes longer and the tests could not use it; another choice of packages would change the features of the
# dependencies and build them once more.
BUILD  := $(CARGO) build --locked --workspace

.DEFAULT_GOAL := help
.PHONY: help run web test webtest accept lint spectral audit openapi sql bench fuzz release

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: ## build Stockbook and start it with a PostgreSQL of its own and sample data; ARGS="..." goes to `stockbook demo`
	@tools/setup rust cc postgres
	@if tools/setup web; then $(MAKE) --no-print-directory web; else echo "Going on without the web app: /app will say how to build it."; fi
	$(BUILD)
	@exec $(BIN)/stockbook demo $(ARGS)

web: web/dist/index.html ## build the web app, if anything of it has changed

WEB_SOURCES := openapi.json $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -path web/.screenshots -prune -o \
	-path web/src/api/schema.gen.d.ts -prune -o -type f -print)

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@tools/setup web
	npm ci --prefix web --ignore-scripts --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	npm run --prefix web --silent build

test: ## run every test, then `make accept`
	@tools/setup rust cc postgres
	$(BUILD)
	$(BIN)/with-postgres $(CARGO) test --locked --workspace --no-fail-fast
	@$(MAKE) --no-print-directory webtest accept

webtest: web ## the web app's tests: lint, types, units, and in Chromium against the real server; ONLY="products" picks files
	@tools/setup rust cc postgres chromium
	$(BUILD)
	npm run --prefix web --silent check
	npm run --prefix web --silent test
	npm run --prefix web --silent browser -- $(ONLY)

accept: ## check what the three systems ask for, line by line, by HTTP and psql; ONLY="P5 S6" picks lines
	@tools/setup rust cc postgres python curl
	$(BUILD)
	accept/run --stockbook $(BIN)/stockbook $(ONLY)

lint: ## formatting, and clippy without a warning
	@tools/setup rust lint cc
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	@# And without what can be left out of a build.
	$(CARGO) clippy --locked --package server --no-default-features -- -D warnings

spectral: ## check openapi.json by Spectral's rules
	@tools/setup node
	@# No install scripts: the only one sends usage data.
	test -d tools/spectral/node_modules || npm ci --prefix tools/spectral --ignore-scripts --no-audit --no-fund
	npm run --prefix tools/spectral --silent check

audit: ## licences, banned crates and sources of the dependencies
	@tools/setup rust cc
	$(CARGO) deny --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-deny --version '^0.20'
	$(CARGO) deny --locked check --hide-inclusion-graph licenses bans sources

openapi: ## write openapi.json anew from the routes
	@tools/setup rust cc
	$(BUILD)
	$(BIN)/stockbook openapi >openapi.json.new
	mv openapi.json.new openapi.json

sql: ## write sql/*.sql anew from the migrations and the sample data
	@tools/setup rust cc postgres
	@touch crates/platform/src/preflight.rs # or Cargo does not see that a migration was added
	$(BUILD)
	UPDATE_GOLDEN=1 $(BIN)/with-postgres $(CARGO) test --locked --workspace --test it -- \
		schema_sql_is_made_of_the_migrations the_sample_as_sql_is_what_the_server_plants

bench: ## measure beside pgbench and a FastAPI service, in under 15 minutes: bench/RESULTS.md; bench/run has its settings
	@tools/setup rust cc postgres python venv curl wrk
	bench/run

fuzz: ## ask the API what nobody would: schemathesis by openapi.json, and sqlmap; ONLY="nobody sqlmap" picks runs
	@tools/setup rust cc postgres python venv
	$(BUILD)
	BINARY=$(BIN)/stockbook tools/fuzz/run $(ONLY)

release: web ## build the small, fast binary for production, with the web app in it: target/release/stockbook
	@tools/setup rust cc
	$(CARGO) build --locked --release --package server
