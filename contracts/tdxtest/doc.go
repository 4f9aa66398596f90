// SPDX-License-Identifier: Apache-2.0

// Package tdxtest makes what the tests of the TDX contracts need: quotes and certificates of simulated platforms, genuine
// and with one flaw each, in the form in which contracts/src/tdx takes them. Only tests link it.
package tdxtest
