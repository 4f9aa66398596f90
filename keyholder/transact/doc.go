// SPDX-License-Identifier: Apache-2.0

// Package transact sends a keyholder's few transactions. An account has at most
// one under way: a nonce is used by the next call only when the chain has used
// it, so that nothing has to be remembered over a crash. Nodes are not trusted
// with funds: fees are bounded here. (SPEC.md, section 8.)
package transact
