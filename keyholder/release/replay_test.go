// SPDX-License-Identifier: Apache-2.0

package release

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/envelope"
)

// AT-01: evidence that was used gives its holder nothing new, at this keyholder
// or at another one. The same bytes again give the same share, sealed to the same
// channel key; with any other key beside them they give nothing.
func TestAT01ReplayAfterUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request := w.releaseRequest(w.evidence())
	first, err := unlock(t, w.rules(), request)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := w.config // another keyholder: its own records, the same chain
	elsewhere.Records = new(memory)
	other, err := New(elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	for name, rules := range map[string]*Rules{"same keyholder": w.rules(), "another keyholder": other} {
		again, err := unlock(t, rules, request)
		if err != nil || !bytes.Equal(again.ChannelKey(), first.ChannelKey()) || again.Answers() != first.Answers() || !again.Point().Equal(first.Point()) {
			t.Errorf("%s: %v", name, err)
		}
		_, err = unlock(t, rules, diverted(t, request))
		wantCode(t, err, keyholder.CodeEvidenceRefused)
	}
	w.nextTask("another task")
	next := func(r *keyholder.ReleaseRequest) { r.Name, r.Task = w.name, w.attempt }
	stale := inner(t, request, next)
	_, err = unlock(t, w.rules(), stale)
	wantCode(t, err, keyholder.CodeSignatureInvalid)
	stale.Signature = w.sign(stale.Digest(group.Key, keyholder.PathRelease, attest.HashChannelKey(w.channelKey)))
	_, err = unlock(t, w.rules(), stale)
	wantCode(t, err, keyholder.CodeAlreadyReleased)
}

// diverted is a request whose evidence carries another channel key than the
// enclave's, as somebody would send it who wants the share for himself.
func diverted(t *testing.T, request keyholder.SignedRequest) keyholder.SignedRequest {
	t.Helper()
	return inner(t, request, func(r *keyholder.ReleaseRequest) {
		e, err := attest.ParseEvidence(r.Evidence)
		if err != nil {
			t.Fatal(err)
		}
		if _, e.ChannelKey, err = envelope.GenerateRecipient(); err != nil {
			t.Fatal(err)
		}
		r.Evidence = marshal(t, e)
	})
}

// AT-01: evidence lives as long as its base block is recent, for a certificate,
// and as long as the permit, for a key. Rules of a new process know no more.
func TestAT01ReplayAfterItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	certificate := w.certificateRequest(w.evidence())
	request := w.releaseRequest(w.evidence())
	if _, err := certify(t, w.rules(), certificate); err != nil {
		t.Fatal(err)
	}
	if _, err := unlock(t, w.rules(), request); err != nil {
		t.Fatal(err)
	}
	w.head.Number = w.binding.BaseBlock + keyholder.MaxBaseBlockAge + 1
	w.head.Time = w.expiry
	for range 2 { // the second time as after a restart: from the records alone
		_, err := certify(t, w.rules(), certificate)
		wantCode(t, err, keyholder.CodeBaseBlock)
		_, err = unlock(t, w.rules(), request)
		wantCode(t, err, keyholder.CodePermitMissing)
	}
}

// AT-03: a man in the middle has a second VM of the same image, with a permit of
// its own, and relays the evidence of an honest one into his own session. Whatever
// part of it he replaces by his own, he gets nothing; if he replaces nothing, what
// comes back is sealed to the honest VM.
func TestAT03RelayGainsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	honest, honestKey, claimed := w.evidence(), w.key, w.task
	w.newChannel()
	w.newRequester()
	own, ownKey := w.evidence(), w.key
	w.task, w.config.Chain = claimed, everyonePermitted{w}

	hisStatement := honest
	hisStatement.ChannelKey = own.ChannelKey
	hisStatement.Binding.ChannelKeyHash, hisStatement.Binding.Requester = own.Binding.ChannelKeyHash, own.Binding.Requester
	hisChannel, hisQuote := honest, honest
	hisChannel.ChannelKey = own.ChannelKey
	hisQuote.Signed, hisQuote.Collateral = own.Signed, own.Collateral

	for name, c := range map[string]struct {
		evidence attest.Evidence
		signer   *secp256k1.PrivateKey
		signed   attest.Evidence // whose channel key the request is signed for
		code     keyholder.Code
	}{
		"his signature":              {honest, ownKey, honest, keyholder.CodeSignatureInvalid},
		"his channel key":            {hisChannel, honestKey, honest, keyholder.CodeEvidenceRefused},
		"his channel key, signature": {hisChannel, ownKey, own, keyholder.CodeEvidenceRefused},
		"his statement":              {hisStatement, ownKey, own, keyholder.CodeEvidenceRefused},
		"his quote":                  {hisQuote, honestKey, honest, keyholder.CodeEvidenceRefused},
		"all of it his":              {own, ownKey, own, keyholder.CodeTaskMismatch},
	} {
		_, err := unlock(t, w.rules(), w.signedRequest(c.evidence, c.signer, c.signed.ChannelKey))
		if e := (*keyholder.Error)(nil); !errors.As(err, &e) || e.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	relayed, err := unlock(t, w.rules(), w.signedRequest(honest, honestKey, honest.ChannelKey))
	if err != nil || !bytes.Equal(relayed.ChannelKey(), honest.ChannelKey) {
		t.Errorf("relayed as it is: sealed to another key, or %v", err)
	}
}

// everyonePermitted is a chain on which every requester holds a permit.
type everyonePermitted struct{ *world }

func (c everyonePermitted) At(context.Context) (State, error) { return c, nil }

func (c everyonePermitted) PermitExpiry(context.Context, [20]byte, [32]byte) (uint64, error) {
	return c.expiry, nil
}

// AT-18: when a vendor's key leaks or a family of chips is broken, a stricter
// policy denies certificates and keys alike, also to whom it was given before.
func TestAT18StricterPolicyDenies(t *testing.T) {
	t.Parallel()
	tdx, amd := newWorld(t), newSNPWorld(t)
	family := fmt.Sprintf(`"refusedFamilies": ["0x%x"]`, tdx.platform.FMSPC())
	for name, c := range map[string]struct {
		w           *world
		replace, by string
	}{
		"evaluation floor": {tdx, `"minTcbEvaluation": 18`, fmt.Sprintf(`"minTcbEvaluation": %d`, simulator.EvaluationNumber+1)},
		"family of Intel":  {tdx, `"refusedFamilies": []`, family},
		"platforms":        {tdx, `"platforms": "any"`, `"platforms": ["0x00112233445566778899aabbccddeeff"]`},
		"product of AMD":   {amd, `"product": "Genoa"`, `"product": "Turin"`},
		"microcode floor":  {amd, `"microcode": 84}`, `"microcode": 85}`},
		"chips":            {amd, `"chips": "any"`, `"chips": ["0x` + strings.Repeat("ab", 64) + `"]`},
	} {
		w := c.w
		before := w.config.Policy
		request := w.releaseRequest(w.evidence())
		if _, err := unlock(t, w.rules(), request); err != nil {
			t.Fatalf("%s: before: %v", name, err)
		}
		w.config.Policy = policyWith(t, c.replace, c.by)
		_, err := unlock(t, w.rules(), request)
		wantCode(t, err, keyholder.CodeEvidenceRefused)
		_, err = w.certificate()
		wantCode(t, err, keyholder.CodeEvidenceRefused)
		w.config.Policy = before
	}
}
