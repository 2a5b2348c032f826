# Everything a user or developer types. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run

CARGO ?= cargo
LISTEN ?= 127.0.0.1:8080
DATA ?= var/demo.sqlite
RECORDS ?= 100000
AREAS ?= 100000
BESIDE ?= servers

# Properties are tried on the same cases every time; another number tries others.
export PROPTEST_RNG_SEED ?= 1

safeground := target/release/safeground
cluster := tests/postgresql/cluster.sh
martin := target/bench/martin

.PHONY: run web web-test clients-test test check geoparquet interop bench bench-geometry bench-maps bench-servers setup setup-build setup-check toolchain help

run: setup-build ## Build, load the sample programmes, print progress, serve on 127.0.0.1:8080
	if command -v npm >/dev/null; then $(MAKE) web; else echo "npm is not here: the viewer is left out." >&2; fi
	$(CARGO) build --release --locked --package safeground
	mkdir -p $(dir $(DATA))
	$(safeground) demo --database sqlite:$(DATA) --listen $(LISTEN) --serve

web: web/node_modules/.package-lock.json ## Build the viewer into web/dist; the next build of the server takes it in
	cd web && npm run build

web-test: web ## Test the viewer: its parts, and its journeys in a browser against the server
	@.ci/packages.sh browser
	cd web && npm test
	$(CARGO) build --workspace --locked
	cd web && npm run journeys

clients-test: ## Open the example pages of docs/clients in a browser, against the server
	@.ci/packages.sh browser
	cd docs/clients && npm ci
	$(CARGO) build --workspace --locked
	cd docs/clients && npm test

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci

test: setup ## Set up all that the tests need and run them
	$(cluster) with $(CARGO) test --workspace --locked

geoparquet: setup ## Build with the feature `geoparquet`, and run the tests that have to do with formats
	$(CARGO) clippy --workspace --all-targets --locked --features safeground/geoparquet -- -D warnings
	$(cluster) with $(CARGO) test --workspace --locked --features safeground/geoparquet --test geoparquet --test input \
		--test layers --test formats --test exports --test commands

check: setup-check ## Formatting, lints, documentation, licences and the rules of the house
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked --quiet
	$(CARGO) test --workspace --test architecture --locked --quiet
	if command -v cargo-deny >/dev/null; then $(CARGO) deny --offline check bans licenses sources; fi

bench: setup bench-geometry ## Measure against PostGIS on the same generated records (RECORDS=100000)
	$(CARGO) build --release --locked --package safeground --package tests
	$(cluster) with --durable target/release/bench --records $(RECORDS)

bench-geometry: setup ## Measure the geometry crate against GEOS on the same generated polygons
	$(CARGO) bench --locked --package tests --bench geometry

bench-maps: setup ## Measure vector tiles of one programme against ST_AsMVT (AREAS=100000)
	$(CARGO) build --release --locked --package safeground --package tests
	$(cluster) with --durable target/release/bench --areas $(AREAS)

bench-servers: setup ## Measure beside pygeoapi, tipg, MapServer and martin on the same areas (AREAS=100000)
	@.ci/packages.sh servers
	if ! cmp --silent tests/bench/servers/requirements.txt target/bench/python/installed.txt; then \
		python3 -m venv target/bench/python; \
		target/bench/python/bin/python -m pip install --quiet --requirement tests/bench/servers/requirements.txt; \
		cp tests/bench/servers/requirements.txt target/bench/python/installed.txt; \
	fi
	if ! test -x $(martin)/bin/martin; then : martin 1.3.1 starts only with what lambda asks of tokio; \
		$(CARGO) install martin --version 1.3.1 --locked --no-default-features --features postgres,lambda --root $(martin) \
			|| echo "martin cannot be built here and is left out." >&2; \
	fi
	$(CARGO) build --release --locked --package safeground --package tests
	BENCH_PYTHON=target/bench/python/bin/python BENCH_MARTIN=$(martin)/bin/martin \
		$(cluster) with --durable target/release/bench --beside $(BESIDE) --areas $(AREAS)

interop: setup ## Run clients and validators of others: GDAL, OWSLib, QGIS, R, schemathesis, GeoPackage, GeoJSON
	@.ci/packages.sh interop
	$(CARGO) build --workspace --locked --features safeground/geoparquet
	tests/interop/run.sh target/debug/safeground target/interop

setup: toolchain ## Install the system packages that building and testing need
	@.ci/packages.sh build tests

setup-build: toolchain
	@.ci/packages.sh build

setup-check: toolchain
	@.ci/packages.sh build oracle

toolchain:
	@least=$$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml); \
	found=$$(rustc --version 2>/dev/null | cut -d' ' -f2 || true); \
	if ! command -v $(CARGO) >/dev/null || [[ "$$(printf '%s\n' "$$least" "$${found:-0}" | sort -V | head -n 1)" != "$$least" ]]; then \
		echo "Rust $$least or newer is needed; found: $${found:-none}." >&2; \
		echo "Get it from https://rustup.rs, or with 'rustup update stable', and type the command again." >&2; \
		exit 1; \
	fi

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do \
		printf '  make %-14s %s\n' "$$name" "$$what"; done
