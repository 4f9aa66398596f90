// SPDX-License-Identifier: Apache-2.0

// Package keynet shows and audits the epochs of a key network, from chain data alone: what members posted on its
// board (contracts/SPEC.md, section 3), and what follows from it (keyholder/SPEC.md, section 7). It needs no key, and asks no
// keyholder for its word.
//
// [Read] fetches and judges nothing. [Audit] judges and fetches nothing: it is a pure function of a [View] and of what
// the caller trusts.
//
// # What an audit does not show
//
// That the chain's data is final, or that the endpoint tells the truth about it: the caller chooses both. That members
// keep their shares to themselves. Whether a sub-share that nobody complained about was right: only its receiver could
// tell, and then had to complain.
package keynet
