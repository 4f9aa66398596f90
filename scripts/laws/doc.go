// SPDX-License-Identifier: Apache-2.0

// Package laws holds the rules of this repository as tests: which package may import which, what a binary
// may link, how long a function may be, and that every package says what it is for.
package laws
