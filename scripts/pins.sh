#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes guestbase/pins.lock anew from what the archive offers now, and says what changed. Every change is a new
# guest base, and so new measurements of every enclave that is made with it. `make pins` runs it.
set -eu
. "$(dirname "$0")/apt.sh"
. "$scripts/inputs.sh"

# toolchain lists what builds the small kernel and the container runtime, with all that it depends on.
toolchain() {
	apt_in newer apt-get -s -o Dir::State::status=/dev/null -o APT::Default-Release=trixie --no-install-recommends install \
		base-files bash bc binutils bison coreutils dash diffutils findutils flex gcc-14 grep libc6-dev libelf-dev make mawk perl-base \
		sed tar xz-utils zstd | awk '/^Inst / { print $2 }' | sort
}

packages() {
	kernel=$(current_kernel trixie)
	echo "kernel trixie ${kernel:?trixie has no linux-image-cloud-amd64}"
	echo "source trixie linux-source-$(echo "$kernel" | sed 's/^linux-image-\([0-9]*\.[0-9]*\).*/\1/')"
	for package in $(toolchain); do echo "toolchain trixie $package"; done
	echo "ovmf trixie ovmf"
	for package in libseccomp-dev musl-dev; do echo "runtime trixie $package"; done
	echo "runtime-source trixie crun"
}

mkdir -p "$cache"
newer_archive
source_archive
wanted=$(packages)
{
	echo "# input package version suite size sha256   (written by \`make pins\`; inputs.sh says what each input is)"
	echo "$wanted" | while read -r input suite package; do offered "$input" "$suite" "$package"; done
} >"$lock.new"
if [ -e "$lock" ] && diff "$lock" "$lock.new" >&2; then say "nothing has changed"; fi
mv "$lock.new" "$lock"
