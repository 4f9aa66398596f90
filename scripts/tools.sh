# SPDX-License-Identifier: Apache-2.0
# Sourced by setup.sh. Other people's tools that tests differ from and benchmarks run against, unpacked under
# $cache/tools/NAME/root and never installed:
#
#   containerd, docker, umoci   of this machine's own release; docker's folder also names containerd and runc
#   runc                        likewise; containerd's folder names it too
#   runtimes                    crun and runc of trixie with their libraries, to be compared with the guest's own runtime
#   spin                        of this machine's own release; checks the model of the key network
#   erofs-utils                 of trixie with trixie's C library, started by the wrappers tools/erofs-utils/NAME

tools=$cache/tools

# fetch_tool NAME APT SUITE PACKAGE... unpacks packages that apt has held against the signed package list.
fetch_tool() {
	dest=$tools/$1 list=$2 suite=$3
	shift 3
	say "unpacking from $suite: $*"
	rm -rf "$dest"; mkdir -p "$dest/deb" "$dest/root"
	(cd "$dest/deb" && apt_in "$list" apt-get -qq download $(printf "%s/$suite " "$@") >&2)
	for deb in "$dest"/deb/*.deb; do dpkg-deb -x "$deb" "$dest/root"; done
	rm -rf "$dest/deb"
}

# link_tool NAME OTHER PROGRAM... lets the folder of NAME name programs that are unpacked in that of OTHER.
link_tool() {
	name=$1 other=$2
	shift 2
	for program; do ln -sf "../../../../$other/root/usr/bin/$program" "$tools/$name/root/usr/bin/$program"; done
}

# wrap_erofs writes a wrapper for each program of erofs-utils that starts it with the C library beside it.
wrap_erofs() {
	for program in "$tools"/erofs-utils/root/usr/bin/*; do
		wrapper=$tools/erofs-utils/${program##*/}
		printf '%s\n' '#!/bin/sh' 'root=$(dirname "$(readlink -f "$0")")/root' \
			'exec "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" "$root/usr/bin/${0##*/}" "$@"' >"$wrapper"
		chmod 755 "$wrapper"
	done
	"$tools/erofs-utils/mkfs.erofs" --help >/dev/null || die "mkfs.erofs does not run"
}

fetch_tools() {
	need=
	for name in runc containerd docker umoci runtimes erofs-utils spin; do [ -e "$tools/$name/.complete" ] || need="$need $name"; done
	[ -n "$need" ] || return 0
	read_mirror
	apt_directory release
	apt_in release apt-get -qq update
	newer_archive
	for name in $need; do
		case $name in
		runc | umoci | spin) fetch_tool $name release "$codename" $name ;;
		containerd) fetch_tool containerd release "$codename" containerd; link_tool containerd runc runc ;;
		docker)
			fetch_tool docker release "$codename" docker.io tini
			link_tool docker runc runc
			link_tool docker containerd containerd containerd-shim-runc-v2 ctr ;;
		runtimes) fetch_tool runtimes newer trixie crun runc libc6 libcap2 libgcc-s1 libseccomp2 libsystemd0 libyajl2 ;;
		erofs-utils)
			fetch_tool erofs-utils newer trixie erofs-utils libc6 libdeflate0 liblz4-1 liblzma5 libpcre2-8-0 libselinux1 libuuid1 libxxhash0 libzstd1 zlib1g
			wrap_erofs ;;
		esac
		touch "$tools/$name/.complete"
	done
}
