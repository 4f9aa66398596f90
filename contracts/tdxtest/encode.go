// SPDX-License-Identifier: Apache-2.0

package tdxtest

import (
	"bytes"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
)

// Places in a quote of version 4 whose authentication data has 32 bytes.
const (
	signedSize  = tdx.HeaderSize + tdx.ReportSize
	signatureAt = signedSize + 4
	qeReportAt  = signatureAt + 128 + 6
	chainAt     = qeReportAt + tdx.QEReportSize + 64 + 2 + 32 + 6
)

// Kinds of authorizations.
const (
	first   = 1
	further = 2
)

// Request is one permit that is asked for.
type Request struct {
	Binding attest.Binding
	Shape   attest.Shape
	Proof   [][32]byte
	Terms   common.Hash // of the policy; zero to have the contract read them
}

// Request fills in what the world knows of the guest.
func (w *World) Request(b attest.Binding) (r Request, err error) {
	if b.MeasurementRoot, err = attest.Root(w.Measurements); err != nil {
		return r, err
	}
	r.Binding, r.Shape = b, w.Guest.Shape
	r.Proof, err = attest.Proof(w.Measurements, w.Guest.Shape, w.Guest.TEE)
	return r, err
}

// Context is what acquireIdentity takes as context.
func (r Request) Context() []byte {
	b := r.Binding
	out := words(b.ChannelKeyHash[:], b.ConfigDigest[:], b.MeasurementRoot[:], number(b.Duration), number(b.BaseBlock),
		number(uint64(r.Shape.VCPUs)), number(uint64(r.Shape.MemoryMiB)), r.Terms[:], nil, nil, nil)
	for _, sibling := range r.Proof {
		out = append(out, sibling[:]...)
	}
	return out
}

// Evidence is a quote in the forms that the contracts take.
type Evidence struct {
	CA      []byte // certificate of the platform CA in DER
	First   []byte // authorization that has everything in it
	Further []byte // authorization of a platform that is known; nil if the quote is too short
}

// Attest makes evidence for a request, with this flaw.
func (w *World) Attest(r Request, f simulator.Flaws) (e Evidence, err error) {
	var reportData [64]byte
	digest := r.Binding.Digest()
	copy(reportData[:], digest[:])
	raw, c, err := w.quote(reportData, f)
	if err != nil {
		return e, err
	}
	if len(c.chain) < 2 {
		c.chain = [][]byte{nil, w.CA}
	}
	e.CA = c.chain[1]
	authority, err := ParseAuthority(e.CA)
	if err != nil { // which is the flaw
		if authority, err = ParseAuthority(w.CA); err != nil {
			return e, err
		}
	}
	authority.NotAfter = min(authority.NotAfter, w.Root.NotAfter)
	end := min(chainAt, len(raw))
	if q, err := tdx.ParseQuote(raw); err == nil {
		end = len(raw) - q.Padding - len(q.PCKChain)
	}
	e.First = slices.Concat([]byte{first}, authority.Encode(), raw[:end], c.chain[0])
	if len(raw) < chainAt {
		return e, nil
	}
	platform, err := EncodePlatform(c.chain[0], authority)
	if err != nil { // no certificate that x509 reads, and nothing to refer to
		return e, nil
	}
	e.Further = slices.Concat([]byte{further}, raw[:signedSize], raw[signatureAt:signatureAt+128],
		raw[qeReportAt:qeReportAt+tdx.QEReportSize], platform)
	return e, nil
}

// EncodePlatform is abi.encode of what the contracts know of a platform by its PCK certificate in DER.
func EncodePlatform(der []byte, ca Authority) ([]byte, error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	p, err := collateral.ParsePlatform(cert)
	if err != nil {
		return nil, err
	}
	if p.PCEID != [2]byte{} {
		return nil, errors.New("another PCE")
	}
	serial := common.BigToHash(cert.SerialNumber)
	return words(right(p.FMSPC[:]), number(uint64(p.PCESVN)), right(p.CPUSVN[:]),
		number(min(uint64(cert.NotAfter.Unix()), ca.NotAfter)), serial[:],
		crypto.Keccak256(ca.X[:], ca.Y[:]), ca.Serial[:]), nil
}

// words joins words of 32 bytes; what is shorter is padded on the left.
func words(all ...[]byte) []byte {
	var out bytes.Buffer
	for _, w := range all {
		out.Write(common.LeftPadBytes(w, 32))
	}
	return out.Bytes()
}

// right pads on the right.
func right(b []byte) []byte { return common.RightPadBytes(b, 32) }

func number(n uint64) []byte {
	if n == 0 {
		return nil
	}
	return new(big.Int).SetBytes(binary.BigEndian.AppendUint64(nil, n)).Bytes()
}
