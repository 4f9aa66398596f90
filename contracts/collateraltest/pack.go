// SPDX-License-Identifier: Apache-2.0

package collateraltest

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"math/big"
	"strings"

	"golang.org/x/crypto/sha3"

	"github.com/escrin/escrin/attest/collateral"
)

// packTCBInfo returns what the contract keeps of a TCB info, by a signer with this
// serial number, as src/tdx/CollateralTcbInfo.sol describes it; an error if it names a
// TDX module in a way that nobody asks for.
func packTCBInfo(t collateral.TCBInfo, signer *big.Int) ([]byte, error) {
	modules := packModule(0, t.Module, nil)
	for _, identity := range t.Identities {
		version, err := moduleVersion(identity.ID)
		if err != nil {
			return nil, err
		}
		modules = append(modules, packModule(version, identity.Module, identity.Levels)...)
	}
	out := packHead(t.EvaluationNumber, signer)
	out = binary.BigEndian.AppendUint16(out, uint16(len(out)-1+2+len(modules)))
	out = append(out, modules...)
	for _, level := range t.Levels {
		for _, c := range level.TCB.SGX {
			out = append(out, c.SVN)
		}
		for _, c := range level.TCB.TDX {
			out = append(out, c.SVN)
		}
		out = binary.BigEndian.AppendUint16(out, level.TCB.PCESVN)
		out = append(out, packVerdict(level.Verdict)...)
	}
	return out, nil
}

func moduleVersion(id string) (byte, error) {
	digits, found := strings.CutPrefix(id, "TDX_")
	var n collateral.Hex
	if err := n.UnmarshalText([]byte(digits)); err != nil || !found || len(n) != 1 {
		return 0, errors.New("not the name of a TDX module")
	}
	return n[0], nil
}

// packQEIdentity is the same of a QE identity.
func packQEIdentity(q collateral.QEIdentity, signer *big.Int) []byte {
	out := packHead(q.EvaluationNumber, signer)
	for _, field := range []collateral.Hex{q.MiscSelect, q.MiscSelectMask, q.Attributes, q.AttributesMask, q.MRSigner} {
		out = append(out, field...)
	}
	out = binary.BigEndian.AppendUint16(out, q.ISVProdID)
	return append(out, packLevels(q.Levels)...)
}

// packList is the same of a revocation list.
func packList(l *x509.RevocationList) []byte {
	out := append([]byte{0}, l.Number.FillBytes(make([]byte, 20))...)
	for _, entry := range l.RevokedCertificateEntries {
		out = append(out, mark(entry.SerialNumber)...)
	}
	return out
}

// packHead is the byte that stops, the number, and the signer's mark.
func packHead(number uint32, signer *big.Int) []byte {
	out := binary.BigEndian.AppendUint32(make([]byte, 1+16), number)
	return append(out, mark(signer)...)
}

func packModule(version byte, m collateral.Module, levels []collateral.SVNLevel) []byte {
	out := append([]byte{version}, m.Attributes...)
	out = append(out, m.AttributesMask...)
	out = append(out, byte(len(levels)))
	signer := keccak(m.MRSigner)
	return append(append(out, signer[:]...), packLevels(levels)...)
}

func packLevels(levels []collateral.SVNLevel) (out []byte) {
	for _, level := range levels {
		out = binary.BigEndian.AppendUint16(out, level.TCB.ISVSVN)
		out = append(out, packVerdict(level.Verdict)...)
	}
	return out
}

// packVerdict is the status, and the date in five bytes.
func packVerdict(v collateral.Verdict) []byte {
	out := binary.BigEndian.AppendUint64(nil, uint64(v.Date.Unix()))[2:]
	out[0] = byte(v.Status)
	return out
}

// mark is the lowest 64 bits of a serial number.
func mark(serial *big.Int) []byte {
	return new(big.Int).And(serial, new(big.Int).SetUint64(1<<64-1)).FillBytes(make([]byte, 8))
}

func keccak(parts ...[]byte) (hash [32]byte) {
	h := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		h.Write(p)
	}
	h.Sum(hash[:0])
	return hash
}

// dice are numbers that look random and are always the same.
type dice struct {
	seed [32]byte
	left []byte
}

func newDice(name string) *dice { return &dice{seed: sha256.Sum256([]byte(name))} }

// Read fills b and never fails.
func (d *dice) Read(b []byte) (int, error) {
	for i := range b {
		if len(d.left) == 0 {
			d.seed = sha256.Sum256(d.seed[:])
			d.left = append([]byte{}, d.seed[:]...)
		}
		b[i], d.left = d.left[0], d.left[1:]
	}
	return len(b), nil
}

// below returns a number below n, which is at most 2^24.
func (d *dice) below(n int) int {
	var b [4]byte
	d.Read(b[:])
	return int(binary.BigEndian.Uint32(b[:])) % n
}
