// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/verify"
)

// trust is the roots that the operator gave, parsed.
type trust struct {
	intel *x509.Certificate
	amd   map[kds.Product]*x509.Certificate
}

func parseRoots(r verify.Roots) (t trust, err error) {
	if der := r.Intel(); der != nil {
		if t.intel, err = pki.Parse(der); err != nil {
			return trust{}, err
		}
	}
	t.amd = make(map[kds.Product]*x509.Certificate)
	for _, p := range kds.Products() {
		der := r.AMD(p)
		if der == nil {
			continue
		}
		if t.amd[p], err = pki.Parse(der); err != nil {
			return trust{}, err
		}
	}
	return t, nil
}

// products returns AMD's products whose root is trusted.
func (t trust) products() []kds.Product {
	var products []kds.Product
	for _, p := range kds.Products() {
		if t.amd[p] != nil {
			products = append(products, p)
		}
	}
	return products
}

// root returns the root that answers for an item.
func (t trust) root(i Item) (*x509.Certificate, error) {
	if i.kind == 0 {
		return nil, fmt.Errorf("%w: nothing was asked for", ErrUnverified)
	}
	root := t.amd[i.product]
	if i.product == "" {
		root = t.intel
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
