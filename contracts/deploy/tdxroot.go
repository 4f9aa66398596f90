// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// tdxRoot is what contracts know of a root certificate: x and y of its key, the digest of its name, the key's
// identifier, the serial number, and the last second at which it is valid.
type tdxRoot struct{ x, y, subject, keyID, serial, notAfter []byte }

func parseTDXRoot(der []byte) (tdxRoot, error) {
	root, err := x509.ParseCertificate(der)
	if err != nil {
		return tdxRoot{}, fmt.Errorf("read TDX root certificate: %w", err)
	}
	key, ok := root.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() || !root.IsCA || root.CheckSignatureFrom(root) != nil {
		return tdxRoot{}, errors.New("read TDX root certificate: it is not a root with a P-256 key")
	}
	point, err := key.Bytes() // 4, x, y
	until := root.NotAfter.Unix()
	if err != nil || len(root.SubjectKeyId) != 20 || len(root.SerialNumber.Bytes()) > 32 || until < 0 {
		return tdxRoot{}, errors.New("read TDX root certificate: it is not of Intel's shape")
	}
	// bytes20 is padded on the right.
	return tdxRoot{
		x: point[1:33], y: point[33:], subject: crypto.Keccak256(root.RawSubject), keyID: common.RightPadBytes(root.SubjectKeyId, 32),
		serial: root.SerialNumber.Bytes(), notAfter: binary.BigEndian.AppendUint64(nil, uint64(until)),
	}, nil
}

// tdxRoot is the terms' root certificate.
func (a *arguments) tdxRoot() (tdxRoot, error) {
	if len(a.TDXRoot) == 0 {
		a.lacks = TDXRoot
		return tdxRoot{}, nil
	}
	return parseTDXRoot(a.TDXRoot)
}

// tdxCertificates encodes an Authority: contracts/src/interfaces/ITdxCertificates.sol.
func tdxCertificates(a *arguments) ([]byte, error) {
	root, err := a.tdxRoot()
	return words(root.x, root.y, root.subject, root.keyID, root.serial, root.notAfter), err
}

// tdxCollateral encodes a Root: contracts/src/interfaces/ITdxCollateralStore.sol.
func tdxCollateral(a *arguments) ([]byte, error) {
	root, err := a.tdxRoot()
	return words(root.x, root.y, root.subject, root.keyID, root.notAfter), err
}
