// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
)

// authority is a certificate and its key.
type authority struct {
	cert *x509.Certificate
	key  key
}

// draft is a certificate that is about to be issued. The template is package
// x509's; what that package would not issue is changed by edit or encode.
type draft struct {
	*x509.Certificate
	role   string           // subject name that a certificate in this place has
	key    key              // of the subject
	by     authority        // the issuer; the zero value is the subject itself
	public crypto.PublicKey // in the place of that of key
	signer *key             // signs in the place of the issuer
	bare   bool             // without the key identifier of the issuer
	edit   func(*tbsCertificate)
	encode func(der []byte) []byte
}

// tbsCertificate is the part of a certificate that is signed (RFC 5280, 4.1).
type tbsCertificate struct {
	Version   int `asn1:"optional,explicit,default:0,tag:0"`
	Serial    *big.Int
	Algorithm pkix.AlgorithmIdentifier
	Issuer    asn1.RawValue
	Validity  struct{ NotBefore, NotAfter asn1.RawValue }
	Subject   asn1.RawValue
	Key       struct {
		Algorithm pkix.AlgorithmIdentifier
		Bits      asn1.BitString
	}
	IssuerID   asn1.BitString   `asn1:"optional,tag:1"`
	SubjectID  asn1.BitString   `asn1:"optional,tag:2"`
	Extensions []pkix.Extension `asn1:"omitempty,optional,explicit,tag:3"`
}

// tbsList is the part of a revocation list that is signed (RFC 5280, 5.1).
type tbsList struct {
	Version    int `asn1:"optional,default:0"`
	Algorithm  pkix.AlgorithmIdentifier
	Issuer     asn1.RawValue
	ThisUpdate asn1.RawValue
	NextUpdate asn1.RawValue
	Revoked    []pkix.RevokedCertificate `asn1:"optional"`
	Extensions []pkix.Extension          `asn1:"tag:0,optional,explicit"`
}

// signed is a signed object of X.509.
type signed[T any] struct {
	TBS       T
	Algorithm pkix.AlgorithmIdentifier
	Signature asn1.BitString
}

// keyID returns the identifier of a key: SHA-1 of its bits.
func keyID(public crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, err
	}
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Bits      asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return nil, err
	}
	id := sha1.Sum(info.Bits.RightAlign())
	return id[:], nil
}

// issue signs d. The certificate of the result has everything that other
// certificates are made from, whatever edit and encode have done to its bytes.
func (d *draft) issue() (authority, error) {
	issuer, by := d.by.cert, d.by.key
	if issuer == nil {
		issuer, by = d.Certificate, d.key
	}
	if d.signer != nil {
		by = *d.signer
	}
	public := d.public
	if public == nil {
		public = d.key.Public()
	}
	parent := *issuer
	parent.PublicKey = nil // flaws let others sign
	if d.bare {
		parent.SubjectKeyId = nil
	}
	der, err := x509.CreateCertificate(rand.Reader, d.Certificate, &parent, public, by)
	if err != nil {
		return authority{}, fmt.Errorf("issue %q certificate: %w", d.role, err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return authority{}, fmt.Errorf("issue %q certificate: %w", d.role, err)
	}
	if d.edit != nil {
		if der, err = resign(der, by, d.edit); err != nil {
			return authority{}, fmt.Errorf("issue %q certificate: %w", d.role, err)
		}
	}
	if d.encode != nil {
		der = d.encode(der)
	}
	cert.Raw = der
	return authority{cert, d.key}, nil
}

// resign changes what is signed, and signs it again.
func resign[T tbsCertificate | tbsList](der []byte, by key, edit func(*T)) ([]byte, error) {
	var object signed[T]
	if _, err := asn1.Unmarshal(der, &object); err != nil {
		return nil, err
	}
	edit(&object.TBS)
	tbs, err := asn1.Marshal(object.TBS)
	if err != nil {
		return nil, err
	}
	signature, err := by.signX509(tbs)
	if err != nil {
		return nil, err
	}
	object.Signature = asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
	return asn1.Marshal(object)
}

// signX509 signs as the vendors do: ECDSA P-256 with SHA-256 at Intel, RSA-PSS
// with SHA-384 at AMD.
func (k key) signX509(message []byte) ([]byte, error) {
	var opts crypto.SignerOpts = crypto.SHA384
	switch private := k.Signer.(type) {
	case *rsa.PrivateKey:
		opts = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA384}
	case *ecdsa.PrivateKey:
		if private.Curve.Params().BitSize == 256 {
			opts = crypto.SHA256
		}
	}
	h := opts.HashFunc().New()
	h.Write(message)
	return k.Sign(nil, h.Sum(nil), opts)
}

// listDraft is a revocation list that is about to be issued.
type listDraft struct {
	*x509.RevocationList
	issuer string // subject name that the issuer has in this place
	by     authority
	edit   func(*tbsList)
	encode func(der []byte) []byte
}

// issue signs l.
func (l *listDraft) issue() ([]byte, error) {
	issuer := *l.by.cert
	issuer.KeyUsage |= x509.KeyUsageCRLSign // flawed authorities issue lists too
	der, err := x509.CreateRevocationList(rand.Reader, l.RevocationList, &issuer, l.by.key)
	if err != nil {
		return nil, fmt.Errorf("make revocation list of %q: %w", l.issuer, err)
	}
	if l.edit != nil {
		if der, err = resign(der, l.by.key, l.edit); err != nil {
			return nil, fmt.Errorf("make revocation list of %q: %w", l.issuer, err)
		}
	}
	if l.encode != nil {
		der = l.encode(der)
	}
	return der, nil
}
