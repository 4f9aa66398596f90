# SPDX-License-Identifier: Apache-2.0
# Sourced by setup.sh and pins.sh. The packages of the guest base are pinned in guestbase/pins.lock, a line each:
# input, package, version, suite, size and SHA-256 of its file. Under $cache/guest-inputs are
#
#   debs/SHA256.deb, sources/SHA256.tar.gz   the files themselves, each held against its pin before it is read
#   instead/INPUT-SHA256   where ESCRIN_UNPINNED=1 asked for it: the line for the present version of a package
#                     whose pinned version, with this digest, has left the archive
#   INPUT/root        the same unpacked, for tests
#
# Inputs are the kernel with its modules, the firmware (ovmf), the source of the small kernel, the source archive of the
# container runtime (runtime-source, without the distribution's own changes) with the libraries that are linked into it
# (runtime), and the toolchain of both, which scripts/pinnedbuild unpacks.

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

# source_archive reads the lists of trixie's source packages, once.
source_archive() {
	[ -z "${sources:-}" ] || return 0
	read_mirror
	apt_directory sources
	for pair in "$uri trixie" "$security_uri trixie-security"; do
		case $pair in " "*) ;; *) printf 'deb-src %s %s main\n' "${keyring:+[signed-by=$keyring]}" "$pair" ;; esac
	done >"$cache/apt/sources/parts/escrin.list"
	apt_in sources apt-get -qq update
	sources=read
}

# file_of INPUT SHA256 prints where a pin's file is.
file_of() {
	case $1 in runtime-source) echo "$inputs/sources/$2.tar.gz" ;; *) echo "$inputs/debs/$2.deb" ;; esac
}

# present_source INPUT SUITE PACKAGE prints the line of pins.lock for a suite's newest source archive, security updates included.
present_source() {
	source_archive
	apt_in sources apt-cache showsrc --only-source "$3" 2>/dev/null | awk -v input="$1" -v suite="$2" -v package="$3" '
		/^Version: / { version = $2 }
		/^[^ ]/ { sums = /^Checksums-Sha256:/ }
		sums && $3 ~ /\.orig\.tar\.gz$/ { print input, package, version, suite, $2, $1 }' | newest
}

# present INPUT SUITE PACKAGE prints the line of pins.lock for the version that a suite has now, or nothing.
present() {
	case $1 in runtime-source) present_source "$@"; return ;; esac
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
	if [ -e "$(file_of "$1" "$6")" ]; then echo "$*"; return; fi
	[ "${ESCRIN_UNPINNED:-}" = 1 ] && cat "$inputs/instead/$1-$6" 2>/dev/null
}

# fetch_together fetches, in one go, what of the packages on standard input the archive has exactly so.
fetch_together() {
	names=$(grep -v '^runtime-source ' | cut -d ' ' -f 2,3 | tr ' ' = | sort -u)
	[ -n "$names" ] || return 0
	newer_archive
	say "fetching $(echo "$names" | wc -l) packages of the guest base"
	rm -rf "$inputs/new"; mkdir -p "$inputs/new" "$inputs/debs"
	(cd "$inputs/new" && apt_in newer apt-get -qq download $names >&2) || return 0
	for file in "$inputs"/new/*.deb; do
		digest=$(sha256sum <"$file" | cut -d ' ' -f 1)
		if pins | grep -q " $digest\$"; then mv "$file" "$inputs/debs/$digest.deb"; fi
	done
}

# in_archive INPUT PACKAGE VERSION says whether the archive has that version.
in_archive() {
	case $1 in
	runtime-source) source_archive; apt_in sources apt-cache showsrc --only-source "$2" 2>/dev/null | grep -qxF "Version: $3" ;;
	*) newer_archive; [ -n "$(apt_in newer apt-cache show "$2=$3" 2>/dev/null)" ] ;;
	esac
}

# download INPUT PACKAGE VERSION fetches its file to the directory it is called in.
download() {
	case $1 in
	runtime-source) apt_in sources apt-get -qq source --download-only --tar-only "$2=$3" >&2 ;;
	*) apt_in newer apt-get -qq download "$2=$3" >&2 ;;
	esac
}

# fetch_pin INPUT PACKAGE VERSION SUITE SIZE SHA256 fetches that package, or what takes its place.
fetch_pin() {
	input=$1 pin=$6
	if ! in_archive "$1" "$2" "$3"; then
		instead=$(lost_pin "$1" "$2" "$3" "$4") || exit 1
		set -- $instead
	fi
	say "fetching $2 $3"
	rm -rf "$inputs/new"; mkdir -p "$inputs/new" "$inputs/debs" "$inputs/sources" "$inputs/instead"
	(cd "$inputs/new" && download "$1" "$2" "$3")
	[ "$(cat "$inputs"/new/* | sha256sum)" = "$6  -" ] ||
		die "$2 $3 is not the file that was pinned: its SHA-256 is not $6"
	mv "$inputs"/new/* "$(file_of "$1" "$6")"
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
		case $input in source | toolchain | runtime | runtime-source) ;; *) unpack_input "$input" ;; esac
	done
}
