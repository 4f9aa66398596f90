// SPDX-License-Identifier: Apache-2.0

// Package mint holds the token without which no claims can be made. The
// compiler keeps it inside attest/; a test keeps it inside attest/verify.
package mint

// Token is the right to make claims. Its zero value is no right.
type Token struct{ granted bool }

// Grant returns the right. Only package attest/verify may call it, after it has
// checked everything that claims assert.
func Grant() Token { return Token{granted: true} }

// Granted reports whether t came from [Grant].
func (t Token) Granted() bool { return t.granted }
