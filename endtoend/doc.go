// SPDX-License-Identifier: Apache-2.0

// Package endtoend tests escrin as its users meet it: the real binaries, a real local network, real guests in QEMU,
// and what goes wrong in practice. It has no code of its own; `make test` builds what it runs.
package endtoend
