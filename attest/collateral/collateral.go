// SPDX-License-Identifier: Apache-2.0

// Package collateral holds Intel's endorsements of a TDX platform: TCB info, QE
// identity and certificate revocation lists, with the certificates that sign
// them. A [Bundle] carries them beside a quote, so that verification needs no
// network.
package collateral
