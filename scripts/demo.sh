#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs escrin's main job with the commands a user types, showing each: from an OCI image to an on-chain result.
#
#   demo.sh [IMAGE [INPUT]]     default: the sealed-bid auction with three bidders
set -eu

image=${1:-}
input=${2:-}
work=$(mktemp -d)
started=$(date +%s)

finish() {
	code=$?
	rm -rf "$work"
	[ -n "${KEEP:-}" ] || escrin dev down >/dev/null 2>&1 || :
	[ $code = 0 ] || echo "demo: did not finish (exit $code); logs: escrin dev status" >&2
	exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM

# field NAME prints a field of the JSON on standard input, one field a line as escrin prints it.
field() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\).*/\1/p" | head -n 1; }

# run shows a command the way a user would type it, then runs it.
run() { printf '\n\033[1m$ %s\033[0m\n' "$*" >&2; "$@"; }

# A network that was up before is left up.
if escrin dev status >/dev/null 2>&1; then KEEP=1; fi
run escrin dev up

if [ -z "$image" ]; then
	name=auction
	image=./build/auction-oci:latest
	set -- examples/auction/bids/alice.json examples/auction/bids/bob.json examples/auction/bids/carol.json
else
	name=demo
	set -- ${input:+"$input"}
fi
registry=$(escrin dev status | sed -n "s/^registry *//p")

run escrin enclave "$image" -t "$registry/$name"
run escrin push "$registry/$name"
identity=$(run escrin identity create --enclave "$registry/$name" --quiet)

# The task's name is known before it is submitted, so each bidder seals a bid to this task alone, offline.
task=$(run escrin job prepare --identity "$identity" --quiet)
for file; do
	sealed=$work/$(basename "$file" | tr 'A-Z' 'a-z').sealed
	run escrin job encrypt --identity "$identity" --task "$task" --input "$file" -o "$sealed"
	set -- "$@" --input "$sealed"
	shift
done
run escrin job submit --identity "$identity" --task "$task" "$@"
run escrin job status --watch "$task"
run escrin job result "$task"
run escrin job verify "$task"

block=$(escrin job status "$task" --json | field acceptedBlock)
printf '\ndemo: ok task=%s block=%s %ss\n' "$task" "$block" "$(($(date +%s) - started))"
