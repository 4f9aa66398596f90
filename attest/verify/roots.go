// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/attest/kds"
)

// maxRoots is how many roots there can be: Intel's, and one for each of AMD's
// product families.
const maxRoots = 4

// Roots are the vendors' root certificates that the caller trusts. The zero
// value trusts none and rejects every evidence. None is compiled in.
type Roots struct {
	intel *x509.Certificate
	amd   map[kds.Product]*x509.Certificate // not changed once it is made
}

// ParseRoots reads 1 to 4 root certificates from PEM blocks with nothing but
// white space around them. Each is Intel's ("Intel SGX Root CA") or AMD's for one
// product ("ARK-Milan", "ARK-Genoa", "ARK-Turin"), and there at most once. Each
// must have the shape of its kind and must have signed itself.
func ParseRoots(text []byte) (Roots, error) {
	var r Roots
	n := 0
	for rest := bytes.TrimSpace(text); len(rest) > 0; n++ {
		block, after := pem.Decode(rest)
		if n == maxRoots || block == nil || !bytes.HasPrefix(rest, []byte("-----")) || block.Type != "CERTIFICATE" || len(block.Headers) != 0 {
			return Roots{}, fmt.Errorf("parse roots: not 1 to %d PEM certificates and nothing else", maxRoots)
		}
		cert, err := pki.Parse(block.Bytes)
		if err != nil {
			return Roots{}, fmt.Errorf("parse roots: %w", err)
		}
		if err := r.add(cert); err != nil {
			return Roots{}, fmt.Errorf("parse roots: %w", err)
		}
		rest = bytes.TrimSpace(after)
	}
	if n == 0 || bytes.Count(text, []byte("-----")) != 4*n { // the decoder passes over blocks that it cannot read
		return Roots{}, errors.New("parse roots: text that is no PEM certificate")
	}
	return r, nil
}

func (r *Roots) add(cert *x509.Certificate) error {
	switch cert.Subject.CommonName {
	case pki.Root.CommonName():
		if r.intel != nil {
			return errors.New("two roots of Intel's")
		}
		r.intel = cert
		return pki.Check(cert, cert, pki.Root)
	}
	for _, product := range kds.Products() {
		if cert.Subject.CommonName == pki.ARK.CommonName(string(product)) {
			return r.addAMD(cert, product)
		}
	}
	return fmt.Errorf("%q is not the name of a root", cert.Subject.CommonName)
}

func (r *Roots) addAMD(cert *x509.Certificate, product kds.Product) error {
	if r.amd[product] != nil {
		return fmt.Errorf("two roots of AMD's for %s", product)
	}
	if r.amd == nil {
		r.amd = make(map[kds.Product]*x509.Certificate)
	}
	r.amd[product] = cert
	return pki.CheckAMD(cert, cert, pki.ARK, string(product))
}

// Intel returns the DER of Intel's root certificate, or nil if none is trusted.
func (r Roots) Intel() []byte {
	if r.intel == nil {
		return nil
	}
	return bytes.Clone(r.intel.Raw)
}

// AMD returns the DER of AMD's root certificate for a product, or nil if none is
// trusted.
func (r Roots) AMD(product kds.Product) []byte {
	cert := r.amd[product]
	if cert == nil {
		return nil
	}
	return bytes.Clone(cert.Raw)
}
