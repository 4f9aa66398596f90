// SPDX-License-Identifier: Apache-2.0

package release

import (
	"errors"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/keyname"
)

// KR-14: keys of the identity and of its secrets are for whom their name says, and
// for an attempt only.
func TestKR14KeysOfTheIdentity(t *testing.T) {
	t.Parallel()
	root := func(w *world) [32]byte { return w.binding.MeasurementRoot }
	author := func(*world) [32]byte { return word("author") }
	zero := func(*world) (none [32]byte) { return none }
	byAuthor := Policy{Kind: ByAuthor, Subject: word("author"), MaxDuration: 3600}
	byIDBlock := Policy{Kind: ByIDBlock, Subject: word("author"), MaxDuration: 3600}
	for name, c := range map[string]struct {
		policy Policy // of the identity; zero for one by measurements
		named  func(w *world) [32]byte
		good   bool
	}{
		"the measurement root":                       {Policy{}, root, true},
		"the measurement root, policy by author":     {byAuthor, root, true},
		"left to the policy":                         {Policy{}, zero, true},
		"left to the policy, by author":              {byAuthor, zero, true},
		"the author of the policy":                   {byAuthor, author, true},
		"another author than the policy's":           {byAuthor, func(*world) [32]byte { return word("other") }, false},
		"an author, policy by measurements":          {Policy{}, author, false},
		"an author whom the evidence does not show":  {byIDBlock, author, false},
		"another measurement root, policy by author": {byAuthor, func(w *world) [32]byte { return word("root") }, false},
	} {
		for _, kind := range []keyname.Kind{keyname.Omni, keyname.Secret} {
			w := newWorld(t)
			if c.policy.Kind != 0 {
				w.policy = c.policy
			}
			w.name = keyname.ForOmni(chainID, w.binding.Registry, w.binding.IdentityID, c.named(w), 3)
			if kind == keyname.Secret {
				w.name.Kind, w.name.Subject = kind, word("label")
			}
			_, err := w.release()
			if c.good && err != nil {
				t.Errorf("%s, kind %d: %v", name, kind, err)
			} else if !c.good {
				wantCode(t, err, keyholder.CodeWrongName)
			}
			w.task.State = taskOpen
			if _, err := w.release(); err == nil {
				t.Errorf("%s, kind %d: released without an attempt", name, kind)
			}
		}
	}
}

// KR-20: an attempt's machine gets every key that it may have; another machine in
// the same attempt gets none, of any kind.
func TestKR20OneMachineForAllKinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	task := w.name
	if _, err := w.release(); err != nil {
		t.Fatal(err)
	}
	w.name = keyname.ForOmni(chainID, w.binding.Registry, w.binding.IdentityID, [32]byte{}, 1)
	if _, err := w.release(); err != nil {
		t.Fatal(err)
	}
	w.newChannel()
	for _, name := range []keyname.Name{task, w.name} {
		w.name = name
		_, err := w.release()
		wantCode(t, err, keyholder.CodeAlreadyReleased)
	}
}

// KR-03: the splice matrix. Two machines make requests of two kinds for two
// attempts; any part of one in the place of the other's gives nothing.
func TestKR03SpliceMatrix(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Chain = everyonePermitted{w}
	mine := w.releaseRequest(w.evidence())
	e := w.evidence()
	w.nextTask("another task")
	w.newChannel()
	w.newRequester()
	theirs := w.releaseRequest(w.evidence())
	certificate := w.certificateRequest(w.evidence())
	hash := attest.HashChannelKey(w.channelKey)
	parts := map[string]func(s *keyholder.SignedRequest){
		"inner":     func(s *keyholder.SignedRequest) { s.Inner = theirs.Inner },
		"nonce":     func(s *keyholder.SignedRequest) { s.Nonce[0] ^= 1 },
		"time":      func(s *keyholder.SignedRequest) { s.Time++ },
		"signature": func(s *keyholder.SignedRequest) { s.Signature = theirs.Signature },
		"epoch": func(s *keyholder.SignedRequest) {
			*s = inner(t, *s, func(r *keyholder.ReleaseRequest) { r.Epoch++ })
		},
		"name": func(s *keyholder.SignedRequest) {
			*s = inner(t, *s, func(r *keyholder.ReleaseRequest) { r.Name = w.name })
		},
		"task": func(s *keyholder.SignedRequest) {
			*s = inner(t, *s, func(r *keyholder.ReleaseRequest) { r.Task = w.attempt })
		},
		"evidence": func(s *keyholder.SignedRequest) {
			*s = inner(t, *s, func(r *keyholder.ReleaseRequest) { r.Evidence = marshal(t, w.evidence()) })
		},
	}
	for first, one := range parts {
		for second, other := range parts {
			if first == "inner" && second == "signature" || first == "signature" && second == "inner" {
				continue // that is their whole request
			}
			spliced := mine
			one(&spliced)
			other(&spliced)
			if first == second && (first == "nonce" || first == "inner") {
				one(&spliced) // twice undoes a flip
			}
			_, err := w.rules().OpenRelease(spliced)
			if e := (*keyholder.Error)(nil); !errors.As(err, &e) || e.Code != keyholder.CodeSignatureInvalid {
				t.Errorf("%s and %s: %v", first, second, err)
			}
		}
	}
	if _, err := w.rules().OpenRelease(certificate); err == nil {
		t.Error("a request for a certificate asks for a key")
	}
	if by, err := certificate.Recover(keyholder.PathRelease, hash); err == nil && by == w.binding.Requester {
		t.Error("a signature for a certificate is one for a key")
	}
	if mine.Digest(keyholder.PathRelease, attest.HashChannelKey(e.ChannelKey)) == theirs.Digest(keyholder.PathRelease, hash) {
		t.Error("two requests have one digest")
	}
}
