// SPDX-License-Identifier: Apache-2.0

// Package difftest holds the trees that imagebuild makes against those of other people's programs. All of it is tests:
// generated stacks of layers and whole images are unpacked by containerd's archive code, and the same layers are made
// into disks, which are read by this module's reader, mounted by this machine's kernel where it can, and mounted through
// dm-verity by the kernel of the guest base in a virtual machine. All must see the same tree.
//
// Where containerd's code and imagebuild differ by intent, layer/SPEC.md says so, and one test shows both.
package difftest
