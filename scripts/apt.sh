# SPDX-License-Identifier: Apache-2.0
# Sourced by scripts that take Debian packages. The machine's own apt configuration is read but never changed:
# other suites are named in private apt directories under $cache/apt, and newer suites only ever in one that
# nothing is installed from. No mirror is named: addresses come from the machine's own sources.

me=$(basename "$0" .sh)
cache=${ESCRIN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/escrin}
scripts=$(dirname "$0")

say() { printf '%s: %s\n' "$me" "$*" >&2; }
die() { say "$*"; exit 1; }

may_be_root() { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }
as_root() {
	if [ "$(id -u)" = 0 ]; then DEBIAN_FRONTEND=noninteractive "$@"
	else say "sudo $*"; sudo DEBIAN_FRONTEND=noninteractive "$@"
	fi
}
root_apt_get() { as_root apt-get "$@"; }

# read_mirror sets uri, codename and keyring to those of the machine's own Debian source, and security_uri to that of
# its source of security updates, if it has one.
read_mirror() {
	[ -z "${uri:-}" ] || return 0
	set -- $("$scripts/mirror.sh")
	[ $# -ge 2 ] || die "cannot find a Debian mirror in /etc/apt; this script knows Debian 12 and newer"
	uri=$1 codename=$2 keyring=${3:-}
	set -- $("$scripts/mirror.sh" -security)
	security_uri=${1:-}
}

# apt_directory NAME SUITE... makes the private apt directory NAME, of the machine's own sources and those of the
# given suites that they do not have.
apt_directory() {
	dir=$cache/apt/$1; shift
	rm -rf "$dir/parts"
	mkdir -p "$dir/lists/partial" "$dir/parts"
	cp /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list "$dir/parts/" 2>/dev/null || :
	[ ! -s /etc/apt/sources.list ] || cp /etc/apt/sources.list "$dir/parts/machine.list"
	for suite; do
		case $suite in *-security) from=$security_uri ;; *) from=$uri ;; esac
		[ -z "$from" ] || cat "$dir"/parts/* | grep -v '^#' | grep -qE "[[:space:]]$suite([[:space:]]|\$)" ||
			printf 'deb %s %s %s main\n' "${keyring:+[signed-by=$keyring]}" "$from" "$suite"
	done >"$dir/escrin.list"
	mv "$dir/escrin.list" "$dir/parts/"
}

# apt_in NAME COMMAND... runs an apt command against the private apt directory NAME.
apt_in() {
	dir=$cache/apt/$1; shift
	command=$1; shift
	"$command" -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$dir/parts" \
		-o Dir::State::Lists="$dir/lists" -o Dir::Cache::pkgcache="$dir/pkgcache.bin" -o Dir::Cache::srcpkgcache="$dir/srcpkgcache.bin" \
		-o Acquire::Retries=3 -o Acquire::Languages=none -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0 "$@" </dev/null
}
