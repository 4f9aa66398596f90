// SPDX-License-Identifier: Apache-2.0

// Package boottest boots the real guest base in QEMU, with a small workload on a real measured disk and a
// host that plays the runner. Its tests need what scripts/setup.sh installs.
package boottest
