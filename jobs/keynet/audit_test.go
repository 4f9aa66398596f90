// SPDX-License-Identifier: Apache-2.0

package keynet_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/jobs/keynet"
	"github.com/escrin/escrin/jobs/keynet/keynettest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
)

func newRun(t *testing.T) *keynettest.Run { return keynettest.New(t, chaintest.New(t)) }

// view reads the whole board as of the newest block.
func view(r *keynettest.Run) keynet.View {
	r.T.Helper()
	head, err := r.Chain.Head(r.T.Context())
	r.Must(err)
	v, err := keynet.Read(r.T.Context(), r.Chain, r.At.KeyNetwork, common.Address{}, head, keynet.All)
	r.Must(err)
	return v
}

// audit audits the whole board.
func audit(r *keynettest.Run) keynet.Report {
	r.T.Helper()
	return keynet.Audit(view(r), keyholder.Network{})
}

// wantProblem fails unless just this problem is found in an epoch, and the network is not sound.
func wantProblem(t *testing.T, r keynet.Report, epoch uint64, words string) {
	t.Helper()
	problems := r.Epochs[epoch-1].Problems
	if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, words) }) || r.Sound() {
		t.Errorf("problems are %q, want one with %q; sound: %v", problems, words, r.Sound())
	}
}

// told is what a network file says after an epoch.
func told(e *keynettest.Epoch) keyholder.Network {
	n := keyholder.Network{Board: keyholder.Board{ChainID: 1, KeyNetwork: [20]byte{1}}, Epoch: e.Number, Threshold: e.Session.Threshold, GroupKey: e.Outcome.GroupKey.Bytes()}
	for i, share := range e.Outcome.PublicShares {
		n.Holders = append(n.Holders, keyholder.Holder{Index: uint32(i + 1), PublicShare: share.Bytes()})
	}
	return n
}

func TestAuditOfAHealthyNetworkOverThreeEpochs(t *testing.T) {
	r := newRun(t)
	if report := audit(r); !report.Sound() || len(report.Epochs) != 0 {
		t.Errorf("audit of an empty board: %+v", report)
	}
	first := r.Succeed(2, 1, 2, 3)
	r.Succeed(2, 1, 2, 3)            // a refresh
	last := r.Succeed(3, 3, 4, 5, 6) // to others, and another threshold
	v := view(r)
	report := keynet.Audit(v, told(last))
	if !report.Sound() || !report.Faultless() || len(report.Epochs) != 3 {
		t.Fatalf("%+v", report)
	}
	for i, e := range report.Epochs {
		if e.Outcome == nil || !e.Outcome.GroupKey.Equal(first.Outcome.GroupKey) || !e.Signed || len(e.Silent)+len(e.Unconfirmed) > 0 {
			t.Errorf("epoch %d: %+v", i+1, e)
		}
	}
	if phases := []chain.Phase{report.Epochs[0].Phase, report.Epochs[1].Phase, report.Epochs[2].Phase}; !slices.Equal(phases,
		[]chain.Phase{chain.RetiredEpoch, chain.RetiredEpoch, chain.ActiveEpoch}) {
		t.Errorf("phases %v", phases)
	}

	// What the caller was told is compared.
	old := told(first)
	if report := keynet.Audit(v, old); !report.Sound() {
		t.Errorf("a file of an epoch before is not wrong: %v", report.Problems)
	}
	for name, change := range map[string]func(*keyholder.Network){
		"key":       func(n *keyholder.Network) { n.GroupKey = curve.G2Generator().Bytes() },
		"epoch":     func(n *keyholder.Network) { n.Epoch = 9 },
		"threshold": func(n *keyholder.Network) { n.Threshold++ },
		"share":     func(n *keyholder.Network) { n.Holders[1].PublicShare = n.Holders[0].PublicShare },
		"members":   func(n *keyholder.Network) { n.Holders = n.Holders[:3] },
	} {
		n := told(last)
		change(&n)
		if report := keynet.Audit(v, n); report.Sound() {
			t.Errorf("a file with another %s passes", name)
		}
	}
	v.Permitter, v.PermitterKey = common.Address{1}, r.GroupKeyOnChain()
	if report := keynet.Audit(v, told(last)); report.Sound() {
		t.Error("a permitter with another key passes")
	}
}

// Every deviation that others can see is named, with who it was, and the key is made all the same.
func TestKR04AuditNamesWhoDeviated(t *testing.T) {
	r := newRun(t)
	e := r.Start(3, 1, 2, 3, 4, 5)
	flip := func(at int) func([]byte) []byte {
		return func(m []byte) []byte {
			m = slices.Clone(m)
			m[at] ^= 1
			return m
		}
	}
	proof := 4*curve.G2RawSize + curve.ScalarSize - 1
	sealed := proof + 1 + 100
	e.Deal(keynettest.Tamper{2: flip(proof), 4: flip(sealed)}) // 4's sub-share to 1 does not open
	e.Complain(keynettest.Tamper{5: func([]byte) []byte { return []byte{3, 3} }})
	e.Justify(nil)
	e.Evaluate()
	e.Certify(keynettest.Tamper{3: func(m []byte) []byte { return flip(0)(m) }, 5: keynettest.Silence})

	report := audit(r)
	got := report.Epochs[0]
	want := []keynet.Fault{
		{Phase: chain.Dealing, Epoch: 1, Index: 2, Reason: dkg.PossessionInvalid},
		{Phase: chain.Complaints, Epoch: 1, Index: 5, Reason: dkg.ComplaintMalformed},
		{Phase: chain.Certification, Epoch: 1, Index: 3, Reason: keynet.ConfirmedOther},
	}
	for i := range want {
		want[i].Account = common.Address(e.Session.Members[want[i].Index-1].Account)
	}
	if !report.Sound() || report.Faultless() || !slices.Equal(got.Faults, want) {
		t.Errorf("sound %v, problems %v, faults\n%+v, want\n%+v", report.Sound(), got.Problems, got.Faults, want)
	}
	if !slices.Equal(got.Outcome.Qualified, []uint32{1, 3, 4, 5}) || !slices.Equal(got.Unconfirmed, []uint32{5}) {
		t.Errorf("qualified %v, unconfirmed %v", got.Outcome.Qualified, got.Unconfirmed)
	}
}

// dealingFaults are ways to deal wrongly, and what the audit calls them.
func dealingFaults() map[dkg.Reason]func([]byte) []byte {
	overwrite := func(at int, with []byte) func([]byte) []byte {
		return func(m []byte) []byte {
			m = slices.Clone(m)
			copy(m[at:], with)
			return m
		}
	}
	generator := curve.G2Generator().Raw()
	return map[dkg.Reason]func([]byte) []byte{
		dkg.DealingSize:       func(m []byte) []byte { return append(slices.Clone(m), 0) },
		dkg.CommitmentInvalid: overwrite(curve.G2RawSize, make([]byte, curve.G2RawSize)), // the identity
		dkg.PossessionInvalid: overwrite(curve.G2RawSize, generator[:]),                  // another degree's commitment
	}
}

func TestKR05KR07AuditNamesEveryFaultOfADealing(t *testing.T) {
	r := newRun(t)
	e := r.Start(4, 1, 2, 3, 4, 5, 6)
	tamper, reasons := keynettest.Tamper{}, []dkg.Reason{}
	for reason, change := range dealingFaults() {
		reasons = append(reasons, reason)
		tamper[uint32(len(reasons))] = change
	}
	e.Deal(tamper)
	e.Reach(chain.Certification)
	faults := audit(r).Epochs[0].Faults
	for i, reason := range reasons {
		if !slices.ContainsFunc(faults, func(f keynet.Fault) bool { return f.Index == uint32(i+1) && f.Reason == reason }) {
			t.Errorf("dealer %d is not named for %s: %+v", i+1, reason, faults)
		}
	}
}

// A key that is handed on: dealers are named as members of the epoch before. The session fails, and the key stays.
func TestKR10AuditOfAHandOverThatFails(t *testing.T) {
	r := newRun(t)
	first := r.Succeed(2, 1, 2, 3)
	e := r.Start(3, 4, 5, 6, 7)
	generator := curve.G2Generator().Raw()
	other := func(m []byte) []byte { return append(slices.Clone(generator[:]), m[curve.G2RawSize:]...) }
	e.Deal(keynettest.Tamper{1: other, 2: keynettest.Silence})
	e.Reach(chain.FailedEpoch)
	v := view(r)
	report := keynet.Audit(v, told(first))
	got := report.Epochs[1]
	want := []keynet.Fault{{Phase: chain.Dealing, Epoch: 1, Index: 1, Account: first.Session.Members[0].Account, Reason: dkg.ShareNotOwn}}
	if !report.Sound() || !slices.Equal(got.Faults, want) || !slices.Equal(got.Silent, []uint32{2}) || got.Outcome != nil || got.Phase != chain.FailedEpoch {
		t.Errorf("sound %v, %+v", report.Sound(), got)
	}
	if !strings.Contains(got.Why, dkg.ErrTooFew.Error()) || v.ActiveEpoch != 1 {
		t.Errorf("why: %s; active epoch %d", got.Why, v.ActiveEpoch)
	}
}

func TestKR04AuditNamesWhoDoesNotAnswerComplaints(t *testing.T) {
	r := newRun(t)
	e := r.Start(3, 1, 2, 3, 4, 5)
	e.Deal(nil)
	e.Complain(keynettest.Tamper{
		3: func([]byte) []byte { return []byte{1, 2} }, // unjust, but to be answered
		4: func([]byte) []byte { return []byte{1, 2, 3} },
	})
	e.Justify(keynettest.Tamper{
		1: keynettest.Silence,
		2: func(m []byte) []byte { m[9] ^= 1; return m },
		3: func([]byte) []byte { return []byte("unasked") },
	})
	e.Reach(chain.FailedEpoch)
	report := audit(r)
	member := func(index uint32, phase chain.Phase, reason dkg.Reason) keynet.Fault {
		return keynet.Fault{Phase: phase, Epoch: 1, Index: index, Account: e.Session.Members[index-1].Account, Reason: reason}
	}
	want := []keynet.Fault{
		member(4, chain.Complaints, dkg.ComplaintTooBroad),
		member(1, chain.Justifications, dkg.JustificationAbsent),
		member(2, chain.Justifications, dkg.JustificationWrong),
		member(3, chain.Justifications, dkg.JustificationWrong),
	}
	if got := report.Epochs[0]; !report.Sound() || !slices.Equal(got.Faults, want) || got.Outcome != nil {
		t.Errorf("sound %v, faults\n%+v, want\n%+v", report.Sound(), got.Faults, want)
	}
}
