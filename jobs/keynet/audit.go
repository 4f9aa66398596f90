// SPDX-License-Identifier: Apache-2.0

package keynet

import (
	"bytes"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
)

// Report is what an audit found.
type Report struct {
	Epochs   []EpochReport // ascending
	Problems []string      // of the board as a whole
}

// Sound tells whether everything that is certified follows from what was posted, and the key is the one that all go by. Faults of members
// that the protocol bears do not make a network unsound.
func (r Report) Sound() bool {
	for _, e := range r.Epochs {
		if len(e.Problems) > 0 {
			return false
		}
	}
	return len(r.Problems) == 0
}

// Faultless tells whether no member deviated.
func (r Report) Faultless() bool {
	for _, e := range r.Epochs {
		if len(e.Faults) > 0 {
			return false
		}
	}
	return true
}

// EpochReport is what an audit found of an epoch.
type EpochReport struct {
	Number      uint64
	Previous    uint64 // whose members dealt; zero if a key was made
	Phase       chain.Phase
	Threshold   int
	Size        int
	Outcome     *dkg.Outcome // what follows from the messages; nil if nothing does, or not yet
	Why         string       // there is no outcome; empty if there is
	Silent      []uint32     // dealers who did not deal
	Unconfirmed []uint32     // members who did not confirm before the certificate came, or in time
	Signed      bool         // whether the group key's signature was seen, and is valid
	Faults      []Fault
	Problems    []string // what contradicts: none of it can come from a board and from messages that fit
}

// Fault is a deviation of one member.
type Fault struct {
	Phase   chain.Phase    // in which it posted, or should have
	Epoch   uint64         // in which it is a member
	Index   uint32         // in that epoch
	Account common.Address // zero if it is not a member's
	Reason  dkg.Reason
}

// ConfirmedOther says that a member confirmed another completion than follows from the messages.
const ConfirmedOther dkg.Reason = "confirmed_other"

// Audit re-checks all epochs of a view from their messages. network is what the caller was told of the network; zero if nothing.
func Audit(v View, network keyholder.Network) Report {
	var r Report
	outcomes := map[uint64]*dkg.Outcome{}
	for i, e := range v.Epochs {
		a := auditor{view: v, epoch: e, outcomes: outcomes, report: EpochReport{
			Number: e.Number, Previous: e.Previous, Phase: e.Phase, Threshold: int(e.Threshold), Size: len(e.Members),
		}}
		if e.Number != uint64(i)+1 {
			a.problem("epochs before it are missing")
		}
		a.run()
		outcomes[e.Number] = a.report.Outcome
		r.Epochs = append(r.Epochs, a.report)
	}
	r.Problems = boardProblems(v, network, outcomes)
	return r
}

// boardProblems compares the board's key with what follows from its epochs, with the permitter's and with what the caller was told.
func boardProblems(v View, network keyholder.Network, outcomes map[uint64]*dkg.Outcome) (problems []string) {
	problem := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if uint64(len(v.Epochs)) != v.LatestEpoch {
		problem("the board has %d epochs, and %d were read", v.LatestEpoch, len(v.Epochs))
	}
	if v.ActiveEpoch == 0 {
		if len(v.GroupKey) > 0 {
			problem("the board has a group key without an active epoch")
		}
		return problems
	}
	if o := outcomes[v.ActiveEpoch]; o == nil {
		problem("the board's group key follows from nothing that was posted in the active epoch %d", v.ActiveEpoch)
	} else if key := o.GroupKey.EIP2537(); !bytes.Equal(key[:], v.GroupKey) {
		problem("the board's group key is not the one that was made")
	}
	if len(v.PermitterKey) > 0 && !bytes.Equal(v.PermitterKey, v.GroupKey) {
		problem("the permitter %s goes by another group key", v.Permitter)
	}
	return append(problems, toldProblems(v, network, outcomes)...)
}

// toldProblems compares what the caller was told of the network.
func toldProblems(v View, network keyholder.Network, outcomes map[uint64]*dkg.Outcome) (problems []string) {
	if network.GroupKey == [curve.G2Size]byte{} {
		return nil
	}
	if key, err := curve.G2FromEIP2537(v.GroupKey); err != nil || key.Bytes() != network.GroupKey {
		problems = append(problems, "the network file has another group key than the board")
	}
	o := outcomes[network.Epoch]
	record, _ := v.Epoch(network.Epoch)
	switch {
	case o == nil:
		problems = append(problems, fmt.Sprintf("the network file is of epoch %d, of which nothing is certified", network.Epoch))
	case int(record.Threshold) != network.Threshold || !sameShares(*o, network):
		problems = append(problems, fmt.Sprintf("the network file has another threshold or other public shares than epoch %d", network.Epoch))
	}
	return problems
}

func sameShares(o dkg.Outcome, network keyholder.Network) bool {
	for i, share := range o.PublicShares {
		if holder, _ := network.Holder(uint32(i) + 1); share.Bytes() != holder.PublicShare { // zeros of who has none
			return false
		}
	}
	return len(network.Holders) == 0 || int(network.Holders[len(network.Holders)-1].Index) <= len(o.PublicShares)
}

// auditor audits one epoch.
type auditor struct {
	view     View
	epoch    Epoch
	outcomes map[uint64]*dkg.Outcome // of epochs before
	report   EpochReport
}

func (a *auditor) problem(format string, args ...any) {
	a.report.Problems = append(a.report.Problems, fmt.Sprintf(format, args...))
}

func (a *auditor) run() {
	if a.epoch.SessionID == (common.Hash{}) {
		a.problem("the board has no such epoch")
		return
	}
	a.checkSession()
	a.checkPosts()
	a.checkTranscript()
	switch phase := a.epoch.Phase; {
	case a.aborted():
		a.report.Why = "the governor gave it up"
	case phase.Running() && phase != chain.Certification:
		a.report.Why = "it is under way"
	default:
		a.findSilent()
		a.evaluate()
	}
	if a.certified() {
		a.checkCompletion()
	}
}

func (a *auditor) aborted() bool { return a.epoch.PhaseBlocks == 0 }

func (a *auditor) certified() bool { return a.epoch.Commitments != common.Hash{} }

// checkSession holds the session's id against all that it binds (KR-09).
func (a *auditor) checkSession() {
	e := a.epoch
	if !a.aborted() && e.Session(a.view.ChainID, a.view.Board, e.Parent) != e.SessionID {
		a.problem("its session id is not bound to this chain, board, members, threshold and block")
	}
	last := uint64(0)
	for _, before := range a.view.Epochs {
		if before.Number < e.Number && before.Commitments != (common.Hash{}) {
			last = before.Number
		}
	}
	if e.Previous != last {
		a.problem("it hands on epoch %d, and epoch %d was active", e.Previous, last)
	}
}

// checkPosts looks at where each message is, and whose it is.
func (a *auditor) checkPosts() {
	type place struct {
		phase chain.Phase
		index uint32
	}
	seen := map[place]bool{}
	for _, p := range a.epoch.Posts {
		in := a.epoch.Blocks(p.Phase)
		if !a.aborted() && (p.At.Block < in.First || p.At.Block > in.Last) {
			a.problem("a message of %s is in block %d, outside of that phase", p.Phase, p.At.Block)
		}
		authors := len(a.epoch.Members)
		if p.Phase == chain.Dealing || p.Phase == chain.Justifications {
			authors = len(a.view.Dealers(a.epoch))
		}
		if p.Index == 0 || int(p.Index) > authors {
			a.problem("a message of %s is by index %d of %d", p.Phase, p.Index, authors)
		}
		if seen[place{p.Phase, p.Index}] {
			a.problem("index %d has two messages of %s", p.Index, p.Phase)
		}
		seen[place{p.Phase, p.Index}] = true
	}
}

// checkTranscript holds the messages against the digest that the board has of them.
func (a *auditor) checkTranscript() {
	var posts []dkg.Post
	for _, p := range a.epoch.Posts {
		if p.Phase < chain.Certification {
			posts = append(posts, dkg.Post{Phase: uint8(p.Phase), Index: p.Index, Message: p.Message})
		}
	}
	if dkg.Transcript(a.epoch.SessionID, posts) != a.epoch.Transcript {
		a.problem("its messages are not those that the board has the digest of")
	}
}

func (a *auditor) findSilent() {
	for i := range a.view.Dealers(a.epoch) {
		if !a.epoch.Posted(chain.Dealing, uint32(i+1)) {
			a.report.Silent = append(a.report.Silent, uint32(i+1))
		}
	}
}

// evaluate computes what follows from the messages.
func (a *auditor) evaluate() {
	session, err := a.session()
	if err == nil {
		err = session.Validate()
	}
	if err != nil {
		a.report.Why = err.Error()
		return
	}
	outcome, err := dkg.Evaluate(session, a.board())
	for _, f := range outcome.Faults {
		a.fault(chain.Phase(f.Phase), f.Index, f.Reason)
	}
	if err != nil {
		a.report.Why = err.Error()
		return
	}
	a.report.Outcome = &outcome
	a.checkConfirmations(a.completionDigest(outcome))
}

func (a *auditor) session() (dkg.Session, error) {
	e := a.epoch
	s := dkg.Session{ID: e.SessionID, Epoch: e.Number, Threshold: int(e.Threshold)}
	for _, m := range e.Members {
		s.Members = append(s.Members, dkg.Member{Account: m.Account, Signer: m.Signer, EncryptionKey: m.EncryptionKey})
	}
	if e.Previous == 0 {
		return s, nil
	}
	previous, known := a.view.Epoch(e.Previous)
	outcome := a.outcomes[e.Previous]
	if !known || outcome == nil {
		return s, fmt.Errorf("what epoch %d led to is not known", e.Previous)
	}
	s.Previous = &dkg.Previous{Epoch: e.Previous, Threshold: int(previous.Threshold), GroupKey: outcome.GroupKey, PublicShares: outcome.PublicShares}
	return s, nil
}

func (a *auditor) board() dkg.Board {
	b := dkg.Board{Dealings: map[uint32][]byte{}, Complaints: map[uint32][]byte{}, Justifications: map[uint32][]byte{}}
	for _, p := range a.epoch.Posts {
		switch p.Phase {
		case chain.Dealing:
			b.Dealings[p.Index] = p.Message
		case chain.Complaints:
			b.Complaints[p.Index] = p.Message
		case chain.Justifications:
			b.Justifications[p.Index] = p.Message
		}
	}
	return b
}

// fault notes a deviation, and whose it is: dealings and justifications are those of dealers.
func (a *auditor) fault(phase chain.Phase, index uint32, reason dkg.Reason) {
	f := Fault{Phase: phase, Epoch: a.epoch.Number, Index: index, Reason: reason}
	members := a.epoch.Members
	if (phase == chain.Dealing || phase == chain.Justifications) && a.epoch.Previous != 0 {
		members, f.Epoch = a.view.Dealers(a.epoch), a.epoch.Previous
	}
	if index >= 1 && int(index) <= len(members) {
		f.Account = members[index-1].Account
	}
	a.report.Faults = append(a.report.Faults, f)
}

func (a *auditor) completionDigest(o dkg.Outcome) [32]byte {
	return dkg.CompletionDigest(a.epoch.SessionID, o.GroupKeyDigest(), o.CommitmentsDigest(), a.epoch.Transcript)
}

// checkConfirmations finds members who confirmed something else, or nothing.
func (a *auditor) checkConfirmations(want [32]byte) {
	confirmed := map[uint32]bool{}
	for _, p := range a.epoch.Posts {
		if p.Phase != chain.Certification {
			continue
		}
		confirmed[p.Index] = true
		if !bytes.Equal(p.Message, want[:]) {
			a.fault(chain.Certification, p.Index, ConfirmedOther)
		}
	}
	for i := range a.epoch.Members {
		if a.epoch.Phase != chain.Certification && !confirmed[uint32(i+1)] {
			a.report.Unconfirmed = append(a.report.Unconfirmed, uint32(i+1))
		}
	}
}

// checkCompletion holds the certificate against what follows from the messages.
func (a *auditor) checkCompletion() {
	c, o := a.epoch.Completion, a.report.Outcome
	if o == nil {
		a.problem("it is certified, and nothing follows from its messages: %s", a.report.Why)
		return
	}
	if a.epoch.Commitments != common.Hash(o.CommitmentsDigest()) {
		a.problem("it is certified with other public shares than follow from its messages")
	}
	if c == nil {
		a.problem("it is certified, and there is no certificate")
		return
	}
	if c.GroupKeyDigest != common.Hash(o.GroupKeyDigest()) {
		a.problem("it is certified with another group key than follows from its messages")
	}
	if c.Commitments != a.epoch.Commitments || c.Transcript != a.epoch.Transcript {
		a.problem("its certificate is not that of the board's record")
	}
	a.checkSignature(c)
}

// checkSignature verifies the group key's own signature, if the certifying transaction shows it. Else the contract has.
func (a *auditor) checkSignature(c *chain.Completion) {
	if c.GroupKey == nil {
		return
	}
	key, err := curve.G2FromEIP2537(c.GroupKey)
	if err != nil || crypto.Keccak256Hash(c.GroupKey) != c.GroupKeyDigest {
		a.problem("the group key in its certificate is none, or not the one that was certified")
		return
	}
	signature, err := curve.G1FromEIP2537(c.Signature)
	digest := dkg.CompletionDigest(a.epoch.SessionID, c.GroupKeyDigest, c.Commitments, c.Transcript)
	if err != nil || !curve.Verify(signature, curve.HashToG1(curve.DSTCompletion, digest[:]), key) {
		a.problem("the group key did not sign its certificate")
		return
	}
	a.report.Signed = true
}
