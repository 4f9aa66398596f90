# SPDX-License-Identifier: Apache-2.0
# Sourced by setup.sh and pins.sh. The packages of the guest base are pinned in guestbase/pins.lock, a line each:
# input, package, version, suite, size and SHA-256 of its file. Under $cache/guest-inputs are
#
#   debs/SHA256.deb   the files themselves; scripts/guestbase holds each against its pin and reads it
#   instead/INPUT-SHA256   where ESCRIN_UNPINNED=1 asked for it: the line for the present version of a package
#                     whose pinned version, with this digest, has left the archive
#   INPUT/root        the same unpacked, for tests
#
# Inputs are the kernel with its modules, the firmware (ovmf), the container runtime with its libraries, and what
# the small kernel is built of and with: source and toolchain, which scripts/guestkernel unpacks.

inputs=$cache/guest-inputs
lock=$scripts/guestbase/pins.lock

pins() { grep -v '^#' "$lock"; }

# newer_archive reads the package lists of trixie, once.
newer_archive() {
	[ -z "${newer:-}" ] || return 0
	read_mirror
	apt_directory newer trixie trixie-security
	apt_in newer apt-get -qq update
	newer=read
}

# present INPUT SUITE PACKAGE prints the line of pins.lock for the version that a suite has now, or nothing.
present() {
	apt_in newer apt-cache show "$3/$2" 2>/dev/null | awk -v input="$1" -v suite="$2" '
		/^$/ { exit }
		/^(Package|Version|Size|SHA256): / { value[$1] = $2 }
		END { if (value["SHA256:"] != "") print input, value["Package:"], value["Version:"], suite, value["Size:"], value["SHA256:"] }'
}

# newest keeps the line with the highest version in its third field.
newest() {
	best= best_version=
	while read -r line; do
		version=$(echo "$line" | cut -d ' ' -f 3)
		if [ -z "$best" ] || dpkg --compare-versions "$version" gt "$best_version"; then best=$line best_version=$version; fi
	done
	echo "$best"
}

# offered INPUT SUITE PACKAGE prints the line of pins.lock for what the archive offers, security updates included.
offered() {
	offer=$(for suite in "$2" "$2-security"; do present "$1" "$suite" "$3"; done | newest)
	[ -n "$offer" ] || die "$2 has no $3"
	echo "$offer"
}

# current_kernel SUITE prints the package that the suite's cloud kernel is in, security updates included.
current_kernel() {
	for suite in "$1" "$1-security"; do
		apt_in newer apt-cache show "linux-image-cloud-amd64/$suite" 2>/dev/null |
			sed -n 's/^Depends: \(linux-image-[^ ,]*\) (= \([^)]*\)).*/kernel \1 \2/p' | head -n 1
	done | newest | cut -d ' ' -f 2
}

# lost_pin INPUT PACKAGE VERSION SUITE deals with a version that the archive has no more: an error, or, where that
# was asked for, the line of pins.lock for what it has instead.
lost_pin() {
	say "$2 $3 is pinned in ${lock#"$scripts"/}, and has left $4"
	if [ "${ESCRIN_UNPINNED:-}" != 1 ]; then
		say "add an apt source that still has it (Debian archives all versions), or take the present ones and so make"
		die "another guest base, with other measurements: make pins"
	fi
	package=$2 suite=${4%-security}
	case $1 in kernel) package=$(current_kernel "$suite") ;; esac
	instead=$(offered "$1" "$suite" "$package") || exit 1
	say "ESCRIN_UNPINNED=1: taking $(echo "$instead" | cut -d ' ' -f 2,3) in its place; this is NOT the pinned guest base"
	echo "$instead"
}

# resolved INPUT PACKAGE VERSION SUITE SIZE SHA256 prints that pin if its file is here, or else what takes its place
# where that was asked for.
resolved() {
	if [ -e "$inputs/debs/$6.deb" ]; then echo "$*"; return; fi
	[ "${ESCRIN_UNPINNED:-}" = 1 ] && cat "$inputs/instead/$1-$6" 2>/dev/null
}

# fetch_together fetches, in one go, what of the pins on standard input the archive has exactly so.
fetch_together() {
	newer_archive
	names=$(cut -d ' ' -f 2,3 | tr ' ' = | sort -u)
	say "fetching $(echo "$names" | wc -l) packages of the guest base"
	rm -rf "$inputs/new"; mkdir -p "$inputs/new" "$inputs/debs"
	(cd "$inputs/new" && apt_in newer apt-get -qq download $names >&2) || return 0
	for file in "$inputs"/new/*.deb; do
		digest=$(sha256sum <"$file" | cut -d ' ' -f 1)
		if pins | grep -q " $digest\$"; then mv "$file" "$inputs/debs/$digest.deb"; fi
	done
}

# fetch_pin INPUT PACKAGE VERSION SUITE SIZE SHA256 fetches that package, or what takes its place.
fetch_pin() {
	newer_archive
	input=$1 pin=$6
	if [ -z "$(apt_in newer apt-cache show "$2=$3" 2>/dev/null)" ]; then
		instead=$(lost_pin "$1" "$2" "$3" "$4") || exit 1
		set -- $instead
	fi
	say "fetching $2 $3"
	rm -rf "$inputs/new"; mkdir -p "$inputs/new" "$inputs/debs" "$inputs/instead"
	(cd "$inputs/new" && apt_in newer apt-get -qq download "$2=$3" >&2)
	[ "$(cat "$inputs"/new/*.deb | sha256sum)" = "$6  -" ] ||
		die "$2 $3 is not the file that was pinned: its SHA-256 is not $6"
	mv "$inputs"/new/*.deb "$inputs/debs/$6.deb"
	[ "$6" = "$pin" ] || echo "$*" >"$inputs/instead/$input-$pin"
}

# unpack_input INPUT unpacks an input's packages where tests look for them.
unpack_input() {
	dest=$inputs/$1
	resolved_pins | grep "^$1 " >"$inputs/.now"
	if cmp -s "$inputs/.now" "$dest/unpacked"; then return; fi
	rm -rf "$dest"; mkdir -p "$dest/root"
	while read -r input package version suite size digest; do
		dpkg-deb -x "$inputs/debs/$digest.deb" "$dest/root"
	done <"$inputs/.now"
	mv "$inputs/.now" "$dest/unpacked"
}

resolved_pins() { pins | while read -r pin; do resolved $pin; done; }

fetch_inputs() {
	mkdir -p "$inputs"
	pins >"$inputs/.wanted"
	missing=$(while read -r pin; do [ -n "$(resolved $pin)" ] || echo "$pin"; done <"$inputs/.wanted")
	[ -z "$missing" ] || echo "$missing" | fetch_together
	while read -r pin; do
		[ -n "$(resolved $pin)" ] || fetch_pin $pin
	done <"$inputs/.wanted"
	for input in $(pins | cut -d ' ' -f 1 | uniq); do
		case $input in source | toolchain) ;; *) unpack_input "$input" ;; esac
	done
}
