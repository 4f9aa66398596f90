// SPDX-License-Identifier: Apache-2.0

package crosscheck

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/go-tdx-guest/abi"
	pb "github.com/google/go-tdx-guest/proto/tdx"
	guest "github.com/google/go-tdx-guest/verify"
)

// certifying is the certificates in a quote, as go-tdx-guest reads them.
type certifying struct {
	digest [sha256.Size]byte // of their exact bytes
	pck    *ecdsa.PublicKey  // what signs reports of the quoting enclave
	until  time.Time         // when the first of them expires
}

// certifyingOf returns the certificates in a quote that go-tdx-guest has accepted.
func certifyingOf(raw []byte) (certifying, error) {
	q, err := readQuote(raw)
	if err != nil {
		return certifying{}, err
	}
	chain, err := guest.ExtractChainFromQuote(q.parsed)
	if err != nil {
		return certifying{}, err
	}
	pck, ok := chain.PCKCertificate.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return certifying{}, errors.New("PCK certificate has no ECDSA key")
	}
	until := chain.PCKCertificate.NotAfter
	for _, other := range []time.Time{chain.IntermediateCertificate.NotAfter, chain.RootCertificate.NotAfter} {
		if other.Before(until) {
			until = other
		}
	}
	return certifying{q.chainDigest(), pck, until}, nil
}

// quote is a quote as go-tdx-guest reads it.
type quote struct {
	parsed any
	signed []byte // header and body, which the attestation key signs
	auth   *pb.Ecdsa256BitQuoteV4AuthData
	qe     *pb.QEReportCertificationData
}

// readQuote reads a quote by go-tdx-guest, and writes what is signed of it from
// what was read, so that a field which was read wrongly fits no signature.
func readQuote(raw []byte) (q quote, err error) {
	if q.parsed, err = abi.QuoteToProto(raw); err != nil {
		return q, err
	}
	if err := abi.CheckQuote(q.parsed); err != nil {
		return q, err
	}
	var header *pb.Header
	var body []byte
	switch p := q.parsed.(type) {
	case *pb.QuoteV4:
		header, q.auth = p.GetHeader(), p.GetSignedData()
		body, err = abi.TdQuoteBodyToAbiBytes(p.GetTdQuoteBody())
	case *pb.QuoteV5:
		header, q.auth = p.GetHeader(), p.GetSignedData()
		body, err = abi.TdQuoteBodyDescriptorToAbiBytes(p.GetTdQuoteBodyDescriptor())
	default:
		err = fmt.Errorf("it reads a quote of type %T", q.parsed)
	}
	if err != nil {
		return q, err
	}
	if header.GetTeeType() != abi.TeeTDX {
		return q, abi.ErrTeeType
	}
	front, err := abi.HeaderToAbiBytes(header)
	q.signed, q.qe = append(front, body...), q.auth.GetCertificationData().GetQeReportCertificationData()
	return q, err
}

func (q quote) chainDigest() [sha256.Size]byte {
	return sha256.Sum256(q.qe.GetPckCertificateChainData().GetPckCertChain())
}

// certified verifies what go-tdx-guest does of a quote whose certificates are known:
// the attestation key's signature, the PCK's on the quoting enclave's report, and that
// this report is for the attestation key.
func (c certifying) certified(raw []byte) error {
	q, err := readQuote(raw)
	if err != nil {
		return err
	}
	if c.pck == nil || q.chainDigest() != c.digest {
		return errors.New("it reads other certificates than in a quote before")
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, q.auth.GetEcdsaAttestationKey()))
	if err != nil {
		return fmt.Errorf("attestation key: %w", err)
	}
	report, err := abi.EnclaveReportToAbiBytes(q.qe.GetQeReport())
	if err != nil {
		return err
	}
	bound := sha256.Sum256(slices.Concat(q.auth.GetEcdsaAttestationKey(), q.qe.GetQeAuthData().GetData()))
	switch {
	case !signedBy(key, q.signed, q.auth.GetSignature()):
		return errors.New("quote signature does not verify")
	case !signedBy(c.pck, report, q.qe.GetQeReportSignature()):
		return errors.New("QE report signature does not verify")
	case !bytes.Equal(q.qe.GetQeReport().GetReportData(), append(bound[:], make([]byte, sha256.Size)...)):
		return errors.New("QE report is for another attestation key")
	}
	return nil
}

// signedBy reports whether signature, r and s of 32 bytes each, is key's.
func signedBy(key *ecdsa.PublicKey, message, signature []byte) bool {
	der, err := abi.SignatureToDER(signature)
	digest := sha256.Sum256(message)
	return err == nil && ecdsa.VerifyASN1(key, digest[:], der)
}
