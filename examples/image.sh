#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds an example as an ordinary OCI image that knows nothing of escrin: Debian's own packages in one layer,
# the program in another, as an OCI layout directory. No container engine and no root are needed.
#
#   image.sh PROGRAM.py DIR CMD      writes DIR, tag "latest"; CMD is the JSON array of the program's arguments
set -eu

program=$1
name=$(basename "$program" .py)
out=$2
cmd=$3
here=$(cd "$(dirname "$0")" && pwd)
export SOURCE_DATE_EPOCH=1767225600 LC_ALL=C

recipe=$(printf '%s' "$cmd" | cat "$program" "$here/image.sh" - | sha256sum | cut -c1-64)
[ "$(cat "$out/.recipe" 2>/dev/null)" != "$recipe" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$out"
mkdir -p "$out/blobs/sha256" "$work/app/app"

# blob FILE MEDIA-TYPE moves a file into the layout and prints its descriptor.
blob() {
	digest=$(sha256sum "$1" | cut -c1-64)
	size=$(stat -c %s "$1")
	mv "$1" "$out/blobs/sha256/$digest"
	printf '{"mediaType":"%s","digest":"sha256:%s","size":%s}' "$2" "$digest" "$size"
}
diff_id() { printf '"sha256:%s"' "$(sha256sum "$1" | cut -c1-64)"; }

echo "$name: unpacking Debian packages" >&2
set -- $("$here/../scripts/mirror.sh" || :)
mmdebstrap --quiet --variant=extract --skip=output/dev --include=base-files,base-passwd,dash,coreutils,python3 \
	--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
	${3:+--keyring="$3"} bookworm "$work/debian.tar" ${1:+"$1"} >&2

# mmdebstrap brings this machine's name and name servers along, which no image should have.
tar --delete --file="$work/debian.tar" ./etc/hostname ./etc/resolv.conf

cp "$program" "$work/app/app/$name.py"
chmod 755 "$work/app" "$work/app/app"
chmod 644 "$work/app/app/$name.py"
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -C "$work/app" -cf "$work/app.tar" app

diff_ids=$(diff_id "$work/debian.tar"),$(diff_id "$work/app.tar")
gzip -n -6 "$work/debian.tar" "$work/app.tar"
layer=application/vnd.oci.image.layer.v1.tar+gzip
layers=$(blob "$work/debian.tar.gz" $layer),$(blob "$work/app.tar.gz" $layer)

cat >"$work/config.json" <<JSON
{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/usr/bin:/bin","PYTHONDONTWRITEBYTECODE=1"],"Entrypoint":["/usr/bin/python3","-IS","/app/$name.py"],"Cmd":$cmd,"User":"65534:65534","WorkingDir":"/app"},"rootfs":{"type":"layers","diff_ids":[$diff_ids]},"history":[{"created_by":"Debian packages"},{"created_by":"$name.py"}]}
JSON
config=$(blob "$work/config.json" application/vnd.oci.image.config.v1+json)

printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}' \
	"$config" "$layers" >"$work/manifest.json"
manifest=$(blob "$work/manifest.json" application/vnd.oci.image.manifest.v1+json)

printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s]}' \
	"${manifest%\}},\"annotations\":{\"org.opencontainers.image.ref.name\":\"latest\"}}" >"$out/index.json"
printf '{"imageLayoutVersion":"1.0.0"}' >"$out/oci-layout"
printf '%s\n' "$recipe" >"$out/.recipe"
echo "$name: wrote $out ($(du -sh "$out" | cut -f1))" >&2
