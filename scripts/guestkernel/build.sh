#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs as the only thing in the root directory that build.go makes: the pinned packages, no network, no host.
#
#   build.sh configure     unpacks the source and makes /build/config of /build/options
#   build.sh compile JOBS  makes /build/image and /build/release of that
set -eu
export KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970' KBUILD_BUILD_USER=escrin KBUILD_BUILD_HOST=escrin KBUILD_BUILD_VERSION=1
kbuild() { make -s CC=gcc-14 HOSTCC=gcc-14 "$@"; }

cd /build
case $1 in
configure)
	mkdir linux
	tar -C linux --strip-components=1 -xf /usr/src/linux-source-*.tar.xz
	cd linux
	sed 's/[[:space:]]*#.*//; /^$/d' /build/options >/build/wanted
	kbuild KCONFIG_ALLCONFIG=/build/wanted allnoconfig
	cp .config /build/config ;;
compile)
	cd linux
	kbuild -j"$2" bzImage
	cp arch/x86/boot/bzImage /build/image
	kbuild kernelrelease >/build/release ;;
esac
