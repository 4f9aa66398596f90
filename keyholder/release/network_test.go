// SPDX-License-Identifier: Apache-2.0

package release

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder"
)

// KR-01: what an enclave signed for another key network is good for nothing here, whoever brings it: a host that describes a
// network of its own to the enclave gets no certificate, no key and no state of this one.
func TestKR01RequestsForAnotherGroupKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e, question := w.evidence(), w.question()
	other := group
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
		for name, of := range map[string]groupKey{"another network": other, "no network": {}} {
			err := c.put(keyholder.Sign(of, c.path, inner, word(name), time.Now(), c.responseKey, w.sign))
			t.Run(c.path+" of "+name, func(t *testing.T) { wantCode(t, err, keyholder.CodeSignatureInvalid) })
		}
		if err := c.put(keyholder.Sign(group, c.path, inner, word("own"), time.Now(), c.responseKey, w.sign)); err != nil {
			t.Errorf("%s of this network: %v", c.path, err)
		}
	}
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
