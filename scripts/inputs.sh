# SPDX-License-Identifier: Apache-2.0
# Sourced by setup.sh and pins.sh. The packages of the guest base are pinned in guestbase/pins.lock, a line each:
# input, package, version, suite, size and SHA-256 of its file. Each input is kept in $cache/guest-inputs/INPUT:
#
#   deb/PACKAGE.deb   the files themselves; scripts/guestbase holds each against its pin and reads it
#   root/             the same unpacked, for tests
#   pinned, fetched   the lines of pins.lock it was made for, and those of what there was; they differ only
#                     where ESCRIN_UNPINNED=1 let the archive's present version take the place of a lost one

inputs=$cache/guest-inputs
lock=$scripts/guestbase/pins.lock

pins_of() { grep "^$1 " "$lock"; }
pinned_inputs() { grep -v '^#' "$lock" | cut -d ' ' -f 1 | uniq; }

newer_archive() {
	read_mirror
	apt_directory newer trixie trixie-security
	apt_in newer apt-get -qq update
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

# fetch_pin puts one package into $dest and the line for it at the end of $dest/fetched.
fetch_pin() {
	[ -n "$(apt_in newer apt-cache show "$2=$3" 2>/dev/null)" ] || {
		instead=$(lost_pin "$1" "$2" "$3" "$4") || exit 1
		set -- $instead
	}
	(cd "$dest/deb" && apt_in newer apt-get -qq download "$2=$3" >&2 && mv "$2"_*.deb "$2.deb")
	echo "$6  $dest/deb/$2.deb" | sha256sum --check --status || die "$2 $3 is not the file that was pinned: its SHA-256 is not $6"
	dpkg-deb -x "$dest/deb/$2.deb" "$dest/root"
	echo "$*" >>"$dest/fetched"
}

fetch_input() {
	dest=$inputs/$1
	rm -rf "$dest"; mkdir -p "$dest/deb" "$dest/root"
	pins_of "$1" >"$dest/.wanted"
	while read -r pin; do
		say "fetching $(echo "$pin" | cut -d ' ' -f 2,3)"
		fetch_pin $pin
	done <"$dest/.wanted"
	mv "$dest/.wanted" "$dest/pinned"
}

# has_input INPUT: it was fetched for the present pins, and is those unless others were asked for.
has_input() {
	pins_of "$1" | cmp -s - "$inputs/$1/pinned" || return 1
	[ "${ESCRIN_UNPINNED:-}" = 1 ] || cmp -s "$inputs/$1/pinned" "$inputs/$1/fetched"
}

fetch_inputs() {
	need=
	for input in $(pinned_inputs); do has_input "$input" || need="$need $input"; done
	[ -n "$need" ] || return 0
	newer_archive
	for input in $need; do fetch_input "$input"; done
}
