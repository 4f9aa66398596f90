// SPDX-License-Identifier: Apache-2.0

// Package epoch takes a keyholder through the life of its network: the making
// of the key, and its handing on from epoch to epoch, with the contract
// KeyNetwork as the board on which all is said. A Node is a reconciler: each
// step reads what is final, compares it with what is kept, and does the one
// thing that is missing, so that it does not matter where the step before it
// stopped. Clock, chain, network, disk and randomness are the caller's.
// (keyholder/SPEC.md, section 8.)
package epoch
