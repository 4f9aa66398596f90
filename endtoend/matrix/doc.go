// SPDX-License-Identifier: Apache-2.0

// Package matrix tests that programs people run in containers do the same in a guest as on any host: each image is
// enclaved and booted, and what it prints and its exit status are held against runc's run of the same image. It has no
// code of its own; `make build` builds what it runs, and scripts/setup.sh unpacks runc and umoci.
package matrix
