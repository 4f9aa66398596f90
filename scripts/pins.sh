#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes guestbase/pins.lock anew from what the archive offers now, and says what changed. Every change is a new
# guest base, and so new measurements of every enclave that is made with it. `make pins` runs it.
set -eu
. "$(dirname "$0")/apt.sh"
. "$scripts/inputs.sh"

packages() {
	kernel=$(current_kernel trixie)
	echo "kernel trixie ${kernel:?trixie has no linux-image-cloud-amd64}"
	echo "ovmf trixie ovmf"
	for package in crun libc6 libcap2 libseccomp2 libsystemd0 libyajl2; do echo "runtime trixie $package"; done
}

mkdir -p "$cache"
newer_archive
wanted=$(packages)
{
	echo "# input package version suite size sha256   (written by \`make pins\`; inputs.sh says what each input is)"
	echo "$wanted" | while read -r input suite package; do offered "$input" "$suite" "$package"; done
} >"$lock.new"
if [ -e "$lock" ] && diff "$lock" "$lock.new" >&2; then say "nothing has changed"; fi
mv "$lock.new" "$lock"
