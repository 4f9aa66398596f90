// SPDX-License-Identifier: Apache-2.0

package release

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// KR-01: what an enclave signed for another key network is good for nothing here, whoever brings it: a host that describes a
// network of its own to the enclave gets no certificate, no key and no state of this one.
func TestKR01RequestsForAnotherGroupKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e, question := w.evidence(), w.question()
	other := group.Key
	other[95] ^= 1
	channel := attest.HashChannelKey(e.ChannelKey)
	for _, c := range []struct {
		path        string
		inner       json.Marshaler
		responseKey [32]byte
		put         func(s keyholder.SignedRequest) error
	}{
		{keyholder.PathCertificate, keyholder.CertificateRequest{Epoch: 1, Evidence: marshal(t, e), Permitter: w.permitter}, channel,
			func(s keyholder.SignedRequest) error { _, err := certify(t, w.rules(), s); return err }},
		{keyholder.PathRelease, keyholder.ReleaseRequest{Epoch: 1, Evidence: marshal(t, e), Name: w.name, Task: w.attempt}, channel,
			func(s keyholder.SignedRequest) error { _, err := unlock(t, w.rules(), s); return err }},
		{keyholder.PathState, question, [32]byte{}, func(s keyholder.SignedRequest) error { return w.tell(s) }},
	} {
		inner, err := json.Marshal(c.inner)
		if err != nil {
			t.Fatal(err)
		}
		for name, of := range map[string][curve.G2Size]byte{"another network": other, "no network": {}} {
			err := c.put(keyholder.Sign(of, c.path, inner, word(name), time.Now(), c.responseKey, w.sign))
			t.Run(c.path+" of "+name, func(t *testing.T) { wantCode(t, err, keyholder.CodeSignatureInvalid) })
		}
		if err := c.put(keyholder.Sign(group.Key, c.path, inner, word("own"), time.Now(), c.responseKey, w.sign)); err != nil {
			t.Errorf("%s of this network: %v", c.path, err)
		}
	}
}

// KR-01: nor is genuine evidence of an enclave that lives in another network, though its requester signs for this one: what such an
// enclave is told of keys and states, its host makes up. Evidence of this one is refused by a holder who is of none.
func TestKR01EvidenceOfAnotherNetwork(t *testing.T) {
	t.Parallel()
	for name, bound := range map[string][32]byte{"another network": word("another network"), "no network": {}} {
		w := newWorld(t)
		w.binding.GroupKeyDigest = bound
		e := w.evidence()
		_, err := certify(t, w.rules(), w.certificateRequest(e))
		t.Run("certificate of "+name, func(t *testing.T) { wantCode(t, err, keyholder.CodeWrongNetwork) })
		_, err = unlock(t, w.rules(), w.releaseRequest(e))
		t.Run("key of "+name, func(t *testing.T) { wantCode(t, err, keyholder.CodeWrongNetwork) })
	}
	w := newWorld(t)
	_, err := w.rules().OpenCertificate(Group{Key: group.Key}, w.certificateRequest(w.evidence()))
	wantCode(t, err, keyholder.CodeWrongNetwork)
}

// KR-01: and whoever puts this network's digest beside what another enclave's hardware signed has no evidence.
func TestAT02TheNetworkIsSigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.binding.GroupKeyDigest = word("another network")
	e := w.evidence()
	e.Binding.GroupKeyDigest = group.Digest
	_, err := certify(t, w.rules(), w.certificateRequest(e))
	wantCode(t, err, keyholder.CodeEvidenceRefused)
}

// tell puts a signed question about an anchor to the rules, as a server does.
func (w *world) tell(s keyholder.SignedRequest) error {
	w.t.Helper()
	asked, err := w.rules().OpenState(group, s)
	if err != nil {
		return err
	}
	_, err = w.rules().State(w.t.Context(), asked)
	return err
}
