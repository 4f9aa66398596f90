#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the auction as an OCI image.
#
#   build.sh DIR          writes DIR (default: ./auction-oci), tag "latest"
set -eu

here=$(cd "$(dirname "$0")" && pwd)
exec "$here/../image.sh" "$here/auction.py" "${1:-auction-oci}" '["/input","/output/outcome.json"]'
