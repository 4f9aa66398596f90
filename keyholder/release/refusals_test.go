// SPDX-License-Identifier: Apache-2.0

package release

import (
	"crypto/x509"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/verify"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/keyname"
)

// refusal changes one thing in a world where everything fits.
type refusal struct {
	name   string
	change func(w *world)
	code   keyholder.Code
}

// common refusals hold for certificates and keys alike.
func common() []refusal {
	return []refusal{
		{"AT-16 another platform's root", func(w *world) {
			other, err := simulator.Open(w.t.TempDir())
			if err != nil {
				w.t.Fatal(err)
			}
			if w.config.Roots, err = verify.ParseRoots(other.RootPEM()); err != nil {
				w.t.Fatal(err)
			}
		}, keyholder.CodeEvidenceInvalid},
		{"AT-04 no root", func(w *world) { w.config.Roots = verify.Roots{} }, keyholder.CodeEvidenceInvalid},
		{"AT-04 no policy", func(w *world) { w.config.Policy = appraise.Policy{} }, keyholder.CodeEvidenceRefused},
		{"AT-05 collateral out of date", func(w *world) {
			w.config.Clock = func() time.Time { return time.Now().AddDate(1, 0, 0) }
		}, keyholder.CodeEvidenceInvalid},
		{"AT-05 record of collateral cannot be written", func(w *world) { w.editions.fails = true }, keyholder.CodeInternal},
		{"AT-12 another MRTD", func(w *world) { w.registers.MRTD[0]++ }, keyholder.CodeEvidenceRefused},
		{"AT-12 another RTMR0", func(w *world) { w.registers.RTMR0[0]++ }, keyholder.CodeEvidenceRefused},
		{"AT-12 another RTMR1", func(w *world) { w.registers.RTMR1[0]++ }, keyholder.CodeEvidenceRefused},
		{"AT-12 another RTMR2", func(w *world) { w.registers.RTMR2[0]++ }, keyholder.CodeEvidenceRefused},
		{"AT-12 another shape", func(w *world) { w.shape.VCPUs++ }, keyholder.CodeEvidenceRefused},
		{"another chain", func(w *world) { w.binding.ChainID++ }, keyholder.CodeWrongNetwork},
		{"another registry", func(w *world) { w.binding.Registry[0]++ }, keyholder.CodeWrongNetwork},
		{"unknown base block", func(w *world) { w.binding.BaseBlock = 91 }, keyholder.CodeBaseBlock},
		{"KR-18 base block of another fork", func(w *world) { w.binding.BaseBlockHash[0]++ }, keyholder.CodeBaseBlock},
		{"KR-18 base block is not final", func(w *world) { w.head.Number = 89 }, keyholder.CodeBaseBlock},
		{"identity without permitter", func(w *world) { w.permitter = [20]byte{} }, keyholder.CodePolicyMismatch},
		{"identity without policy", func(w *world) { w.policy = Policy{} }, keyholder.CodePolicyMismatch},
		{"zero root in policy and evidence", func(w *world) {
			w.policy.Subject, w.binding.MeasurementRoot, w.name.Policy = [32]byte{}, [32]byte{}, [32]byte{}
		}, ""},
		{"KR-24 another policy", func(w *world) { w.policy.Subject[0]++ }, keyholder.CodePolicyMismatch},
		{"policy of no kind", func(w *world) { w.policy.Kind = 0 }, keyholder.CodePolicyMismatch},
		{"policy of an unknown kind", func(w *world) { w.policy.Kind = ByIDBlock + 1 }, keyholder.CodePolicyMismatch},
		{"AT-18 denied platform", func(w *world) { w.denied = true }, keyholder.CodePlatformDenied},
		{"duration too long", func(w *world) { w.binding.Duration = 3601 }, keyholder.CodePolicyMismatch},
		{"no duration", func(w *world) { w.binding.Duration = 0 }, keyholder.CodePolicyMismatch},
		{"KR-17 chain cannot be read", func(w *world) { w.unreach = true }, keyholder.CodeChainUnavailable},
	}
}

func wantRefusal(t *testing.T, err error, want keyholder.Code) {
	t.Helper()
	if want == "" {
		if e := (*keyholder.Error)(nil); !errors.As(err, &e) {
			t.Fatalf("got %v, want a refusal", err)
		}
		return
	}
	wantCode(t, err, want)
}

func TestCertificateRefusals(t *testing.T) {
	t.Parallel()
	cases := append(common(),
		refusal{"AT-01 base block too old", func(w *world) {
			w.head.Number = 90 + keyholder.MaxBaseBlockAge + 1
		}, keyholder.CodeBaseBlock})
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c.change(w)
			_, err := w.certificate()
			wantRefusal(t, err, c.code)
		})
	}
	t.Run("another permitter", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		e := w.evidence()
		_, err := certify(t, w.rules(), w.certificateOf(marshal(t, e), e.ChannelKey, address("mine")))
		wantCode(t, err, keyholder.CodePolicyMismatch)
	})
	t.Run("base block of the highest age is accepted", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.head.Number = 90 + keyholder.MaxBaseBlockAge
		if _, err := w.certificate(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestReleaseRefusals(t *testing.T) {
	t.Parallel()
	cases := append(common(),
		refusal{"KR-14 key of another task", func(w *world) { w.name.Subject[0]++ }, keyholder.CodeWrongName},
		refusal{"KR-14 key of another identity", func(w *world) { w.name.IdentityID[0]++ }, keyholder.CodeWrongName},
		refusal{"KR-14 key of another chain", func(w *world) { w.name.ChainID++ }, keyholder.CodeWrongName},
		refusal{"KR-14 key of another registry", func(w *world) { w.name.Registry[0]++ }, keyholder.CodeWrongName},
		refusal{"KR-14 key under another policy", func(w *world) { w.name.Policy[0]++ }, keyholder.CodeWrongName},
		refusal{"KR-14 another version of names", func(w *world) { w.name.Version++ }, keyholder.CodeWrongName},
		refusal{"KR-14 name without a kind", func(w *world) { w.name.Kind = 0 }, keyholder.CodeKindUnsupported},
		refusal{"KR-14 name of a kind to come", func(w *world) { w.name.Kind = keyname.Secret + 1 }, keyholder.CodeKindUnsupported},
		refusal{"KR-14 task's key as one of the identity", func(w *world) { w.name.Kind = keyname.Omni }, keyholder.CodeWrongName},
		refusal{"signed by another key", func(w *world) {
			var err error
			if w.key, err = secp256k1.GeneratePrivateKey(); err != nil {
				w.t.Fatal(err)
			}
		}, keyholder.CodeSignatureInvalid},
		refusal{"no permit", func(w *world) { w.expiry = 0 }, keyholder.CodePermitMissing},
		refusal{"permit has ended", func(w *world) { w.expiry = w.head.Time }, keyholder.CodePermitMissing},
		refusal{"no task", func(w *world) { w.task.State = 0 }, keyholder.CodeTaskMismatch},
		refusal{"task is open", func(w *world) { w.task.State = taskOpen }, keyholder.CodeTaskMismatch},
		refusal{"task has its result", func(w *world) { w.task.State = 3 }, keyholder.CodeTaskMismatch},
		refusal{"task of another identity", func(w *world) { w.newTerms(terms(word("other"), w.head.Time+1000)) }, keyholder.CodeTaskMismatch},
		refusal{"task under other terms", func(w *world) { w.task.Digest[0]++ }, keyholder.CodeTaskMismatch},
		refusal{"other inputs than the task's", func(w *world) { w.attempt.Terms[2*32]++ }, keyholder.CodeTaskMismatch},
		refusal{"a deadline that the task has not", func(w *world) { w.attempt.Terms[4*32-1]++ }, keyholder.CodeTaskMismatch},
		refusal{"terms left out", func(w *world) { w.attempt.Terms = keyholder.Terms{} }, keyholder.CodeTaskMismatch},
		refusal{"task after its deadline", func(w *world) { w.newTerms(terms(w.binding.IdentityID, w.head.Time)) }, keyholder.CodeTaskMismatch},
		refusal{"a task within a batch", func(w *world) {
			w.taskID[31]++
			w.attempt.ID, w.name.Subject = w.taskID, w.taskID
		}, keyholder.CodeTaskMismatch},
		refusal{"KR-20 later attempt", func(w *world) { w.task.Attempt = 2 }, keyholder.CodeTaskMismatch},
		refusal{"KR-20 attempt to come", func(w *world) { w.attempt.Attempt = 2 }, keyholder.CodeTaskMismatch},
		refusal{"record cannot be written", func(w *world) { w.records.fails = true }, keyholder.CodeInternal},
	)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c.change(w)
			_, err := w.release()
			wantRefusal(t, err, c.code)
			if len(w.records.bound) != 0 {
				t.Fatal("a refused request left a record")
			}
		})
	}
}

// The permit exists, but another requester claimed the attempt.
func TestKR20ClaimOfAnotherRequester(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	permitted := stranger{w, w.task}
	permitted.claimed.Requester = address("another enclave")
	w.config.Chain = permitted
	_, err := w.release()
	wantCode(t, err, keyholder.CodeTaskMismatch)
}

// A claim that has lapsed is anybody's to reopen; one that is extended meanwhile is answered.
func TestLapsedClaim(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lapsed := stranger{w, w.task}
	lapsed.claimed.ClaimExpiry = w.head.Time
	w.config.Chain = lapsed
	_, err := w.release()
	wantCode(t, err, keyholder.CodeTaskMismatch)
	var refusal *keyholder.Error
	if !errors.As(err, &refusal) || !refusal.Retryable {
		t.Errorf("%v is final", err)
	}
}

// AT-02: the quote signs every field of the binding.
func TestAT02EveryFieldOfTheBindingIsBound(t *testing.T) {
	t.Parallel()
	changes := map[string]func(e *attest.Evidence){
		"requester":   func(e *attest.Evidence) { e.Binding.Requester[0]++ },
		"channel key": func(e *attest.Evidence) { e.ChannelKey[0]++ },
		"channel key with its hash": func(e *attest.Evidence) {
			e.ChannelKey[0]++
			e.Binding.ChannelKeyHash = attest.HashChannelKey(e.ChannelKey)
		},
		"duration":      func(e *attest.Evidence) { e.Binding.Duration++ },
		"configuration": func(e *attest.Evidence) { e.Binding.ConfigDigest[0]++ },
		"base block":    func(e *attest.Evidence) { e.Binding.BaseBlock, e.Binding.BaseBlockHash = 80, word("block 80") },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.blocks[80] = word("block 80")
			e := w.evidence()
			e.ChannelKey = append([]byte(nil), e.ChannelKey...)
			change(&e)
			_, err := certify(t, w.rules(), w.certificateRequest(e))
			wantCode(t, err, keyholder.CodeEvidenceRefused)
		})
	}
}

func TestMalformedEvidence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := marshal(t, w.evidence())
	for _, b := range [][]byte{nil, {0}, good[:len(good)-1], append(good[:len(good):len(good)], 0)} {
		_, err := certify(t, w.rules(), w.certificateOf(b, w.channelKey, w.permitter))
		wantCode(t, err, keyholder.CodeBadRequest)
	}
}

// KR-20: a clone with another channel key gets nothing, whatever it does; the
// same request again is served.
func TestKR20CloneGetsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.releaseRequest(w.evidence())
	if _, err := unlock(t, w.rules(), first); err != nil {
		t.Fatal(err)
	}
	if _, err := unlock(t, w.rules(), first); err != nil {
		t.Fatalf("same request again: %v", err)
	}
	w.newChannel()
	_, err := w.release()
	wantCode(t, err, keyholder.CodeAlreadyReleased)
}

// KR-03, KR-20: keys that were taken out of a machine after it was served open
// no other task of the identity, although the chain shows them as claimed by its
// requester; nor does a new channel key under the requester, or a new requester in the
// attempt.
func TestKR20ServedMachineOpensNothingElse(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(w *world){
		"another task":    func(w *world) { w.nextTask("another task") },
		"another attempt": func(w *world) { w.attempt.Attempt, w.task.Attempt = 2, 2 },
		"another task, new channel key": func(w *world) {
			w.nextTask("another task")
			w.newChannel()
		},
		"new requester": func(w *world) { w.newRequester() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if _, err := w.release(); err != nil {
				t.Fatal(err)
			}
			change(w)
			_, err := w.release()
			wantCode(t, err, keyholder.CodeAlreadyReleased)
			if len(w.records.bound) != 1 {
				t.Fatal("a refused request left a record")
			}
		})
	}
	t.Run("the channel key of another, in an own task", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		victim := w.evidence()
		key, claimed, task, name, attempt := w.key, w.task, w.taskID, w.name, w.attempt
		w.nextTask("another task")
		w.newRequester()
		if _, err := w.release(); err != nil {
			t.Fatal(err)
		}
		w.task, w.taskID, w.name, w.attempt = claimed, task, name, attempt
		if _, err := unlock(t, w.rules(), w.signedRequest(victim, key, w.channelKey)); err != nil {
			t.Errorf("its channel key was bound away: %v", err)
		}
	})
	t.Run("new keys, new task", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		if _, err := w.release(); err != nil {
			t.Fatal(err)
		}
		w.nextTask("another task")
		w.newChannel()
		w.newRequester()
		if _, err := w.release(); err != nil {
			t.Fatal(err)
		}
	})
}

// KR-20: of many clones that race, one is served.
func TestKR20RaceOfClones(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rules := w.rules()
	const clones = 8
	outcomes := make(chan error, clones)
	for range clones {
		w.newChannel()
		req := w.releaseRequest(w.evidence())
		go func() {
			_, err := unlock(t, rules, req)
			outcomes <- err
		}()
	}
	served := 0
	for range clones {
		if err := <-outcomes; err == nil {
			served++
		} else {
			wantCode(t, err, keyholder.CodeAlreadyReleased)
		}
	}
	if served != 1 {
		t.Fatalf("%d clones were served", served)
	}
}

// older are the ways in which collateral that is still valid can be older than
// other collateral that was seen: days is the age in which it differs.
func older(days int) map[string]simulator.Flaws {
	issued := time.Now().AddDate(0, 0, -days)
	list := func(issuer string, change func(l *x509.RevocationList)) simulator.Flaws {
		return simulator.Flaws{CRL: func(name string, l *x509.RevocationList) {
			if l.Number = big.NewInt(7); name == issuer {
				change(l)
			}
		}}
	}
	lists := list("", nil).CRL
	return map[string]simulator.Flaws{
		"TCB info number":      {CRL: lists, TCBInfo: func(i *collateral.TCBInfo) { i.EvaluationNumber-- }},
		"TCB info date":        {CRL: lists, TCBInfo: func(i *collateral.TCBInfo) { i.IssueDate = issued }},
		"QE identity number":   {CRL: lists, QEIdentity: func(q *collateral.QEIdentity) { q.EvaluationNumber-- }},
		"QE identity date":     {CRL: lists, QEIdentity: func(q *collateral.QEIdentity) { q.IssueDate = issued }},
		"root list number":     list(rootCA, func(l *x509.RevocationList) { l.Number = big.NewInt(6) }),
		"root list date":       list(rootCA, func(l *x509.RevocationList) { l.ThisUpdate = issued }),
		"platform list number": list(platformCA, func(l *x509.RevocationList) { l.Number = big.NewInt(6) }),
		"platform list date":   list(platformCA, func(l *x509.RevocationList) { l.ThisUpdate = issued }),
	}
}

const rootCA, platformCA = "Intel SGX Root CA", "Intel SGX PCK Platform CA"

// AT-05: collateral that is valid, but older than what this keyholder saw before,
// is refused for certificates and keys: at once if its number is lower, and a day
// after the newer one was seen if only its date is earlier. What is as new is
// accepted before and after.
func TestAT05OlderCollateral(t *testing.T) {
	t.Parallel()
	newer := simulator.Flaws{CRL: func(_ string, l *x509.RevocationList) { l.Number = big.NewInt(7) }}
	for name, flaws := range older(3) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.flaws = flaws
			if _, err := w.certificate(); err != nil {
				t.Fatalf("before newer collateral was seen: %v", err)
			}
			w.flaws = newer
			if _, err := w.certificate(); err != nil {
				t.Fatal(err)
			}
			w.flaws = flaws
			if strings.HasSuffix(name, "date") {
				w.wantADay(w.releaseRequest(w.evidence()))
			}
			_, err := w.certificate()
			wantCode(t, err, keyholder.CodeCollateralOutdated)
			_, err = w.release()
			wantCode(t, err, keyholder.CodeCollateralOutdated)
			w.flaws = newer
			if _, err := w.release(); err != nil {
				t.Fatalf("newest collateral: %v", err)
			}
		})
	}
}

// wantADay expects that evidence with an earlier edition of the same number is
// accepted for a day, and sets the clock to after it.
func (w *world) wantADay(request keyholder.SignedRequest) {
	w.t.Helper()
	now := time.Now()
	for _, after := range []time.Duration{0, collateral.MaxLag - time.Minute} {
		w.config.Clock = func() time.Time { return now.Add(after) }
		if _, err := unlock(w.t, w.rules(), request); err != nil {
			w.t.Fatalf("%v after a newer edition was seen: %v", after, err)
		}
	}
	w.config.Clock = func() time.Time { return now.Add(collateral.MaxLag + time.Minute) }
}

// AT-05: who has authentic evidence, but none that is acceptable here, cannot have
// all others fetch what the vendor gives out early.
func TestAT05UnacceptableEvidenceRaisesNothing(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(w *world){
		"another enclave":             func(w *world) { w.registers.MRTD[0]++ },
		"another policy on the chain": func(w *world) { w.policy.Subject[0]++ },
		"a block of another fork":     func(w *world) { w.binding.BaseBlockHash[0]++ },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, attacker := newWorld(t), newWorld(t)
			attacker.platform, attacker.config.Roots = w.platform, w.config.Roots
			attacker.config.Editions = &w.editions
			attacker.flaws.TCBInfo = func(i *collateral.TCBInfo) { i.EvaluationNumber++ }
			change(attacker)
			if _, err := attacker.certificate(); err == nil {
				t.Fatal("accepted")
			}
			if _, err := attacker.release(); err == nil {
				t.Fatal("accepted")
			}
			if len(w.editions.known) != 0 {
				t.Error("editions of evidence that was refused are remembered")
			}
			if _, err := w.certificate(); err != nil {
				t.Error(err)
			}
		})
	}
}

// AT-05: collateral that is not authentic raises nothing.
func TestAT05ForgedCollateralIsNotRemembered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flaws = simulator.Flaws{
		TCBInfo: func(i *collateral.TCBInfo) { i.EvaluationNumber = 99 },
		Bundle:  func(b *collateral.Bundle) { b.TCBInfo.Signature[0] ^= 1 },
	}
	_, err := w.certificate()
	wantCode(t, err, keyholder.CodeEvidenceInvalid)
	if len(w.editions.known) != 0 {
		t.Fatal("forged collateral was remembered")
	}
}

// AT-04: rules cannot be made with anything left out, and zero rules approve
// nothing.
func TestAT04NothingIsOptional(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, drop := range map[string]func(c *Config){
		"chain id": func(c *Config) { c.ChainID = 0 },
		"registry": func(c *Config) { c.Registry = [20]byte{} },
		"task hub": func(c *Config) { c.TaskHub = [20]byte{} },
		"chain":    func(c *Config) { c.Chain = nil },
		"records":  func(c *Config) { c.Records = nil },
		"editions": func(c *Config) { c.Editions = nil },
		"clock":    func(c *Config) { c.Clock = nil },
	} {
		c := w.config
		drop(&c)
		if _, err := New(c); err == nil {
			t.Errorf("rules without %s", name)
		}
	}
	if _, err := certify(t, new(Rules), w.certificateRequest(w.evidence())); err == nil {
		t.Error("zero rules approve a certificate")
	}
	if _, err := w.rules().Certificate(t.Context(), Asked[keyholder.CertificateRequest]{}); err == nil {
		t.Error("a certificate that nobody asked for is approved")
	}
	if _, err := w.rules().Release(t.Context(), Asked[keyholder.ReleaseRequest]{}); err == nil {
		t.Error("a key that nobody asked for is granted")
	}
	if p := (Approved{}).Point(); p.Equal(p) {
		t.Error("zero approval has a point")
	}
	if p := (Grant{}).Point(); p.Equal(p) {
		t.Error("zero grant has a point")
	}
}
