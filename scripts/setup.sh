#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what escrin needs on Debian 12 or newer beside Go, gcc, git and Node/npm:
#
#   run time    qemu-system-x86 >= 10 (Debian 12's own 7.2 is flaky with a 6.12 kernel)
#   guest base  a 6.12 cloud kernel with TDX guest support, OVMF 2025.02 and libseccomp:
#               downloaded and unpacked, never installed
#   examples    mmdebstrap, which builds the demo's image rootless
#   tests       veritysetup, skopeo, busybox; and unpacked, never installed: mkfs.erofs, containerd, docker,
#               runc, umoci (see tools.sh): other people's tools to differ from and to be measured against
#
# It says what it is about to do, uses sudo only to install, and does nothing the second time.
set -eu
. "$(dirname "$0")/apt.sh"
. "$scripts/tools.sh"

inputs=$cache/guest-inputs

qemu_major() { qemu-system-x86_64 --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9]*\)\..*/\1/p'; }
have() { command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ]; }

# install_packages installs from the machine's own sources plus its backports, which apt prefers only where told to.
install_packages() {
	need=
	for pair in mmdebstrap:mmdebstrap newuidmap:uidmap veritysetup:cryptsetup-bin skopeo:skopeo busybox:busybox-static xz:xz-utils cpio:cpio; do
		have "${pair%%:*}" || need="$need ${pair##*:}"
	done
	qemu=
	[ "$(qemu_major)" -ge 10 ] 2>/dev/null || qemu=qemu-system-x86
	[ -n "$need$qemu" ] || return 0
	read_mirror
	say "installing from Debian $codename and its backports:$need $qemu"
	apt_directory install "$codename-backports"
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
	(cd "$dest/deb" && apt_in newer apt-get -qq download "$3/$2" >&2)
	for deb in "$dest"/deb/*.deb; do
		dpkg-deb -x "$deb" "$dest/root"
		(cd "$dest/deb" && sha256sum "${deb##*/}") >>"$dest/digests"
	done
	rm -rf "$dest/deb"
	touch "$dest/.complete"
}

cloud_kernel() {
	apt_in newer apt-cache show linux-image-cloud-amd64/bookworm-backports 2>/dev/null |
		sed -n 's/^Depends: \(linux-image-6\.[0-9][^ ,]*\).*/\1/p' | head -n 1
}

fetch_inputs() {
	need=
	for name in kernel ovmf libseccomp; do [ -e "$inputs/$name/.complete" ] || need="$need $name"; done
	[ -n "$need" ] || return 0
	read_mirror
	apt_directory newer bookworm bookworm-backports trixie
	apt_in newer apt-get -qq update
	for name in $need; do
		case $name in
		kernel)
			kernel=$(cloud_kernel)
			[ -n "$kernel" ] || die "bookworm-backports has no linux-image-cloud-amd64"
			fetch_input kernel bookworm-backports "$kernel" ;;
		ovmf) fetch_input ovmf trixie ovmf ;;
		libseccomp) fetch_input libseccomp bookworm libseccomp-dev ;;
		esac
	done
}

mkdir -p "$cache"
exec 9>"$cache/.setup.lock"
flock 9
install_packages
fetch_inputs
fetch_tools
say "ok: $(qemu-system-x86_64 --version | head -n 1)"
