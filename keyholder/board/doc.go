// SPDX-License-Identifier: Apache-2.0

// Package board reads and writes the contract KeyNetwork for package epoch.
// What it reads is proven storage of a final block; messages are events that were
// held against the transcript's digest there. (contracts/SPEC.md, section 3;
// keyholder/SPEC.md, section 8.)
package board
