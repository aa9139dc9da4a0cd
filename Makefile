# Every target is listed by `make help`. `make run` and `make test` do all the set-up they need.

GO        ?= go
NPM       ?= npm
BIN       := bin/roster
LISTEN    ?= 127.0.0.1:8080
FUZZTIME  ?= 20s
VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT    := $(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)
LDFLAGS   := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)
WEB_FILES := $(shell find web/src web/index.html web/vite.config.ts web/package.json -type f 2>/dev/null)

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-zA-Z_-]+:.*## / {printf "  \033[1m%-10s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build everything and serve the console on http://127.0.0.1:8080
	$(BIN) serve --listen $(LISTEN)

.PHONY: build
build: web/dist/index.html ## Build bin/roster with the console inside
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o $(BIN) ./cmd/roster

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && $(NPM) ci --ignore-scripts --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_FILES)
	cd web && $(NPM) run build
	@touch $@

.PHONY: dev
dev: web/node_modules/.package-lock.json ## Serve a throw-away directory and rebuild the console on change
	./scripts/dev

.PHONY: test
test: setup build lint ## Run every test: Go, acceptance against the binary, browser
	$(GO) test ./...
	cd web && ROSTER_BIN=$(CURDIR)/$(BIN) $(NPM) test

.PHONY: setup
setup: ## Install what the tests need and this machine lacks (a browser)
	./scripts/setup

.PHONY: lint
lint: ## Check formatting, vet, staticcheck
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "gofmt these files:"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) vet -C internal/bench/peer ./...
	$(GO) vet -tags failover ./internal/acceptance ./internal/patronitest
	$(GO) tool -modfile=tools/go.mod staticcheck ./...
	$(GO) tool -modfile=tools/go.mod staticcheck -tags failover ./internal/acceptance ./internal/patronitest

.PHONY: check
check: test failover ## Everything of test, plus the race detector, long crash runs, fail-overs and short fuzzing
	$(GO) test -race ./scim/... ./internal/directory/... ./internal/sqlstore/... ./internal/provision/...
	ROSTER_CRASH_ROUNDS=100 $(GO) test -count=1 -run 'Crash|OneIsKilled' ./internal/acceptance/
	$(MAKE) fuzz FUZZTIME=20s

.PHONY: failover
failover: ## Kill the leading one of three PostgreSQL servers under Patroni, again and again
	./scripts/setup-failover
	$(GO) test -tags failover -count=1 ./internal/patronitest
	$(GO) test -tags failover -count=1 -timeout 30m -v -run '^TestFailover' ./internal/acceptance

.PHONY: fuzz
fuzz: ## Fuzz every target for FUZZTIME (default 20s)
	./scripts/fuzz $(FUZZTIME)

.PHONY: bench
bench: ## Measure Roster against bare floors in one run and print ratios
	$(GO) run ./internal/bench

.PHONY: clean
clean: ## Remove what was built
	rm -rf bin web/node_modules
	find web/dist -mindepth 1 ! -name placeholder.html -delete
