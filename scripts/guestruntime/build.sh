#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs as the only thing in the root directory that package pinnedbuild makes: the pinned packages, no network, no host.
#
#   build.sh JOBS   makes /build/crun of /build/source.tar and /build/config.h
set -eu
version=$(sed -n 's/^#define PACKAGE_VERSION "\(.*\)"$/\1/p' /build/config.h)

cd /build
mkdir source
tar -C source --strip-components=1 -xf source.tar
cd source
[ "$(cat .tarball-version)" = "$version" ] || { echo "config.h is for crun $version" >&2; exit 1; }
cp .tarball-git-version.h git-version.h
cp ../config.h .
mkdir -p headers/yajl objects
cp libocispec/yajl/src/api/*.h headers/yajl/
# The parser's build makes this header of a template.
printf '#define YAJL_MAJOR 2\n#define YAJL_MINOR 1\n#define YAJL_MICRO 0\n#define YAJL_VERSION 20100\nextern int yajl_version(void);\n' >headers/yajl/yajl_version.h

# libc's own way to ask for a user's name brings its name service along: files of configuration, a daemon, modules. The initrd has no users.
cat >src/names.c <<'EOF'
#include <errno.h>
#include <pwd.h>
int getpwuid_r(uid_t id, struct passwd *user, char *buffer, size_t size, struct passwd **found) {
	*found = 0;
	return ENOENT;
}
EOF

cat >compile.sh <<'EOF'
for file; do
	gcc-14 -Os -w -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 -fPIE -fstack-protector-strong -fstack-clash-protection -fcf-protection \
		-ffunction-sections -fdata-sections -I. -Iheaders -Ilibocispec/src -Isrc -c "$file" -o "objects/$(echo "$file" | tr / _).o"
done
EOF
printf '%s\n' src/*.c src/libcrun/*.c src/libcrun/blake3/*.c src/libcrun/handlers/*.c libocispec/yajl/src/yajl*.c \
	libocispec/src/ocispec/json_common.c libocispec/src/ocispec/read-file.c libocispec/src/ocispec/runtime_spec_*.c \
	libocispec/src/ocispec/image_spec_schema_defs*.c | xargs -P "$1" -n 8 sh -eu compile.sh
gcc-14 -static-pie -Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack,--build-id=none -s -o /build/crun objects/*.o -lseccomp -lcap -lm
