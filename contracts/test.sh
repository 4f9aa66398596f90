#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the contracts' own tests and the JavaScript reader of the vectors, offline; `npm ci` comes first. Arguments go to forge.
set -eu
cd "$(dirname "$0")"
forge=node_modules/.bin/forge
[ -x "$forge" ] || { echo "contracts: node_modules is missing: run npm ci in contracts" >&2; exit 1; }
# go-ethereum's vectors of precompiles, from the module cache: test data of others, not copied into the project.
vectors=$(go list -m -f '{{.Dir}}' github.com/ethereum/go-ethereum)/core/vm/testdata/precompiles
mkdir -p out/precompiles
cp -f "$vectors"/fail-bls*.json out/precompiles/
chmod u+w out/precompiles/*
if "$forge" test "$@" && node --test vectors/; then
	echo "contracts: ok"
else
	echo "contracts: FAILED" >&2
	exit 1
fi
