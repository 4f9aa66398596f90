// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/attest/kds"
)

// maxRoots bounds a file of roots, in bytes.
const maxRoots = 64 << 10

// Roots are the vendors' root certificates that the operator trusts. The zero
// value trusts none, and nothing verifies. None is compiled in.
type Roots struct {
	intel *x509.Certificate
	amd   map[kds.Product]*x509.Certificate
}

// ParseRoots reads root certificates in PEM: Intel's, and AMD's for each product,
// told apart by their subject names. At least one is needed, and none may be
// there twice.
func ParseRoots(text []byte) (Roots, error) {
	if len(text) > maxRoots {
		return Roots{}, fmt.Errorf("parse roots: %d bytes, at most %d allowed", len(text), maxRoots)
	}
	certs, err := decodePEM(text)
	if err != nil {
		return Roots{}, fmt.Errorf("parse roots: %w", err)
	}
	r := Roots{amd: make(map[kds.Product]*x509.Certificate)}
	for _, cert := range certs {
		if err := r.add(cert); err != nil {
			return Roots{}, fmt.Errorf("parse roots: %w", err)
		}
	}
	return r, nil
}

func (r *Roots) add(cert *x509.Certificate) error {
	name := cert.Subject.CommonName
	if name == pki.Root.CommonName() {
		if r.intel != nil {
			return fmt.Errorf("%q is there twice", name)
		}
		r.intel = cert
		return nil
	}
	product := kds.Product(strings.TrimPrefix(name, "ARK-"))
	if !product.Valid() || name != "ARK-"+string(product) {
		return fmt.Errorf("%.80q is no vendor's root", name)
	}
	if r.amd[product] != nil {
		return fmt.Errorf("%q is there twice", name)
	}
	r.amd[product] = cert
	return nil
}

// Products returns AMD's products whose root is trusted.
func (r Roots) Products() []kds.Product {
	var products []kds.Product
	for _, p := range kds.Products() {
		if r.amd[p] != nil {
			products = append(products, p)
		}
	}
	return products
}

// root returns the root that answers for an item.
func (r Roots) root(i Item) (*x509.Certificate, error) {
	root := r.amd[i.product]
	if i.source() != amdAPI {
		root = r.intel
	}
	if root == nil {
		return nil, fmt.Errorf("%w: no root is trusted for it", ErrUnverified)
	}
	return root, nil
}

// decodePEM reads certificates with nothing but white space between them. What
// comes of it is compared with what is trusted, or checked; how it was written
// does not matter.
func decodePEM(text []byte) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for rest := bytes.TrimSpace(text); len(rest) > 0; rest = bytes.TrimSpace(rest) {
		if !bytes.HasPrefix(rest, []byte("-----BEGIN CERTIFICATE-----")) {
			return nil, errors.New("not only certificates in PEM")
		}
		block, after := pem.Decode(rest)
		if block == nil || block.Type != "CERTIFICATE" || len(block.Headers) != 0 {
			return nil, errors.New("not a certificate in PEM")
		}
		cert, err := pki.Parse(block.Bytes)
		if err != nil {
			return nil, err
		}
		certs, rest = append(certs, cert), after
	}
	if len(certs) == 0 {
		return nil, errors.New("no certificate")
	}
	return certs, nil
}

// chainBelow reads an issuer and the root above it, which must be the trusted
// one, byte for byte.
func chainBelow(root *x509.Certificate, chain []byte) (*x509.Certificate, error) {
	certs, err := decodePEM(chain)
	if err != nil {
		return nil, fmt.Errorf("%w: read issuers: %w", ErrUnverified, err)
	}
	if len(certs) != 2 {
		return nil, fmt.Errorf("%w: %d issuers, want 2", ErrUnverified, len(certs))
	}
	if !bytes.Equal(certs[1].Raw, root.Raw) {
		return nil, fmt.Errorf("%w: issued under a root that is not trusted", ErrUnverified)
	}
	return certs[0], nil
}
