// SPDX-License-Identifier: Apache-2.0

// Package kds holds AMD's endorsements of a SEV-SNP platform, as its key
// distribution service gives them out ("Versioned Chip Endorsement Key (VCEK)
// Certificate and KDS Interface Specification", 57230): the certificate of the
// key that signs reports, what that certificate says about the [Chip], and the
// [Bundle] that carries it with its issuer and a revocation list.
package kds

import (
	"fmt"
	"strings"

	"github.com/escrin/escrin/attest/internal/flaw"
	"github.com/escrin/escrin/attest/snp"
)

// flawProduct is a product that is unknown.
const flawProduct flaw.Flaw = "product"

// Product is a line of processors with a root certificate of its own. The zero
// Product is none.
type Product string

// The products.
const (
	Milan Product = "Milan" // EPYC 7003, family 19h
	Genoa Product = "Genoa" // EPYC 9004, also Bergamo and Siena, family 19h
	Turin Product = "Turin" // EPYC 9005, family 1Ah
)

// Products returns all products.
func Products() []Product { return []Product{Milan, Genoa, Turin} }

// Valid reports whether p is one of [Products].
func (p Product) Valid() bool { return p == Milan || p == Genoa || p == Turin }

// ProductOf returns the product of a processor, or false if it is unknown.
func ProductOf(c snp.CPUID) (Product, bool) {
	switch {
	case c.Family == 0x19 && c.Model <= 0x0f:
		return Milan, true
	case c.Family == 0x19 && (c.Model>>4 == 0x1 || c.Model>>4 == 0xa):
		return Genoa, true
	case c.Family == 0x1a && c.Model <= 0x1f:
		return Turin, true
	}
	return "", false
}

// HWIDSize returns the size of a chip's id in bytes, or 0 for an unknown product.
func (p Product) HWIDSize() int {
	switch p {
	case Milan, Genoa:
		return 64
	case Turin:
		return 8
	}
	return 0
}

// Signer is the kind of key that signs reports. The zero Signer is none.
type Signer uint8

// The kinds.
const (
	VCEK Signer = iota + 1 // key of one chip
	VLEK                   // key that AMD gives to a cloud provider for its chips
)

// String returns "VCEK", "VLEK", or "signer(N)" for an unknown kind.
func (s Signer) String() string {
	switch s {
	case VCEK:
		return "VCEK"
	case VLEK:
		return "VLEK"
	}
	return fmt.Sprintf("signer(%d)", uint8(s))
}

// parseProductName splits the product name in a certificate: a product, and
// perhaps a stepping, such as "Milan-B0".
func parseProductName(name string) (Product, string, error) {
	line, stepping, _ := strings.Cut(name, "-")
	if p := Product(line); p.Valid() && (name == line || validStepping(stepping)) {
		return p, stepping, nil
	}
	return "", "", flaw.New(flawProduct, fmt.Errorf("product name %q is unknown", name))
}

// validStepping reports whether s is a letter and a digit.
func validStepping(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= '0' && s[1] <= '9'
}
