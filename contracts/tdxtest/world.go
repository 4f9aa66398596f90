// SPDX-License-Identifier: Apache-2.0

package tdxtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
)

// World is a vendor with one platform and one guest on it, whose keys are always the same.
type World struct {
	Platform     *simulator.Platform
	Measurements []attest.Measurement // of the enclave, the guest's among them
	Guest        attest.Measurement
	Root         Authority
	CA           []byte // certificate of the platform CA in DER

	td *simulator.TD
}

// NewWorld makes a world in which certificates are as old as now and collateral is issued at now. Its keys are put into
// dir, which must outlast it.
func NewWorld(dir string, now time.Time) (w *World, err error) {
	if err := writeKeys(dir, now); err != nil {
		return nil, err
	}
	w = &World{Measurements: measurements()}
	w.Guest = w.Measurements[2]
	if w.Platform, err = simulator.OpenAt(dir, func() time.Time { return now }); err != nil {
		return nil, err
	}
	w.td = w.Platform.Start(w.Guest.Registers)
	block, _ := pem.Decode(w.Platform.RootPEM())
	if w.Root, err = ParseAuthority(block.Bytes); err != nil {
		return nil, err
	}
	_, ders, err := w.quote([64]byte{}, simulator.Flaws{})
	if err != nil {
		return nil, err
	}
	w.CA = ders.chain[1]
	return w, nil
}

// Another is the same guest on a machine of another family of the same vendor.
func (w *World) Another(fmspc [6]byte) (*World, error) {
	other := *w
	var err error
	if other.Platform, err = w.Platform.Another("another", fmspc); err != nil {
		return nil, err
	}
	other.td = other.Platform.Start(w.Guest.Registers)
	return &other, nil
}

// measurements are of one enclave for TDX guests of five shapes.
func measurements() (list []attest.Measurement) {
	for i := range uint32(5) {
		m := attest.Measurement{TEE: attest.TDX, Shape: attest.Shape{VCPUs: 1 << i, MemoryMiB: 2048 << i}}
		for n, r := range []*attest.Register{&m.Registers.MRTD, &m.Registers.RTMR0, &m.Registers.RTMR1, &m.Registers.RTMR2} {
			copy(r[:], bytes.Repeat(crypto.Keccak256([]byte{byte(i), byte(n)}), 2))
		}
		list = append(list, m)
	}
	return list
}

// Authority is what the contracts know of a platform CA, and of the root.
type Authority struct {
	X, Y, Subject, KeyID, Serial common.Hash // KeyID is padded on the right
	NotAfter                     uint64
}

// ParseAuthority reads the certificate of an authority in DER.
func ParseAuthority(der []byte) (a Authority, err error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return a, err
	}
	key, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return a, errors.New("key is not of ECDSA")
	}
	point, err := key.Bytes()
	if err != nil || len(point) != 65 {
		return a, fmt.Errorf("key is not on P-256: %w", err)
	}
	a.X, a.Y = common.Hash(point[1:33]), common.Hash(point[33:])
	a.Subject = crypto.Keccak256Hash(cert.RawSubject)
	copy(a.KeyID[:], cert.SubjectKeyId)
	a.Serial, a.NotAfter = common.BigToHash(cert.SerialNumber), uint64(cert.NotAfter.Unix())
	return a, nil
}

// Encode is abi.encode of the struct.
func (a Authority) Encode() []byte {
	return words(a.X[:], a.Y[:], a.Subject[:], a.KeyID[:], a.Serial[:], number(a.NotAfter))
}

// certified is the certificates of a quote, and its collateral.
type certified struct {
	chain      [][]byte // PCK certificate, platform CA, root
	collateral collateral.Bundle
}

// Collateral returns what the vendor publishes, with the members of the TCB info in Intel's order.
func (w *World) Collateral() (b collateral.Bundle, err error) {
	_, c, err := w.quote([64]byte{}, simulator.Flaws{})
	if err != nil {
		return b, err
	}
	b = c.collateral
	number := regexp.MustCompile(`"tcbEvaluationDataNumber":\d+,`)
	kind := []byte(`"tcbType":0,`)
	moved := append(kind, number.Find(b.TCBInfo.Document)...)
	b.TCBInfo.Document = bytes.Replace(number.ReplaceAll(b.TCBInfo.Document, nil), kind, moved, 1)
	signer, err := newKey("tcb-signing")
	if err != nil {
		return b, err
	}
	b.TCBInfo.Signature, err = signer.sign(b.TCBInfo.Document)
	return b, err
}

// quote makes a quote of the guest and takes it apart, without judging anything.
func (w *World) quote(reportData [64]byte, f simulator.Flaws) (raw []byte, c certified, err error) {
	raw, bundle, err := w.td.QuoteWith(reportData, f)
	if err != nil {
		return nil, c, err
	}
	if c.collateral, err = collateral.ParseBundle(bundle); err != nil {
		c.collateral = collateral.Bundle{} // and then that is the flaw
	}
	start := max(bytes.Index(raw, []byte("-----BEGIN")), 0)
	block, rest := pem.Decode(raw[start:])
	for ; block != nil; block, rest = pem.Decode(rest) {
		c.chain = append(c.chain, block.Bytes)
	}
	return raw, c, nil
}
