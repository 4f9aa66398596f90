#!/bin/sh
# Installs what escrin needs on Debian 12 (or newer) beside Go, gcc, git and Node/npm:
#
#   run time    qemu-system-x86 >= 10 (the distribution's 7.2 is flaky with a 6.12 kernel)
#   guest base  a 6.12 cloud kernel with TDX guest support, OVMF 2025.02 and libseccomp,
#               downloaded and unpacked, never installed
#   examples    mmdebstrap, which builds the demo's image rootless
#   tests       erofs-utils, cryptsetup-bin (veritysetup) and skopeo: other people's tools to differ from
#
# It says what it is about to do, uses sudo only where it must, and does nothing the second time.
# The machine's own apt configuration is read (mirror, keyring) but never changed: the newer suites live
# in a private list under the cache directory.
set -eu

cache=${ESCRIN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/escrin}
apt_dir=$cache/apt
inputs=$cache/guest-inputs

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"
	elif command -v sudo >/dev/null; then say "sudo $*"; sudo "$@"
	else die "cannot install packages: not root and no sudo; run as root: $*"
	fi
}

# mirror prints "URI KEYRING" of the machine's own Debian source, whatever form it is written in.
mirror() {
	awk '
		/^#/ { next }
		/^URIs:/ { uri = $2 }
		/^Suites:/ { suites = $0 }
		/^Signed-By:/ { key = $2 }
		/^$/ || ENDFILE_MARK { flush() }
		/^deb / {
			u = ""; k = ""
			for (i = 2; i <= NF; i++) {
				if ($i ~ /^\[?signed-by=/) { k = $i; sub(/^\[?signed-by=/, "", k); sub(/\]$/, "", k) }
				if ($i ~ /:\/\//) { u = $i; s = $(i + 1); break }
			}
			if (s ~ /^(bookworm|trixie)$/) print u, k
		}
		function flush() { if (uri != "" && suites ~ /[ :](bookworm|trixie)( |$)/) print uri, key; uri = suites = key = "" }
		END { flush() }
	' /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list /etc/apt/sources.list 2>/dev/null | head -n 1
}

apt_private() {
	verb=$1; shift
	"$verb" -o Dir::Etc::sourcelist="$apt_dir/sources.list" -o Dir::Etc::sourceparts=- \
		-o Dir::State::Lists="$apt_dir/lists" -o APT::Get::List-Cleanup=0 -o Acquire::Retries=3 "$@"
}

refresh_lists() {
	[ -n "${refreshed:-}" ] && return
	set -- $(mirror)
	[ -n "${1:-}" ] || die "cannot find a Debian mirror in /etc/apt; this script knows Debian 12 and newer"
	opt=; [ -n "${2:-}" ] && opt="[signed-by=$2]"
	mkdir -p "$apt_dir/lists/partial"
	for suite in bookworm bookworm-updates bookworm-backports trixie; do
		echo "deb $opt $1 $suite main"
	done >"$apt_dir/sources.list"
	say "reading the package lists of bookworm-backports and trixie (kept apart from the machine's own)"
	apt_private as_root_apt_get -qq update
	refreshed=1
}
as_root_apt_get() { as_root apt-get "$@"; }

qemu_major() { qemu-system-x86_64 --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9]*\)\..*/\1/p'; }

install_qemu() {
	[ "$(qemu_major)" -ge 10 ] 2>/dev/null && return
	refresh_lists
	say "installing QEMU >= 10 from bookworm-backports (about 60 MB)"
	apt_private as_root_apt_get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 install -t bookworm-backports qemu-system-x86 >&2
	[ "$(qemu_major)" -ge 10 ] || die "QEMU is still older than 10; install qemu-system-x86 from bookworm-backports"
}

install_tools() {
	missing=
	for pair in mmdebstrap:mmdebstrap veritysetup:cryptsetup-bin skopeo:skopeo xz:xz-utils curl:curl jq:jq busybox:busybox-static; do
		command -v "${pair%%:*}" >/dev/null || [ -x "/sbin/${pair%%:*}" ] || [ -x "/usr/sbin/${pair%%:*}" ] || missing="$missing ${pair##*:}"
	done
	[ -n "$missing" ] || return 0
	refresh_lists
	say "installing$missing"
	apt_private as_root_apt_get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 install $missing >&2
}

# fetch_input NAME SUITE PACKAGE unpacks a package as an input, without installing it.
fetch_input() {
	dest=$inputs/$1
	[ -e "$dest/.complete" ] && return
	refresh_lists
	say "downloading $3 from $2"
	rm -rf "$dest"; mkdir -p "$dest/deb" "$dest/root"
	# The package list names file and SHA-256, and apt has checked the list's signature.
	( cd "$dest/deb" && apt_private apt-get -qq -o APT::Sandbox::User=root download -t "$2" "$3/$2" >&2 )
	for deb in "$dest"/deb/*.deb; do
		dpkg-deb -x "$deb" "$dest/root"
		sha256sum "$deb" | sed "s|$dest/deb/||" >>"$dest/.digests"
	done
	rm -rf "$dest/deb"
	touch "$dest/.complete"
}

cloud_kernel() {
	apt_private apt-cache depends -t bookworm-backports linux-image-cloud-amd64 2>/dev/null |
		sed -n 's/.*Depends: \(linux-image-6\.[0-9].*cloud-amd64\).*/\1/p' | head -n 1
}

fetch_guest_inputs() {
	if [ ! -e "$inputs/kernel/.complete" ]; then
		refresh_lists
		kernel=$(cloud_kernel)
		[ -n "$kernel" ] || die "bookworm-backports has no linux-image-cloud-amd64"
		fetch_input kernel bookworm-backports "$kernel"
	fi
	fetch_input ovmf trixie ovmf
	fetch_input erofs-utils trixie erofs-utils
	fetch_input libseccomp bookworm libseccomp-dev
}

mkdir -p "$cache"
install_tools
install_qemu
fetch_guest_inputs
say "ok: $(qemu-system-x86_64 --version | head -n 1)"
