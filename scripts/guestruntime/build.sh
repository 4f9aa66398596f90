#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs as the only thing in the root directory that package pinnedbuild makes: the pinned packages, no network, no host.
#
#   build.sh JOBS   makes /build/crun of /build/source.tar, /build/config.h, /build/command.c and /build/libraries.c
set -eu
version=$(sed -n 's/^#define PACKAGE_VERSION "\(.*\)"$/\1/p' /build/config.h)

cd /build
mkdir source
tar -C source --strip-components=1 -xf source.tar
cd source
[ "$(cat .tarball-version)" = "$version" ] || { echo "config.h is for crun $version" >&2; exit 1; }
cp .tarball-git-version.h git-version.h
cp ../config.h .
cp ../command.c ../libraries.c src
mkdir -p headers/yajl headers/sys objects
cp libocispec/yajl/src/api/*.h headers/yajl/
# The parser's build makes this header of a template.
printf '#define YAJL_MAJOR 2\n#define YAJL_MINOR 1\n#define YAJL_MICRO 0\n#define YAJL_VERSION 20100\nextern int yajl_version(void);\n' >headers/yajl/yajl_version.h

# The kernel's headers and those of libseccomp, away from the C library of the toolchain.
cp -r /usr/include/linux /usr/include/asm-generic /usr/include/seccomp.h /usr/include/seccomp-syscalls.h headers/
cp -rL /usr/lib/linux/uapi/x86/asm headers/
# crun's sources name glibc's parser of arguments, do not use it, and have what they do use by its way.
cat >headers/argp.h <<'EOF'
#include <ctype.h>
#include <pwd.h>
int fgetpwent_r(FILE *, struct passwd *, char *, size_t, struct passwd **);
EOF
# What they use of libcap, and its way to list what a kernel has, which nobody asks for.
cat >headers/sys/capability.h <<'EOF'
#include <linux/capability.h>
typedef int cap_value_t;
int cap_from_name(const char *, cap_value_t *);
int capset(cap_user_header_t, const cap_user_data_t);
char *cap_to_name(cap_value_t);
int cap_free(void *);
EOF
sed -n 's/^#define \(CAP_[A-Z_]*\)[[:space:]]*[0-9]*$/	[\1] = "\1",/p' headers/linux/capability.h >headers/capabilities.inc

cat >compile.sh <<'EOF'
for file; do
	gcc-14 -Os -w -D_GNU_SOURCE -fPIE -fstack-protector-strong -fstack-clash-protection -fcf-protection -ffunction-sections -fdata-sections \
		-nostdinc -isystem /usr/include/x86_64-linux-musl -isystem "$(gcc-14 -print-file-name=include)" -I. -Iheaders -Ilibocispec/src -Isrc \
		-c "$file" -o "objects/$(echo "$file" | tr / _).o"
done
EOF
printf '%s\n' src/command.c src/libraries.c src/libcrun/*.c src/libcrun/blake3/*.c src/libcrun/handlers/*.c libocispec/yajl/src/yajl*.c \
	libocispec/src/ocispec/json_common.c libocispec/src/ocispec/read-file.c libocispec/src/ocispec/runtime_spec_*.c \
	libocispec/src/ocispec/image_spec_schema_defs*.c | xargs -P "$1" -n 8 sh -eu compile.sh

musl=/usr/lib/x86_64-linux-musl gcc=$(dirname "$(gcc-14 -print-libgcc-file-name)")
gcc-14 -static-pie -nostdlib -nostartfiles -Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack,--build-id=none -s -o /build/crun \
	$musl/rcrt1.o $musl/crti.o "$gcc/crtbeginS.o" objects/*.o $musl/libc.a "$gcc/libgcc.a" "$gcc/crtendS.o" $musl/crtn.o
