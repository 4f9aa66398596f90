#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the ballot as an OCI image.
#
#   build.sh DIR QUORUM CHOICES     writes DIR (default: ./ballot-oci), tag "latest"
# The quorum (default: 3) and the number of choices (default: 2) are arguments of the program, and so they are measured.
set -eu

quorum=${2:-3}
choices=${3:-2}
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/../image.sh" "$here/ballot.py" "${1:-ballot-oci}" '["/input","/output/public","'"$quorum"'","'"$choices"'"]'
