// SPDX-License-Identifier: Apache-2.0

package keyholder

import (
	"fmt"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/keyname"
	"github.com/escrin/escrin/strictjson"
)

// Paths of the API, below a holder's URL.
const (
	PathKeynet      = "/v1/keynet"
	PathCertificate = "/v1/certificate"
	PathRelease     = "/v1/release"
)

// MaxEvidence is the largest evidence in bytes; MaxBody bounds a request or a
// reply body.
const (
	MaxEvidence = 256 << 10
	MaxBody     = 512 << 10
)

// ReleaseInfo is the HPKE info string under which a share is sealed.
const ReleaseInfo = "escrin release v1"

// CertificateRequest asks for a share of the signature on the certificate that
// evidence deserves. It travels in a SignedRequest.
type CertificateRequest struct {
	Epoch     uint64 // whose share is wanted
	Evidence  []byte // marshalled attest.Evidence
	Permitter [20]byte
}

// CertificateReply carries one holder's share of the signature, and what it
// found and signed.
type CertificateReply struct {
	Epoch     uint64
	Index     uint32
	Findings  Findings
	Signature [curve.G1Size]byte
	Statement [SignatureSize]byte // by the holder's signer, over Statement.Digest
}

// ReleaseRequest asks for a share of the key that Name names, sealed to the
// channel key in Evidence. It travels in a SignedRequest.
type ReleaseRequest struct {
	Epoch    uint64 // whose share is wanted
	Evidence []byte // marshalled attest.Evidence
	Name     keyname.Name
	Task     TaskAttempt
}

// ReleaseReply carries one holder's share: HPKE encapsulation then ciphertext
// of SignedShareSize bytes, info ReleaseInfo, associated data ReleaseContext.
type ReleaseReply struct {
	Epoch  uint64
	Index  uint32
	Sealed []byte
}

// Asks returns for which epoch a request is, and the evidence of who asks.
func (r CertificateRequest) Asks() (epoch uint64, evidence []byte) { return r.Epoch, r.Evidence }

// Asks returns for which epoch a request is, and the evidence of who asks.
func (r ReleaseRequest) Asks() (epoch uint64, evidence []byte) { return r.Epoch, r.Evidence }

// KeynetReply tells the network of the active epoch, as far as it is known, and which
// of its holders answers: index 0, and not ready, if it is none of them. Final is the
// newest block that was final to it when it last looked; 0 if it has seen none.
type KeynetReply struct {
	Index   uint32   `json:"index"`
	Ready   bool     `json:"ready"`
	Final   uint64   `json:"final,omitempty"`
	Network *Network `json:"network,omitempty"`
}

type certificateRequestJSON struct {
	Epoch     uint64     `json:"epoch"`
	Evidence  []byte     `json:"evidence"`
	Permitter hexAddress `json:"permitter"`
}

type certificateReplyJSON struct {
	Epoch     uint64 `json:"epoch"`
	Index     uint32 `json:"index"`
	Platform  hex32  `json:"platform"`
	Author    hex32  `json:"author"`
	Signature hexG1  `json:"signature"`
	Statement hexSig `json:"statement"`
}

type nameJSON struct {
	ChainID    uint64       `json:"chainId"`
	Registry   hexAddress   `json:"registry"`
	IdentityID hex32        `json:"identityId"`
	Kind       keyname.Kind `json:"kind"`
	Subject    hex32        `json:"subject"`
	Policy     hex32        `json:"policy"`
	Version    uint64       `json:"version"`
}

func formOf(n keyname.Name) nameJSON {
	return nameJSON{n.ChainID, n.Registry, n.IdentityID, n.Kind, n.Subject, n.Policy, n.Version}
}

func (n nameJSON) name() keyname.Name {
	return keyname.Name{
		ChainID: n.ChainID, Registry: n.Registry, IdentityID: n.IdentityID, Kind: n.Kind,
		Subject: n.Subject, Policy: n.Policy, Version: n.Version,
	}
}

type taskJSON struct {
	ID      hex32    `json:"id"`
	Attempt uint32   `json:"attempt"`
	Terms   hexTerms `json:"terms"`
}

type releaseRequestJSON struct {
	Epoch    uint64   `json:"epoch"`
	Evidence []byte   `json:"evidence"`
	Name     nameJSON `json:"name"`
	Task     taskJSON `json:"task"`
}

type releaseReplyJSON struct {
	Epoch  uint64 `json:"epoch"`
	Index  uint32 `json:"index"`
	Sealed []byte `json:"sealed"`
}

// MarshalJSON implements json.Marshaler.
func (r CertificateRequest) MarshalJSON() ([]byte, error) {
	return strictjson.Encode(certificateRequestJSON{r.Epoch, r.Evidence, r.Permitter})
}

// UnmarshalJSON implements json.Unmarshaler, strictly.
func (r *CertificateRequest) UnmarshalJSON(b []byte) error {
	var w certificateRequestJSON
	if err := decodeBody(b, &w); err != nil {
		return err
	}
	*r = CertificateRequest{w.Epoch, w.Evidence, w.Permitter}
	return checkEvidenceSize(w.Evidence)
}

// MarshalJSON implements json.Marshaler.
func (r CertificateReply) MarshalJSON() ([]byte, error) {
	return strictjson.Encode(certificateReplyJSON{
		r.Epoch, r.Index, r.Findings.Platform, r.Findings.Author, r.Signature, r.Statement,
	})
}

// UnmarshalJSON implements json.Unmarshaler, strictly.
func (r *CertificateReply) UnmarshalJSON(b []byte) error {
	var w certificateReplyJSON
	if err := decodeBody(b, &w); err != nil {
		return err
	}
	*r = CertificateReply{w.Epoch, w.Index, Findings{w.Platform, w.Author}, w.Signature, w.Statement}
	return nil
}

// MarshalJSON implements json.Marshaler.
func (r ReleaseRequest) MarshalJSON() ([]byte, error) {
	return strictjson.Encode(releaseRequestJSON{
		Epoch: r.Epoch, Evidence: r.Evidence,
		Name: formOf(r.Name),
		Task: taskJSON{r.Task.ID, r.Task.Attempt, hexTerms(r.Task.Terms)},
	})
}

// UnmarshalJSON implements json.Unmarshaler, strictly.
func (r *ReleaseRequest) UnmarshalJSON(b []byte) error {
	var w releaseRequestJSON
	if err := decodeBody(b, &w); err != nil {
		return err
	}
	*r = ReleaseRequest{
		Epoch: w.Epoch, Evidence: w.Evidence,
		Name: w.Name.name(),
		Task: TaskAttempt{w.Task.ID, w.Task.Attempt, Terms(w.Task.Terms)},
	}
	return checkEvidenceSize(w.Evidence)
}

// MarshalJSON implements json.Marshaler.
func (r ReleaseReply) MarshalJSON() ([]byte, error) {
	return strictjson.Encode(releaseReplyJSON{r.Epoch, r.Index, r.Sealed})
}

// UnmarshalJSON implements json.Unmarshaler, strictly.
func (r *ReleaseReply) UnmarshalJSON(b []byte) error {
	var w releaseReplyJSON
	if err := decodeBody(b, &w); err != nil {
		return err
	}
	*r = ReleaseReply{w.Epoch, w.Index, w.Sealed}
	return nil
}

func decodeBody[T any](b []byte, v *T) (err error) {
	*v, err = strictjson.Decode[T](b, MaxBody)
	return err
}

func checkEvidenceSize(b []byte) error {
	if len(b) == 0 || len(b) > MaxEvidence {
		return fmt.Errorf("evidence has %d bytes, want 1 to %d", len(b), MaxEvidence)
	}
	return nil
}
