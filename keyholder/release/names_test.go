// SPDX-License-Identifier: Apache-2.0

package release

import (
	"errors"
	"fmt"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/keyname"
)

// account is the word of a policy by author.
func account(name string) (w [32]byte) {
	a := address(name)
	copy(w[12:], a[:])
	return w
}

// signedBy has the enclave launched with an ID block whose author key, which the
// keyholder's policy lists, has this digest; zero is of none.
func (w *world) signedBy(digest attest.Register) {
	w.t.Helper()
	if digest == (attest.Register{}) {
		return
	}
	w.config.Policy = policyWith(w.t, `"authorKeys": ["zero"]`, fmt.Sprintf(`"authorKeys": ["0x%x"]`, digest[:]))
	w.snpFlaws.Report = func(r *snp.Report) { r.AuthorKeyDigest, r.KeyInfo.AuthorKeyEnabled = digest, true }
}

// KR-14: keys of the identity and of its secrets are for whom their name says, and
// for an attempt only. Who that is the evidence shows: not the identity's policy,
// whose registrant may write there what a victim has sealed to.
func TestKR14KeysOfTheIdentity(t *testing.T) {
	t.Parallel()
	key := attest.Register{7}
	keyWord := abi.Keccak(key[:])
	root := func(w *world) [32]byte { return w.binding.MeasurementRoot }
	exactly := func(word [32]byte) func(*world) [32]byte { return func(*world) [32]byte { return word } }
	policy := func(kind PolicyKind, subject [32]byte) Policy { return Policy{kind, subject, 3600} }
	for name, c := range map[string]struct {
		policy Policy // of the identity; zero for one by measurements
		author attest.Register
		named  func(w *world) [32]byte
		good   bool
	}{
		"the measurement root":                         {Policy{}, key, root, true},
		"the measurement root, policy by author":       {policy(ByAuthor, account("author")), key, root, true},
		"left to the policy":                           {Policy{}, key, exactly([32]byte{}), true},
		"left to the policy, by author":                {policy(ByAuthor, account("author")), key, exactly([32]byte{}), true},
		"the author whom the evidence shows":           {policy(ByIDBlock, keyWord), key, exactly(keyWord), true},
		"the same, policy by measurements":             {Policy{}, key, exactly(keyWord), true},
		"the same, policy of another author":           {policy(ByIDBlock, word("author")), key, exactly(keyWord), true},
		"another author than the evidence shows":       {policy(ByIDBlock, word("author")), key, exactly(word("author")), false},
		"an author where the evidence shows none":      {policy(ByIDBlock, keyWord), attest.Register{}, exactly(keyWord), false},
		"another root, which the policy names":         {policy(ByIDBlock, word("root")), key, exactly(word("root")), false},
		"another root":                                 {policy(ByAuthor, account("author")), key, exactly(word("root")), false},
		"an account that the policy names":             {policy(ByAuthor, account("author")), key, exactly(account("author")), false},
		"an account, policy of the shown author":       {policy(ByIDBlock, keyWord), key, exactly(account("author")), false},
		"an author, policy by measurements":            {Policy{}, key, exactly(word("author")), false},
		"an author that verification found in nothing": {Policy{}, attest.Register{}, exactly(abi.Keccak(make([]byte, 48))), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newSNPWorld(t)
			w.signedBy(c.author)
			if c.policy.Kind != 0 {
				w.policy = c.policy
			}
			for _, kind := range []keyname.Kind{keyname.Omni, keyname.Secret} {
				w.name = keyname.ForOmni(chainID, w.binding.Registry, w.binding.IdentityID, c.named(w), 3)
				if kind == keyname.Secret {
					w.name.Kind, w.name.Subject = kind, word("label")
				}
				w.task.State = taskClaimed
				_, err := w.release()
				if c.good && err != nil {
					t.Errorf("kind %d: %v", kind, err)
				} else if !c.good {
					wantCode(t, err, keyholder.CodeWrongName)
				}
				w.task.State = taskOpen
				if _, err := w.release(); err == nil {
					t.Errorf("kind %d: released without an attempt", kind)
				}
			}
		})
	}
}

// KR-14: a registrant writes into the identity's policy, as the account of an author,
// what a victim has sealed a secret to, and runs an enclave of its own choice.
func TestKR14PolicyNamesWhatIsNoAccount(t *testing.T) {
	t.Parallel()
	author := attest.Register{7}
	for name, victim := range map[string][32]byte{
		"measurement root": word("root of the victim's enclaves"), "ID block's author": abi.Keccak(author[:]),
	} {
		w := newSNPWorld(t)
		w.policy = Policy{ByAuthor, victim, 3600}
		var err error
		if w.name, err = keyname.ForSecret(chainID, w.binding.Registry, w.binding.IdentityID, "password", victim, 1); err != nil {
			t.Fatal(err)
		}
		if _, err := w.release(); err == nil {
			t.Errorf("%s: released", name)
		}
		w.policy.Subject = account("author")
		_, err = w.release()
		wantCode(t, err, keyholder.CodeWrongName)
		w.policy.Subject = victim
		_, err = w.certificate()
		wantCode(t, err, keyholder.CodePolicyMismatch)
		if len(w.records.bound) != 0 {
			t.Errorf("%s: left a record", name)
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
			_, err := w.rules().OpenRelease(group, spliced)
			if e := (*keyholder.Error)(nil); !errors.As(err, &e) || e.Code != keyholder.CodeSignatureInvalid {
				t.Errorf("%s and %s: %v", first, second, err)
			}
		}
	}
	if _, err := w.rules().OpenRelease(group, certificate); err == nil {
		t.Error("a request for a certificate asks for a key")
	}
	if by, err := certificate.Recover(certificate.Digest(group.Key, keyholder.PathRelease, hash)); err == nil && by == w.binding.Requester {
		t.Error("a signature for a certificate is one for a key")
	}
	if mine.Digest(group.Key, keyholder.PathRelease, attest.HashChannelKey(e.ChannelKey)) == theirs.Digest(group.Key, keyholder.PathRelease, hash) {
		t.Error("two requests have one digest")
	}
}
