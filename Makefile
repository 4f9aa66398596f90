# SPDX-License-Identifier: Apache-2.0
#
#   make demo     installs what is missing, builds, and runs the main job with the commands a user types
#   make test     runs every test, the end-to-end runs included
#   make fuzz     fuzzes every parser for ten seconds each
#   make mutation changes verification and appraisal one operator at a time, and counts what their tests notice
#   make boots    boots 200 guests and counts those that reach their workload
#   make bench    prints one line per figure: name, value, unit, ratio, against (tab-separated)

export PATH := $(CURDIR)/bin:$(PATH)
GO ?= go
# One set of flags for building and testing, so that the chain node's packages are compiled once.
export CGO_ENABLED := 0
export GOFLAGS := -trimpath

.PHONY: all setup pins build guest-base guest-base-debian keyholder-image contracts-modules contracts auction demo test fuzz simulation soak mutation bench boots clean
# `test` pipes: a failure in front of the pipe must count.
SHELL := /bin/bash

all: build

setup:
	@scripts/setup.sh

# Takes the present versions of the guest base's packages: a new base, and new measurements of every enclave made with it.
pins:
	@scripts/pins.sh

# Go's own cache decides what is compiled again, so these targets are always run.
build: setup guest-base
	@mkdir -p bin
	$(GO) build -ldflags='-s -w' -o bin/ ./cmd/escrin ./cmd/escrin-keyholder ./cmd/escrin-devnet

# A container image with escrin-keyholder and nothing else, as an OCI layout; the same program gives the same image.
keyholder-image: build
	@rm -rf build/keyholder-oci && mkdir -p build
	$(GO) run ./scripts/keyholderimage -o build/keyholder-oci

# With the small kernel, which is built from source where it has not been before: a quarter of an hour of one processor.
guest-base: setup
	$(GO) run ./scripts/guestbase -o bin/guest-base

# The same with the distribution's kernel: `escrin enclave --guest-base bin/guest-base-debian`.
guest-base-debian: setup
	$(GO) run ./scripts/guestbase -kernel debian -o bin/guest-base-debian

auction: setup
	@examples/auction/build.sh build/auction-oci

# The compiler, OpenZeppelin's contracts and forge, exactly as the lock file says; installed once for each lock file.
contracts-modules:
	@cd contracts && cmp -s package-lock.json node_modules/.installed || \
		{ echo "contracts: npm ci" && npm ci --no-audit --no-fund --loglevel=error && cp package-lock.json node_modules/.installed; }

# Compiles the contracts and writes their Go bindings anew.
contracts: contracts-modules
	cd contracts && npm run build
	$(GO) test ./contracts/bindings -update

# IMAGE (an OCI layout or a registry reference) and INPUT (a file) replace the auction and its three bids.
demo: build auction
	@scripts/demo.sh "$(IMAGE)" "$(INPUT)"

# The guest's kernel is built beside what does not need it.
test: setup auction contracts-modules
	@nice $(GO) run ./scripts/guestbase -kernel-only & kernel=$$!; contracts/test.sh && contracts/kit/test.sh && $(GO) vet ./... && wait $$kernel
	$(MAKE) build
	$(GO) build -o build/testreport ./scripts/testreport
	set -o pipefail; $(GO) test -json -timeout 60m ./... | build/testreport

# Every fuzz target for FUZZTIME; `make fuzz FUZZ=attest FUZZTIME=10m` for one folder and longer.
FUZZ ?= .
FUZZTIME ?= 10s
fuzz: setup
	@$(GO) run ./scripts/fuzz -time $(FUZZTIME) $(FUZZ)

# Simulated key networks (keyholder/TESTING.md): what `make test` runs of them, and ten times that.
simulation: setup
	$(GO) test ./keyholder/model -count=1
	$(GO) test ./keyholder/simulation -count=1 -timeout 60m -args -schedules 10000

soak: setup
	$(GO) test ./keyholder/simulation -run TestSchedules -count=1 -timeout 12h -v -args -schedules 100000

# One line per package: killed, lived, not covered, timed out, score in percent (attest/MUTATION.md).
mutation:
	@$(GO) run ./scripts/mutation attest/appraise attest/verify

bench: build auction
	@$(GO) run ./scripts/bench

# Two hundred boots, one after the other; all must reach the workload.
boots: build
	@$(GO) run ./scripts/bench boots

clean:
	rm -rf bin build contracts/out contracts/cache contracts/dist contracts/hardhat/dist
