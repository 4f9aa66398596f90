#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the tests of the contracts and of the JavaScript here, offline; `npm ci` comes first. Arguments go to forge.
set -eu
cd "$(dirname "$0")"
forge=node_modules/.bin/forge
[ -x "$forge" ] || { echo "contracts: node_modules is missing: run npm ci in contracts" >&2; exit 1; }
# go-ethereum's vectors of precompiles, from the module cache: test data of others, not copied into the project.
vectors=$(go list -m -f '{{.Dir}}' github.com/ethereum/go-ethereum)/core/vm/testdata/precompiles
mkdir -p out/precompiles
cp -f "$vectors"/fail-bls*.json out/precompiles/
chmod u+w out/precompiles/*

# CT-01 once more where the precompiles of EIP-2537 and EIP-7951 really are missing: few files, compiled for another EVM.
without_precompiles() {
	FOUNDRY_EVM_VERSION=cancun FOUNDRY_SRC=test/worlds FOUNDRY_TEST=test/worlds \
		FOUNDRY_OUT=out/cancun FOUNDRY_CACHE_PATH=cache/cancun "$forge" test
}

if "$forge" test "$@" && without_precompiles && node --test vectors/ coverage/; then
	echo "contracts: ok"
else
	echo "contracts: FAILED" >&2
	exit 1
fi
