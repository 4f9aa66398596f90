// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/strictjson"
)

// Routes of escrin v1's secret sharing servers, of whose API this one is the
// successor. What was sound there goes on to work; what was not is refused, with
// the name of what replaces it.
const (
	PathIdentity = "/v1/identity"
	pathPermits  = "/v1/permits/{chain}/{registry}/{identity}"
	pathPolicies = "/v1/policies/{chain}/{registry}/{identity}"
	pathShares   = "/v1/shares/{name}/{chain}/{registry}/{identity}"
	pathSecrets  = "/v1/secrets/{name}/{chain}/{registry}/{identity}"
)

// goneRoutes are refused whatever they carry; nothing of it is read.
func (s *Server) goneRoutes() []route {
	var routes []route
	for pattern, instead := range map[string]string{
		"POST " + pathPolicies: "policies are on chain: the registrant calls setPolicy of the identity's permitter (escrin identity set-policy)",
		"DELETE " + pathPermits: "a permit is given back on chain: its holder calls releaseIdentity of the identity's permitter; " +
			"the registrant takes it away with escrin identity revoke",
		"GET " + pathShares: "no share of the network's key ever leaves its holder: an attested enclave asks POST /v1/release " +
			"for shares of one key, sealed to it",
		"POST " + pathShares: "nobody deals the network's key: its holders make it and hand it on by the KeyNetwork contract (escrin keynet start)",
		"POST " + pathShares + "/commit": "no request ends an epoch: the KeyNetwork contract does, when a threshold of its members " +
			"confirmed and the group key signed (escrin keynet status)",
		"DELETE " + pathShares: "a holder destroys its own share, and only when the next epoch is certified on chain (escrin keynet start)",
		"GET " + pathSecrets: "keyholders store no secrets: an enclave opens what was encrypted to its identity with a key " +
			"from POST /v1/release",
		"PUT " + pathSecrets:    "keyholders store no secrets: encrypt to the identity with escrin secret set",
		"DELETE " + pathSecrets: "keyholders store no secrets: delete the file that escrin secret set wrote",
	} {
		routes = append(routes, route{pattern, s.gone(instead), gone})
	}
	return routes
}

func (s *Server) gone(instead string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		s.answer(w, http.StatusGone, &keyholder.Error{Code: keyholder.CodeGone, Message: instead})
	}
}

// alive answers any request for the root, as escrin v1 did.
func (s *Server) alive(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// identityReply says which account signs what this holder says.
type identityReply struct{ signer [20]byte }

// MarshalJSON implements json.Marshaler.
func (r identityReply) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"signer": "0x" + hex.EncodeToString(r.signer[:])})
}

// identity tells the holder's signer. Escrin v1 also told a key to seal requests
// to, of this process alone: there is none, answers are sealed to the key that
// evidence binds.
func (s *Server) identity(w http.ResponseWriter, _ *http.Request) {
	own := s.share.Load()
	if own == nil {
		s.refuse(w, notReady())
		return
	}
	holder, _ := own.Network().Holder(own.Index())
	s.answer(w, http.StatusOK, identityReply{holder.Signer})
}

// permitRequest is the body with which escrin v1 asked for a permit. Here it is
// what was signed, as in any request.
type permitRequest struct {
	Permitter     v1Address `json:"permitter"`
	Recipient     v1Address `json:"recipient"`
	BaseBlock     uint64    `json:"base_block"`
	Duration      uint64    `json:"duration"`
	Authorization v1Bytes   `json:"authorization"` // evidence
	Context       v1Bytes   `json:"context"`       // empty: what it was for is in the evidence
}

// v1Address is an account in 0x-prefixed hexadecimal of either case.
type v1Address [20]byte

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *v1Address) UnmarshalText(b []byte) error {
	if !parseHex(a[:], string(b)) {
		return fmt.Errorf("want 0x and %d hexadecimal digits", 2*len(a))
	}
	return nil
}

// v1Bytes are bytes in 0x-prefixed hexadecimal of either case.
type v1Bytes []byte

// UnmarshalText implements encoding.TextUnmarshaler.
func (v *v1Bytes) UnmarshalText(b []byte) error {
	*v = make([]byte, max(0, len(b)/2-1))
	if !parseHex(*v, string(b)) {
		return errors.New("want 0x and an even number of hexadecimal digits")
	}
	return nil
}

func decodePermit(b []byte) (permitRequest, error) {
	q, err := strictjson.Decode[permitRequest](b, keyholder.MaxBody)
	if err == nil && len(q.Authorization) > keyholder.MaxEvidence {
		err = fmt.Errorf("authorization has %d bytes, at most %d are allowed", len(q.Authorization), keyholder.MaxEvidence)
	}
	return q, err
}

// openPermit takes a request for a permit as one for a certificate: with what
// escrin v1's servers signed, a permit was taken on chain, and so it is with a
// threshold of shares of a certificate.
func (s *Server) openPermit(r *http.Request, in present, signed keyholder.SignedRequest) (asked, error) {
	q, err := decodePermit(signed.Inner)
	if err != nil {
		return asked{}, badRequest(err)
	}
	a, err := s.rules.OpenPermit(in.group, r.URL.Path, signed, keyholder.CertificateRequest{
		Epoch: in.epoch, Evidence: q.Authorization, Permitter: q.Permitter,
	})
	if err == nil {
		err = q.agrees(r, a.Evidence().Binding)
	}
	if err != nil {
		return asked{}, err
	}
	return s.certificate(a), nil
}

// agrees reports whether what is asked in so many words is what the evidence
// binds. Escrin v1 let the sender choose recipient and duration.
func (q permitRequest) agrees(r *http.Request, b attest.Binding) error {
	var registry [20]byte
	var identity [32]byte
	chain, err := strconv.ParseUint(r.PathValue("chain"), 10, 64)
	switch {
	case err != nil || !parseHex(registry[:], r.PathValue("registry")) || !parseHex(identity[:], r.PathValue("identity")):
		return badRequest(errors.New("the path does not name a chain, a registry and an identity"))
	case chain != b.ChainID || registry != b.Registry || identity != b.IdentityID:
		return &keyholder.Error{Code: keyholder.CodeWrongNetwork, Message: "evidence is bound to another chain, registry or identity than the path names"}
	case q.Recipient != v1Address(b.Requester) || q.BaseBlock != b.BaseBlock || q.Duration != b.Duration:
		return &keyholder.Error{Code: keyholder.CodeEvidenceRefused, Message: "evidence binds another recipient, base block or duration"}
	case len(q.Context) != 0:
		return badRequest(errors.New("context is of no use: leave it empty"))
	}
	return nil
}
