// SPDX-License-Identifier: Apache-2.0

package release

import (
	"errors"
	"testing"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/keyholder"
)

// Verification costs milliseconds. Whatever can be refused without it is: of
// evidence that was published, nobody but its requester, with a permit and a claimed
// attempt, makes a keyholder verify it for a key, and for a certificate only what is
// recent is verified.
func TestCheapChecksComeFirst(t *testing.T) {
	t.Parallel()
	certificate := func(w *world, e attest.Evidence) error {
		_, err := certify(t, w.counted(), w.certificateRequest(e))
		return err
	}
	release := func(w *world, e attest.Evidence) error {
		_, err := unlock(t, w.counted(), w.releaseRequest(e))
		return err
	}
	for name, c := range map[string]struct {
		ask    func(w *world, e attest.Evidence) error
		change func(w *world, e *attest.Evidence)
		code   keyholder.Code
	}{
		"certificate, another chain": {certificate, func(_ *world, e *attest.Evidence) { e.Binding.ChainID++ }, keyholder.CodeWrongNetwork},
		"certificate, old":           {certificate, func(w *world, _ *attest.Evidence) { w.head.Number += keyholder.MaxBaseBlockAge }, keyholder.CodeBaseBlock},
		"certificate, old, made young": {certificate, func(w *world, e *attest.Evidence) {
			w.head.Number += keyholder.MaxBaseBlockAge
			e.Binding.BaseBlock = w.head.Number
		}, keyholder.CodeEvidenceRefused},
		"certificate, block to come": {certificate, func(w *world, _ *attest.Evidence) { w.head.Number = 1 }, keyholder.CodeBaseBlock},
		"certificate, no chain":      {certificate, func(w *world, _ *attest.Evidence) { w.unreach = true }, keyholder.CodeChainUnavailable},
		"key, another registry":      {release, func(_ *world, e *attest.Evidence) { e.Binding.Registry[0]++ }, keyholder.CodeWrongNetwork},
		"key, another name":          {release, func(w *world, _ *attest.Evidence) { w.name.Policy[0]++ }, keyholder.CodeWrongName},
		"certificate, signed by another": {certificate, func(w *world, _ *attest.Evidence) {
			w.key = newKey(t)
		}, keyholder.CodeSignatureInvalid},
		"certificate, another channel key": {certificate, func(_ *world, e *attest.Evidence) {
			e.ChannelKey = append([]byte{e.ChannelKey[0] ^ 1}, e.ChannelKey[1:]...)
		}, keyholder.CodeEvidenceRefused},
		"key, signed by another": {release, func(w *world, _ *attest.Evidence) {
			w.key = newKey(t)
		}, keyholder.CodeSignatureInvalid},
		"key, no permit":           {release, func(w *world, _ *attest.Evidence) { w.expiry = 0 }, keyholder.CodePermitMissing},
		"key, a permit that ended": {release, func(w *world, _ *attest.Evidence) { w.expiry = w.head.Time }, keyholder.CodePermitMissing},
		"key, attempt of another": {release, func(w *world, _ *attest.Evidence) {
			w.config.Chain = stranger{w, Task{State: taskClaimed, Attempt: 1, ClaimExpiry: w.head.Time + 1, Requester: address("other"), Digest: w.task.Digest}}
		}, keyholder.CodeTaskMismatch},
		"key, attempt not claimed": {release, func(w *world, _ *attest.Evidence) { w.task.State = taskOpen }, keyholder.CodeTaskMismatch},
		"key, no chain":            {release, func(w *world, _ *attest.Evidence) { w.unreach = true }, keyholder.CodeChainUnavailable},
		"key, another's binding for his evidence": {release, func(w *world, e *attest.Evidence) {
			w.newRequester()
			e.Binding.Requester = w.binding.Requester
		}, keyholder.CodeEvidenceRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			e := w.evidence()
			c.change(w, &e)
			wantCode(t, c.ask(w, e), c.code)
		})
	}
}

func newKey(t *testing.T) *secp256k1.PrivateKey {
	t.Helper()
	key, err := secp256k1.GeneratePrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// counted are rules by which nothing may be verified.
func (w *world) counted() *Rules {
	w.t.Helper()
	r := w.rules()
	r.authentic = func(attest.Evidence, time.Time) (claims.Claims, error) {
		w.t.Error("evidence was verified")
		return claims.Claims{}, errors.New("not to be verified")
	}
	return r
}

// Anybody can sign a request for a certificate, so few are verified at once. Who comes
// then is told to come again; requests for keys are not held up.
func TestCertificatesAreVerifiedInTurn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.rules()
	verify := r.authentic
	entered, leave := make(chan struct{}), make(chan struct{})
	r.authentic = func(e attest.Evidence, now time.Time) (claims.Claims, error) {
		entered <- struct{}{}
		<-leave
		return verify(e, now)
	}
	certificate := w.certificateRequest(w.evidence())
	release := w.releaseRequest(w.evidence())
	done := make(chan error, maxVerifying+1)
	for range maxVerifying {
		go func() {
			_, err := certify(t, r, certificate)
			done <- err
		}()
		<-entered
	}
	_, err := certify(t, r, certificate)
	wantCode(t, err, keyholder.CodeBusy)
	if e := (*keyholder.Error)(nil); !errors.As(err, &e) || !e.Retryable {
		t.Errorf("not to be tried again: %v", err)
	}
	go func() {
		_, err := unlock(t, r, release)
		done <- err
	}()
	<-entered
	close(leave)
	for range maxVerifying + 1 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	r.authentic = verify
	if _, err := certify(t, r, certificate); err != nil {
		t.Errorf("after the others: %v", err)
	}
}
