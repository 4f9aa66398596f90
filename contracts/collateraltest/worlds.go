// SPDX-License-Identifier: Apache-2.0

package collateraltest

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"math/big"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/contracts/tdxcollateral"
)

// hexBytes stand in JSON as 0x and lower-case digits.
type hexBytes []byte

// MarshalText encodes b.
func (b hexBytes) MarshalText() ([]byte, error) { return []byte("0x" + hex.EncodeToString(b)), nil }

// world is collateral that is all valid at one time, what brings it on chain, and
// what package collateral answers to questions about it. Each question is followed
// by its answer, status (1 byte) and date (8, seconds), or whether (1).
type world struct {
	Name     string     `json:"name"`
	Root     hexBytes   `json:"root"`
	Time     int64      `json:"time"`
	Calls    []hexBytes `json:"calls"`
	FMSPC    hexBytes   `json:"fmspc"`
	Number   uint32     `json:"evaluation"`
	TCBInfo  hexBytes   `json:"tcbInfo"` // the data that is kept
	QE       hexBytes   `json:"qeIdentity"`
	List     hexBytes   `json:"platformCrl"`
	Platform hexBytes   `json:"platforms"` // SGX components (16), PCESVN (2), TDX components (16)
	Module   hexBytes   `json:"modules"`   // TDX components (16), signer and attributes (56)
	QEs      hexBytes   `json:"enclaves"`  // report (384)
	Serials  hexBytes   `json:"serials"`   // of the platform CA (32)
	// IssuerKey, IssuerSerial and Serial are of a PCK certificate that stands.
	IssuerKey    hexBytes `json:"issuerKey"`
	IssuerSerial hexBytes `json:"issuerSerial"`
	Serial       hexBytes `json:"serial"`
}

// source is what a world is made from.
type source struct {
	name             string
	bundle           collateral.Bundle
	root, platformCA *x509.Certificate
	pck              *big.Int
	time             int64
}

// newWorld asks package collateral about the source.
func newWorld(s source, d *dice) (w world, err error) {
	root, err := tdxcollateral.NewRoot(s.root)
	if err != nil {
		return w, err
	}
	signer, err := x509.ParseCertificate(s.bundle.TCBSigner)
	if err != nil {
		return w, err
	}
	info, err := collateral.OpenTCBInfo(s.bundle.TCBInfo, signer.PublicKey.(*ecdsa.PublicKey))
	if err != nil {
		return w, err
	}
	identity, err := collateral.OpenQEIdentity(s.bundle.QEIdentity, signer.PublicKey.(*ecdsa.PublicKey))
	if err != nil {
		return w, err
	}
	list, err := x509.ParseRevocationList(s.bundle.PlatformCRL)
	if err != nil {
		return w, err
	}
	issuer, err := tdxcollateral.NewRoot(s.platformCA)
	if err != nil {
		return w, err
	}
	w = world{Name: s.name, Root: root.Encode(), Time: s.time, FMSPC: hexBytes(info.FMSPC), Number: info.EvaluationNumber}
	for _, call := range tdxcollateral.Calls(s.bundle, s.platformCA.Raw) {
		w.Calls = append(w.Calls, call.Data)
	}
	if w.TCBInfo, err = packTCBInfo(info, signer.SerialNumber); err != nil {
		return w, err
	}
	w.QE = packQEIdentity(identity, signer.SerialNumber)
	key := keccak(issuer.X[:], issuer.Y[:])
	w.List = packList(list)
	w.IssuerKey, w.IssuerSerial, w.Serial = key[:], word(s.platformCA.SerialNumber), word(s.pck)
	w.Platform, w.Module = askPlatforms(info, d), askModules(info, d)
	w.QEs, w.Serials = askEnclaves(identity, d), askSerials(list, s.pck)
	return w, nil
}

func word(n *big.Int) []byte { return n.FillBytes(make([]byte, 32)) }

// askPlatforms asks about platforms at, and a little off, each level.
func askPlatforms(info collateral.TCBInfo, d *dice) (out []byte) {
	for _, level := range info.Levels {
		for n := range 16 {
			p, svn := collateral.Platform{PCESVN: level.TCB.PCESVN}, [16]byte{}
			for i := range 16 {
				p.CPUSVN[i], svn[i] = level.TCB.SGX[i].SVN, level.TCB.TDX[i].SVN
			}
			for range n % 4 { // the first of four is exactly at the level
				*[]*byte{&p.CPUSVN[d.below(16)], &svn[d.below(16)]}[d.below(2)] += byte(d.below(4)) - 1
				p.PCESVN += uint16(d.below(3)) - 1
			}
			svn[1] = []byte{svn[1], 0, 1, 3}[n%4]
			if n%3 == 2 {
				svn[0] = byte(d.below(8))
			}
			verdict, err := info.PlatformVerdict(p, svn)
			out = append(append(out, p.CPUSVN[:]...), byte(p.PCESVN>>8), byte(p.PCESVN))
			out = append(append(out, svn[:]...), answer(verdict, err)...)
		}
	}
	return out
}

// askModules asks about modules of all versions near those listed, some of which are
// not genuine.
func askModules(info collateral.TCBInfo, d *dice) (out []byte) {
	for major := range 6 {
		for minor := range 9 {
			r := tdx.Report{TEETCBSVN: [16]byte{byte(minor), byte(major), 3}}
			copy(r.MRSIGNERSEAM[:], info.Module.MRSigner)
			copy(r.SEAMAttributes[:], info.Module.Attributes)
			for _, identity := range info.Identities {
				if identity.ID == "TDX_0"+string(rune('0'+major)) {
					copy(r.MRSIGNERSEAM[:], identity.MRSigner)
					copy(r.SEAMAttributes[:], identity.Attributes)
				}
			}
			switch d.below(8) {
			case 0:
				r.MRSIGNERSEAM[d.below(48)] ^= 1 << d.below(8)
			case 1:
				r.SEAMAttributes[d.below(8)] ^= 1 << d.below(8)
			}
			// Before major version 1 a module is as good as the platform.
			best := collateral.Verdict{Status: collateral.UpToDate}
			verdict, err := info.ModuleVerdict(r.TEETCBSVN, best)
			if err == nil {
				err = info.Genuine(r, r.TEETCBSVN)
			}
			result := answer(verdict, err)
			if major == 0 && err == nil {
				binary.BigEndian.PutUint64(result[1:], 1<<64-1)
			}
			out = append(append(out, r.TEETCBSVN[:]...), r.MRSIGNERSEAM[:]...)
			out = append(append(out, r.SEAMAttributes[:]...), result...)
		}
	}
	return out
}

// askEnclaves asks about the quoting enclave in some versions, and about others.
func askEnclaves(q collateral.QEIdentity, d *dice) (out []byte) {
	for n := range 16 {
		var r tdx.QEReport
		d.Read(r.MRENCLAVE[:])
		copy(r.MRSIGNER[:], q.MRSigner)
		copy(r.MiscSelect[:], q.MiscSelect)
		for i := range r.Attributes { // what the mask leaves open is anything
			r.Attributes[i] = q.Attributes[i] | byte(d.below(256))&^q.AttributesMask[i]
		}
		r.ISVProdID, r.ISVSVN = q.ISVProdID, uint16(d.below(9))
		if len(q.Levels) > 0 && n%2 == 0 {
			r.ISVSVN = q.Levels[d.below(len(q.Levels))].TCB.ISVSVN
		}
		switch n % 8 {
		case 4:
			r.MRSIGNER[d.below(32)] ^= 1 << d.below(8)
		case 5:
			r.Attributes[d.below(16)] ^= 1 << d.below(8)
		case 6:
			r.MiscSelect[d.below(4)] ^= 1 << d.below(8)
		case 7:
			r.ISVProdID ^= 1 << d.below(16)
		}
		verdict, err := q.Evaluate(r)
		if err == nil {
			err = q.Genuine(r)
		}
		out = append(append(out, r.Marshal()...), answer(verdict, err)...)
	}
	return out
}

// askSerials asks about all that are revoked, and some that are not.
func askSerials(list *x509.RevocationList, pck *big.Int) (out []byte) {
	one := big.NewInt(1)
	for _, entry := range list.RevokedCertificateEntries {
		out = append(append(out, word(entry.SerialNumber)...), 1)
		out = append(append(out, word(new(big.Int).Add(entry.SerialNumber, one))...), 0)
	}
	return append(append(out, word(pck)...), 0)
}

// answer is status and date, or zeros.
func answer(v collateral.Verdict, err error) []byte {
	out := make([]byte, 9)
	if err == nil {
		out[0] = byte(v.Status)
		binary.BigEndian.PutUint64(out[1:], uint64(v.Date.Unix()))
	}
	return out
}
