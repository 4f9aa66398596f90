#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what escrin needs on Debian 12 or newer beside Go, gcc, git and Node/npm:
#
#   run time    qemu-system-x86 >= 10 (Debian 12's own 7.2 is flaky with a 6.12 kernel)
#   guest base  a 6.12 cloud kernel with TDX guest support, OVMF 2025.02 and libseccomp:
#               downloaded and unpacked, never installed
#   examples    mmdebstrap, which builds the demo's image rootless
#   tests       veritysetup, skopeo, busybox, mkfs.erofs: other people's tools to differ from
#
# It says what it is about to do, uses sudo only to install, and does nothing the second time.
# The machine's own apt configuration is read but never changed: newer suites are named in private lists
# under the cache directory, and trixie only ever in a list that nothing is installed from.
set -eu

cache=${ESCRIN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/escrin}
inputs=$cache/guest-inputs
scripts=$(dirname "$0")

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

as_root() {
	if [ "$(id -u)" = 0 ]; then DEBIAN_FRONTEND=noninteractive "$@"
	elif command -v sudo >/dev/null; then say "sudo $*"; sudo DEBIAN_FRONTEND=noninteractive "$@"
	else die "cannot install packages: not root and no sudo; run as root: $*"
	fi
}

# list_file NAME SUITE... writes a private apt directory NAME whose sources are the given suites.
list_file() {
	dir=$cache/apt/$1; shift
	mkdir -p "$dir/lists/partial" "$dir/parts"
	for suite in "$@"; do
		printf 'deb %s %s %s main\n' "${keyring:+[signed-by=$keyring]}" "$uri" "$suite"
	done >"$dir/parts/escrin.list"
}

# apt_in NAME COMMAND... runs an apt command against the private directory NAME.
apt_in() {
	dir=$cache/apt/$1; shift
	command=$1; shift
	"$command" -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$dir/parts" \
		-o Dir::State::Lists="$dir/lists" -o Acquire::Retries=3 -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0 "$@"
}
root_apt_get() { as_root apt-get "$@"; }

read_mirror() {
	[ -z "${uri:-}" ] || return 0
	set -- $("$scripts/mirror.sh")
	[ $# -ge 2 ] || die "cannot find a Debian mirror in /etc/apt; this script knows Debian 12 and newer"
	uri=$1 codename=$2 keyring=${3:-}
}

qemu_major() { qemu-system-x86_64 --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9]*\)\..*/\1/p'; }
have() { command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ]; }

# install_packages installs from the machine's own sources plus its backports, which apt prefers only where told to.
install_packages() {
	need=
	for pair in mmdebstrap:mmdebstrap newuidmap:uidmap veritysetup:cryptsetup-bin skopeo:skopeo busybox:busybox-static xz:xz-utils cpio:cpio; do
		have "${pair%%:*}" || need="$need ${pair##*:}"
	done
	for library in libdeflate.so.0:libdeflate0 libxxhash.so.0:libxxhash0; do # what the unpacked erofs-utils links
		/sbin/ldconfig -p | grep -q "${library%%:*}" || need="$need ${library##*:}"
	done
	qemu=
	[ "$(qemu_major)" -ge 10 ] 2>/dev/null || qemu=qemu-system-x86
	[ -n "$need$qemu" ] || return 0
	read_mirror
	say "installing from Debian $codename and its backports:$need $qemu"
	list_file install "$codename-backports"
	cp /etc/apt/sources.list.d/* "$cache/apt/install/parts/" 2>/dev/null || :
	[ ! -s /etc/apt/sources.list ] || cp /etc/apt/sources.list "$cache/apt/install/parts/machine.list"
	apt_in install root_apt_get -qq update
	[ -z "$need" ] || apt_in install root_apt_get -qq -y --no-install-recommends install $need >&2
	[ -z "$qemu" ] || install_qemu
}

install_qemu() {
	target=
	candidate=$(apt_in install apt-cache policy qemu-system-x86 | sed -n 's/ *Candidate: \(.*\)/\1/p')
	dpkg --compare-versions "$candidate" ge 1:10 || target="-t $codename-backports"
	apt_in install root_apt_get -qq -y --no-install-recommends install $target qemu-system-x86 >&2
	[ "$(qemu_major)" -ge 10 ] || die "QEMU is still older than 10: install qemu-system-x86 from $codename-backports"
}

# fetch_input NAME SUITE PACKAGE unpacks a package as an input of the guest base, without installing it.
# apt has checked its digest against the signed package list.
fetch_input() {
	dest=$inputs/$1
	say "downloading $3 from $2"
	rm -rf "$dest"; mkdir -p "$dest/deb" "$dest/root"
	(cd "$dest/deb" && apt_in inputs apt-get -qq download "$3/$2" >&2)
	for deb in "$dest"/deb/*.deb; do
		dpkg-deb -x "$deb" "$dest/root"
		(cd "$dest/deb" && sha256sum "${deb##*/}") >>"$dest/digests"
	done
	rm -rf "$dest/deb"
	touch "$dest/.complete"
}

cloud_kernel() {
	apt_in inputs apt-cache show linux-image-cloud-amd64/bookworm-backports 2>/dev/null |
		sed -n 's/^Depends: \(linux-image-6\.[0-9][^ ,]*\).*/\1/p' | head -n 1
}

fetch_inputs() {
	need=
	for name in kernel ovmf erofs-utils libseccomp; do [ -e "$inputs/$name/.complete" ] || need="$need $name"; done
	[ -n "$need" ] || return 0
	read_mirror
	list_file inputs bookworm bookworm-backports trixie
	apt_in inputs apt-get -qq update
	for name in $need; do
		case $name in
		kernel)
			kernel=$(cloud_kernel)
			[ -n "$kernel" ] || die "bookworm-backports has no linux-image-cloud-amd64"
			fetch_input kernel bookworm-backports "$kernel" ;;
		ovmf | erofs-utils) fetch_input "$name" trixie "$name" ;;
		libseccomp) fetch_input libseccomp bookworm libseccomp-dev ;;
		esac
	done
}

mkdir -p "$cache"
install_packages
fetch_inputs
say "ok: $(qemu-system-x86_64 --version | head -n 1)"
