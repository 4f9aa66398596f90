#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proves what the files *.smt2 say, with z3 ($Z3, or the one in the path; Debian has it). They are transcriptions, by hand, of
# lines of the contracts; those after ";=" must still stand in the source.
set -eu
cd "$(dirname "$0")"
z3=${Z3:-z3}
command -v "$z3" >/dev/null || { echo "symbolic: z3 is missing: install Debian's z3, or set Z3" >&2; exit 1; }
for proof in *.smt2; do
	sed -n 's/^;= //p' "$proof" | while IFS= read -r line; do
		grep -qF -- "${line#*: }" "../${line%%: *}" || { echo "symbolic: $proof: not in ${line%%: *}: ${line#*: }" >&2; exit 1; }
	done
	[ "$("$z3" -T:60 "$proof")" = unsat ] || { echo "symbolic: $proof: not proven" >&2; exit 1; }
	echo "symbolic: $proof: proven"
done
