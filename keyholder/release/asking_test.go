// SPDX-License-Identifier: Apache-2.0

package release

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// group is the group key of the network whose holder decides.
var group, _ = GroupOf(curve.G2Generator().Bytes())

// certify puts a signed request to rules, as a server does.
func certify(t *testing.T, r *Rules, s keyholder.SignedRequest) (Approved, error) {
	asked, err := r.OpenCertificate(group, s)
	if err != nil {
		return Approved{}, err
	}
	return r.Certificate(t.Context(), asked)
}

// unlock puts a signed request to rules, as a server does.
func unlock(t *testing.T, r *Rules, s keyholder.SignedRequest) (Grant, error) {
	asked, err := r.OpenRelease(group, s)
	if err != nil {
		return Grant{}, err
	}
	return r.Release(t.Context(), asked)
}

// certificateRequest is a request for a certificate on evidence, signed by the enclave.
func (w *world) certificateRequest(e attest.Evidence) keyholder.SignedRequest {
	w.t.Helper()
	return w.certificateOf(marshal(w.t, e), e.ChannelKey, w.permitter)
}

func (w *world) certificateOf(evidence, channelKey []byte, permitter [20]byte) keyholder.SignedRequest {
	w.t.Helper()
	return w.signed(keyholder.PathCertificate, keyholder.CertificateRequest{Epoch: 1, Evidence: evidence, Permitter: permitter}, channelKey)
}

// releaseRequest is a request for the task's key, signed by the enclave.
func (w *world) releaseRequest(e attest.Evidence) keyholder.SignedRequest {
	w.t.Helper()
	return w.signedRequest(e, w.key, e.ChannelKey)
}

// signedRequest is a request with evidence, signed for a channel key.
func (w *world) signedRequest(e attest.Evidence, by *secp256k1.PrivateKey, channelKey []byte) keyholder.SignedRequest {
	w.t.Helper()
	w.key = by
	req := keyholder.ReleaseRequest{Epoch: 1, Evidence: marshal(w.t, e), Name: w.name, Task: w.attempt}
	return w.signed(keyholder.PathRelease, req, channelKey)
}

func (w *world) signed(path string, inner json.Marshaler, channelKey []byte) keyholder.SignedRequest {
	w.t.Helper()
	b, err := json.Marshal(inner)
	if err != nil {
		w.t.Fatal(err)
	}
	return keyholder.Sign(group.Key, path, b, [32]byte{1}, time.Now(), attest.HashChannelKey(channelKey), w.sign)
}

func (w *world) sign(digest [32]byte) (out [65]byte) {
	compact := ecdsa.SignCompact(w.key, digest[:], false)
	copy(out[:], compact[1:])
	out[64] = compact[0]
	return out
}

// inner changes what a signed request for a key asks for, without signing it again.
func inner(t *testing.T, s keyholder.SignedRequest, change func(r *keyholder.ReleaseRequest)) keyholder.SignedRequest {
	t.Helper()
	var r keyholder.ReleaseRequest
	if err := json.Unmarshal(s.Inner, &r); err != nil {
		t.Fatal(err)
	}
	change(&r)
	var err error
	if s.Inner, err = json.Marshal(r); err != nil {
		t.Fatal(err)
	}
	return s
}
