// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/strictjson"
)

// processorCA is the name of the authority for platforms with one processor.
const processorCA = "Intel SGX PCK Processor CA"

// Endorsement is one thing that a vendor said, verified under the trusted roots.
type Endorsement struct {
	Item Item
	// Body is JSON with its signature as Intel sends it, a certificate or a
	// revocation list in DER, or AMD's chain in PEM.
	Body []byte
	// Issuers is the certificate of who signed it and the root's, in PEM; empty for
	// what the root itself signed.
	Issuers []byte
	// Edition is how new it is; zero for certificates.
	Edition collateral.Edition
	// From and Until are when it is valid: after Until it has expired, or is due
	// for replacement.
	From, Until time.Time
	// Fetched is when the vendor said it.
	Fetched time.Time
}

// ChainHeader returns the header in which Intel's services send the issuers, and
// its value; both are empty for what comes without.
func (e Endorsement) ChainHeader() (name, value string) {
	if name = e.Item.chainHeader(); name == "" {
		return "", ""
	}
	return name, strings.ReplaceAll(url.QueryEscape(string(e.Issuers)), "+", "%20")
}

// EvaluationNumber returns the TCB evaluation data number of a TCB info or a QE
// identity, and 0 of everything else.
func (e Endorsement) EvaluationNumber() uint32 {
	if !e.Item.numbered() {
		return 0
	}
	return binary.BigEndian.Uint32(e.Edition.Number[16:])
}

// covers reports whether e is enough for who asks for i.
func (e Endorsement) covers(i Item) bool { return e.EvaluationNumber() >= i.least }

// valid checks that e can be used at now.
func (e Endorsement) valid(now time.Time) error {
	switch {
	case now.Before(e.From):
		return fmt.Errorf("%w: not valid before %s, and it is %s", ErrUnverified, e.From.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	case !now.Before(e.Until):
		return fmt.Errorf("%w: not valid after %s, and it is %s", ErrUnverified, e.Until.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	return nil
}

// within narrows the time in which e is valid.
func (e *Endorsement) within(from, until time.Time) {
	if e.From.Before(from) {
		e.From = from.UTC()
	}
	if e.Until.IsZero() || until.Before(e.Until) {
		e.Until = until.UTC()
	}
}

// open verifies an answer for an item, from the vendor or from the cache, whenever
// it is or was valid. What it returns has one form: chains in plain PEM, lists in
// DER.
func (t trust) open(i Item, body, issuers []byte) (Endorsement, error) {
	root, err := t.root(i)
	if err != nil {
		return Endorsement{}, err
	}
	i.least = 0
	e := Endorsement{Item: i, Body: body}
	e.within(root.NotBefore, root.NotAfter)
	switch i.kind {
	case tcbInfo, qeIdentity:
		err = e.openDocument(root, issuers)
	case pckCRL:
		err = e.openPCKCRL(root, issuers)
	case rootCRL:
		if err = pki.Check(root, root, pki.Root); err == nil {
			err = e.openList(root)
		}
	case amdChain:
		err = e.openChainAMD(root)
	case amdCRL:
		err = e.openListAMD(root)
	case amdVCEK:
		err = e.openVCEK(root, issuers)
	}
	if err != nil && !errors.Is(err, ErrUnverified) {
		err = fmt.Errorf("%w: %w", ErrUnverified, err)
	}
	return e, err
}

// openIssuer checks the certificate of who signed.
func (e *Endorsement) openIssuer(root *x509.Certificate, issuers []byte, role pki.Role) (*x509.Certificate, error) {
	issuer, err := chainBelow(root, issuers)
	if err != nil {
		return nil, err
	}
	checked := *issuer
	if e.Item.ca == ProcessorCA && checked.Subject.CommonName == processorCA {
		checked.Subject.CommonName = role.CommonName() // the two authorities differ by name alone
	} else if e.Item.ca == ProcessorCA {
		return nil, fmt.Errorf("%w: issued by %.80q", ErrUnverified, checked.Subject.CommonName)
	}
	if err := cmp.Or(pki.Check(root, root, pki.Root), pki.Check(&checked, root, role)); err != nil {
		return nil, err
	}
	e.Issuers = pki.EncodePEM(issuer, root)
	e.within(issuer.NotBefore, issuer.NotAfter)
	return issuer, nil
}

// openDocument verifies a TCB info or a QE identity.
func (e *Endorsement) openDocument(root *x509.Certificate, issuers []byte) error {
	signer, err := e.openIssuer(root, issuers, pki.TCBSigner)
	if err != nil {
		return err
	}
	signed, err := splitDocument(e.Item, e.Body)
	if err != nil {
		return err
	}
	key, ok := signer.PublicKey.(*ecdsa.PublicKey)
	if !ok || !pki.Verify(key, signed.Document, signed.Signature) {
		return errors.New("signature does not verify")
	}
	head, err := readHead(e.Item, signed.Document)
	if err != nil {
		return err
	}
	if err := head.check(e.Item); err != nil {
		return err
	}
	authority := sha256.Sum256(root.RawSubjectPublicKeyInfo)
	if e.Item.kind == tcbInfo {
		e.Edition = collateral.TCBInfo{Validity: head.Validity, FMSPC: head.FMSPC}.Edition(authority)
	} else {
		e.Edition = collateral.QEIdentity{Validity: head.Validity}.Edition(authority)
	}
	e.within(head.IssueDate, head.NextUpdate)
	return e.openAsVerifier(signed, key)
}

// openAsVerifier has the document read as verifiers do, so that none is handed
// out that they cannot read. They know documents for TDX only.
func (e *Endorsement) openAsVerifier(signed collateral.Signed, key *ecdsa.PublicKey) (err error) {
	switch {
	case e.Item.technology != TDX:
		return nil
	case e.Item.kind == tcbInfo:
		_, err = collateral.OpenTCBInfo(signed, key)
	default:
		_, err = collateral.OpenQEIdentity(signed, key)
	}
	return err
}

// envelopeTCB and envelopeQE are how Intel's service sends a document.
type envelopeTCB struct {
	Document  json.RawMessage `json:"tcbInfo"`
	Signature string          `json:"signature"`
}

type envelopeQE struct {
	Document  json.RawMessage `json:"enclaveIdentity"`
	Signature string          `json:"signature"`
}

// splitDocument takes a document out of its envelope, byte for byte.
func splitDocument(i Item, body []byte) (s collateral.Signed, err error) {
	_, limit := i.media()
	var envelope envelopeTCB
	if i.kind == tcbInfo {
		envelope, err = strictjson.Decode[envelopeTCB](body, int(limit))
	} else {
		var qe envelopeQE
		qe, err = strictjson.Decode[envelopeQE](body, int(limit))
		envelope = envelopeTCB(qe)
	}
	if err != nil {
		return collateral.Signed{}, fmt.Errorf("read envelope: %w", err)
	}
	signature, err := hex.DecodeString(envelope.Signature)
	if err != nil || len(signature) != len(s.Signature) || len(envelope.Document) == 0 {
		return collateral.Signed{}, errors.New("read envelope: no document with a signature of 64 bytes")
	}
	return collateral.Signed{Document: envelope.Document, Signature: [64]byte(signature)}, nil
}

// documentHead is what all documents begin with.
type documentHead struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
	collateral.Validity
	FMSPC collateral.Hex `json:"fmspc"` // of TCB infos
}

func readHead(i Item, document []byte) (documentHead, error) {
	_, limit := i.media()
	head, err := strictjson.DecodeOpen[documentHead](document, int(limit))
	if err != nil {
		return documentHead{}, fmt.Errorf("read document: %w", err)
	}
	return head, nil
}

// check compares the document with what was asked for.
func (h documentHead) check(i Item) error {
	id, version := "TDX", 3
	switch {
	case i.kind == tcbInfo && i.technology == SGX:
		id = "SGX"
	case i.kind == qeIdentity && i.technology == SGX:
		id, version = "QE", 2
	case i.kind == qeIdentity:
		id, version = "TD_QE", 2
	}
	switch {
	case h.ID != id || h.Version != version:
		return fmt.Errorf("is of kind %.40q, version %d, want %q, version %d", h.ID, h.Version, id, version)
	case i.kind == tcbInfo && string(h.FMSPC) != string(i.fmspc[:]):
		return fmt.Errorf("is for FMSPC %.12x, want %x", []byte(h.FMSPC), i.fmspc)
	}
	return nil
}

// openPCKCRL verifies a list of an authority for PCK certificates.
func (e *Endorsement) openPCKCRL(root *x509.Certificate, issuers []byte) error {
	issuer, err := e.openIssuer(root, issuers, pki.PlatformCA)
	if err != nil {
		return err
	}
	return e.openList(issuer)
}

// openList verifies a list of Intel's under its issuer.
func (e *Endorsement) openList(issuer *x509.Certificate) error {
	e.Body = listDER(e.Body)
	list, err := pki.OpenCRL(e.Body, issuer)
	if err != nil {
		return err
	}
	return e.addList(list, issuer)
}

// addList notes how new a list is, and until when it is valid.
func (e *Endorsement) addList(list pki.CRL, issuer *x509.Certificate) error {
	parsed, err := x509.ParseRevocationList(e.Body)
	if err != nil {
		return err
	}
	e.Edition = collateral.Edition{
		Series: collateral.Series{Document: collateral.DocumentCRL, Authority: sha256.Sum256(issuer.RawSubjectPublicKeyInfo)},
		Number: list.Number(), Issued: list.Issued(),
	}
	e.within(parsed.ThisUpdate, parsed.NextUpdate)
	return nil
}

// listDER returns a list in DER, which Intel's own caching service writes in
// hexadecimal digits. The two cannot be mistaken: DER begins with 0x30, which is
// the digit 0, and the digits of that are 30.
func listDER(body []byte) []byte {
	if len(body) == 0 || body[0] == 0x30 {
		return body
	}
	der := make([]byte, hex.DecodedLen(len(body)))
	if _, err := hex.Decode(der, body); err != nil {
		return body
	}
	return der
}
