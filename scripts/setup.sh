#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what escrin needs on Debian 12 or newer beside Go, git, make and Node/npm:
#
#   run time    qemu-system-x86 >= 10 (Debian 12's own 7.2 is flaky with a 6.12 kernel)
#   guest base  kernel, firmware and container runtime as guestbase/pins.lock says (see inputs.sh):
#               downloaded and unpacked, never installed
#   examples    mmdebstrap, which builds the demo's image rootless
#   tests       veritysetup, skopeo, busybox; and unpacked, never installed: mkfs.erofs, containerd, docker,
#               runc, umoci, spin (see tools.sh): other people's tools to differ from and to be measured against
#
# It says what it is about to do, uses sudo only to install, and does nothing the second time.
set -eu
. "$(dirname "$0")/apt.sh"
. "$scripts/inputs.sh"
. "$scripts/tools.sh"

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
	may_be_root || die "neither root nor sudo: let root install$need${qemu:+ $qemu (10 or newer, of $codename-backports)}"
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

mkdir -p "$cache"
exec 9>"$cache/.setup.lock"
flock 9
install_packages
fetch_inputs
fetch_tools
say "ok: $(qemu-system-x86_64 --version | head -n 1)"
