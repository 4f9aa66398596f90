// SPDX-License-Identifier: Apache-2.0

// Package erofs writes and reads EROFS images of one small profile: uncompressed, 4096-byte blocks, extended inodes
// with attributes and tails beside them, no device nodes. SPEC.md states the profile; the format is that of the kernel's
// fs/erofs/erofs_fs.h. The kernel, fsck.erofs and dump.erofs read what this package writes; this package reads nothing else.
package erofs
