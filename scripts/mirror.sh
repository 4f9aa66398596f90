#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints "URI SUITE [KEYRING]" of the machine's own Debian source, in either of apt's two formats.
#
#   mirror.sh [-security]     with -security, of its source of security updates
suffix=${1:-}
cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk -v wanted="^(bookworm|trixie|forky)$suffix\$" '
	function flush() { if (uri != "" && suite != "") print uri, suite, key; uri = suite = key = "" }
	/^#/ { next }
	/^URIs:/ { uri = $2 }
	/^Signed-By:/ { key = $2 }
	/^Suites:/ { for (i = 2; i <= NF; i++) if ($i ~ wanted) suite = $i }
	/^[ \t]*$/ { flush() }
	END { flush() }' | head -n 1 | grep . && exit 0
cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | awk -v wanted="^(bookworm|trixie|forky)$suffix\$" '
	/^deb / {
		key = ""
		for (i = 2; i <= NF; i++) {
			if ($i ~ /signed-by=/) { key = $i; sub(/.*signed-by=/, "", key); sub(/\].*$/, "", key) }
			if ($i ~ /:\/\//) { if ($(i + 1) ~ wanted) print $i, $(i + 1), key; break }
		}
	}' | head -n 1 | grep .
