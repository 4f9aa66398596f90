// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/epoch/epochtest"
	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/share"
	"github.com/escrin/escrin/keyholder/standing"
	"github.com/escrin/escrin/keyholder/transact"
	"github.com/escrin/escrin/keyholder/witness"
)

// holder is a machine with a disk. What runs on it may end at any time.
type holder struct {
	w       *world
	number  int
	account [20]byte
	signer  transact.Account
	address [20]byte // of the signer
	liar    kind     // how it deviates; honest if zero
	disk    *disk
	backups []*disk
	proc    *process // nil while it is down
	fuse    int      // durable writes until the power fails; zero for never
	group   int      // of the network: only those of one group reach one another

	volatile []keystore.Change // what a mutation keeps in memory only
	unsynced [][2][32]byte
	ghost    ghost
	appended int // records, in all its lives

	lastError string
	lost      bool // power, in another goroutine than that of a step

	// Of one that deviates.
	posted map[uint64][]byte       // what it dealt
	kept   map[uint64]*storedShare // what it should have destroyed
}

// process is what a crash ends.
type process struct {
	node     *epoch.Node
	standing *standing.Standing
	gate     *standing.Gate
	witness  *witness.Witness
	rules    *release.Rules
	used     *share.Share
	last     epoch.Progress
	heard    map[[32]byte][]byte // encryption keys of others, by digest
}

func newHolder(w *world, number int) *holder {
	signer, err := transact.ParseAccount(append(make([]byte, 30), byte(number+1), 0xff))
	w.must(err)
	return &holder{w: w, number: number, account: [20]byte{byte(number + 1)}, signer: signer, address: signer.Address(), disk: newDisk()}
}

var silent = slog.New(slog.DiscardHandler)

// boot starts a process from what the disk has.
func (h *holder) boot() {
	p := &process{heard: map[[32]byte][]byte{}}
	var err error
	p.standing, err = standing.Load(h)
	h.w.must(err)
	p.node, err = epoch.New(epoch.Config{
		Account: h.account, Signer: h.address, Board: h.boardOf(), Keys: h, Peers: peers{h}, Rand: rand.Reader,
		Leaving: p.standing.Leaving,
	})
	h.w.must(err)
	p.witness = witness.New(witness.Config{
		Network: witness.Network{ChainID: chainID, Contract: address("board")}, Account: h.signer, Log: h, Book: h, Fetch: h.fetch,
	})
	p.gate = standing.NewGate(p.standing, p.witness)
	p.rules, err = release.NewWithVerifier(release.Config{
		ChainID: chainID, Registry: address("registry"), TaskHub: address("hub"), Policy: h.w.lab.policy,
		Chain: h, Records: h, Editions: h, Clock: func() time.Time { return h.w.lab.now },
	}, h.w.lab.authentic)
	h.w.must(err)
	h.proc = p
}

// board is what the holder posts to: the true one, unless it deviates.
func (h *holder) boardOf() epoch.Board {
	b := epoch.Board(board{h.w.chain.Board(h.address), h})
	switch {
	case h.liar != honest:
		return twisted{b, h}
	case h.w.mutation == destroysAtConfirm:
		return destroying{b, h}
	case h.w.mutation == ignoresComplaints:
		return mute{b}
	}
	return b
}

// alive runs something on the holder, until the power fails.
func (h *holder) alive(do func()) {
	defer func() {
		switch lost := recover(); lost.(type) {
		case nil:
		case powerLoss:
			h.crash()
		default:
			panic(lost)
		}
	}()
	do()
}

// crash ends the process, and with it what was never on the disk.
func (h *holder) crash() {
	h.proc, h.fuse, h.lost = nil, 0, false
	for _, c := range h.volatile {
		delete(h.disk.keys, c.Name)
	}
	for _, b := range h.unsynced {
		delete(h.disk.bonds, b[0])
	}
	h.volatile, h.unsynced = nil, nil
	h.w.changed = true
}

// step lets the node do one thing, and the rest of the process follow. It reports
// whether there was something to do.
func (h *holder) step() (busy bool) {
	if h.proc == nil {
		return false
	}
	h.alive(func() {
		p, err := h.proc.node.Step(context.Background())
		if err != nil {
			h.refused(err)
			return
		}
		h.proc.last, busy = p, p.Did != ""
		h.w.must(h.proc.standing.Observe(p.Head.Latest))
		h.serve(p.Head)
		h.misbehave(p.Head)
	})
	return busy
}

// refused notes an error of a step. What the chain does not tell is no fault; else
// the holder was there, and could not do what it should.
func (h *holder) refused(err error) {
	var e *keyholder.Error
	if errors.As(err, &e) {
		return
	}
	h.w.attend(h)
	if h.lastError != err.Error() {
		h.lastError = err.Error()
		h.w.note("holder %d: %v", h.number, err)
	}
}

// serve makes the share of the active epoch the one in use, if it may be.
func (h *holder) serve(head epoch.Head) {
	p := h.proc
	own, ok := p.node.Serving()
	if !ok {
		p.used = nil
		return
	}
	if err := h.open(own, head); err != nil {
		p.used = nil
		return
	}
	if p.used != nil && p.used.Network().Epoch == own.Epoch {
		return
	}
	p.used = h.use(own)
	h.w.learn(p.used.Network())
}

// inUse are the shares of checkpoints, as servers use them: what every schedule would
// verify again.
var inUse sync.Map

// use verifies a share, unless the same was verified before.
func (h *holder) use(own *epoch.Share) *share.Share {
	id := string(h.disk.keys[keystore.ShareOf(own.Epoch)])
	if known, ok := inUse.Load(id); ok && id != "" {
		return known.(*share.Share)
	}
	used, err := own.Use(h.signer.Sign, boardOf(), nil)
	h.w.must(err)
	if own.Epoch == 1 {
		inUse.Store(id, &used)
	}
	return &used
}

func (h *holder) open(own *epoch.Share, head epoch.Head) error {
	err := h.proc.gate.Ready(context.Background(), h.situation(own, head))
	if h.w.mutation == servesAfterRollback {
		return nil
	}
	return err
}

func (h *holder) situation(own *epoch.Share, head epoch.Head) standing.Situation {
	s := standing.Situation{Latest: head.Latest, Active: own.Epoch, Threshold: own.Threshold}
	for _, m := range own.Members {
		if m.Signer != h.address {
			s.Peers = append(s.Peers, witness.Peer{Signer: m.Signer, URL: string(m.Signer[:])})
		}
	}
	return s
}

// exchange tells the peers how long the audit log is, and hears it from them.
func (h *holder) exchange() {
	if h.proc == nil {
		return
	}
	own, ok := h.proc.node.Serving()
	if !ok {
		return
	}
	h.alive(func() {
		once, stop := context.WithCancel(context.Background())
		h.proc.gate.Watch(once, time.Hour, func() (standing.Situation, bool) {
			stop() // after one round
			return h.situation(own, h.proc.last.Head), true
		}, h.close, silent)
		if h.lost {
			panic(powerLoss{})
		}
	})
}

// close stops serving.
func (h *holder) close() {
	if h.w.mutation != servesAfterRollback {
		h.proc.used = nil
	}
}

// answer is what the holder's server does with a request for a key, without HTTP,
// limits and nonces.
func (h *holder) answer(body []byte) (status int, reply []byte) {
	status, reply = 503, nil
	if h.proc == nil {
		return status, reply
	}
	h.alive(func() {
		var sealed keyholder.ReleaseReply
		var err error
		if h.liar.lies() {
			sealed, err = h.lie(body)
		} else {
			sealed, err = h.decide(body)
		}
		var form json.Marshaler = sealed
		status = 200
		var e *keyholder.Error
		if errors.As(err, &e) {
			status, form = 403, e
		} else if err != nil {
			h.w.fail("holder %d: %v", h.number, err)
		}
		reply, err = json.Marshal(form)
		h.w.must(err)
	})
	return status, reply
}

// decide goes by the rules.
func (h *holder) decide(body []byte) (keyholder.ReleaseReply, error) {
	p := h.proc
	signed, err := keyholder.ParseSignedRequest(body)
	h.w.must(err)
	if p.used == nil {
		return keyholder.ReleaseReply{}, refusal(keyholder.CodeNotReady)
	}
	asked, err := p.rules.OpenRelease(release.Group{Key: p.used.Network().GroupKey, Digest: bound}, signed)
	if err != nil {
		return keyholder.ReleaseReply{}, err
	}
	if now := p.used.Network().Epoch; asked.Epoch() < now {
		return keyholder.ReleaseReply{}, &keyholder.Error{Code: keyholder.CodeWrongEpoch}
	} else if asked.Epoch() > now {
		return keyholder.ReleaseReply{}, refusal(keyholder.CodeNotReady)
	}
	h.w.asks = h.w.enclaveOf(asked.Requester())
	grant, err := p.rules.Release(context.Background(), asked)
	if err != nil {
		return keyholder.ReleaseReply{}, err
	}
	sealed, err := p.used.Seal(grant)
	if err != nil {
		return keyholder.ReleaseReply{}, err
	}
	h.append(asked.Digest())
	if !h.liar.lies() {
		h.w.released(h, asked, grant)
	}
	return sealed, nil
}

// peers are the other holders, as far as this one reaches them.
type peers struct{ h *holder }

func (p peers) of(account [20]byte) *holder {
	for _, other := range p.h.w.holders {
		if other.account == account && other.proc != nil && other.group == p.h.group {
			return other
		}
	}
	return nil
}

// EncryptionKeys implements epoch.Peers. Who shows its key to one of us shows it to
// all.
func (p peers) EncryptionKeys(_ context.Context, members []dkg.Member) [][]byte {
	keys := make([][]byte, len(members))
	for i, m := range members {
		if keys[i] = p.key(m.EncryptionKey); keys[i] == nil {
			p.h.w.missed(m)
		}
	}
	return keys
}

// key returns the key with a digest, of whoever is reached and has it.
func (p peers) key(digest [32]byte) []byte {
	known := p.h.proc.heard
	for _, other := range p.h.w.holders {
		if other = p.of(other.account); other != nil && known[digest] == nil {
			if key := other.showsKey(digest, p.h); key != nil {
				known[digest] = key
			}
		}
	}
	return known[digest]
}

// showsKey answers another who asks for a key, with our own or one that we heard of.
func (h *holder) showsKey(digest [32]byte, to *holder) []byte {
	own, ok := h.proc.node.EncryptionKey(digest)
	switch {
	case !ok:
		return h.proc.heard[digest]
	case h.liar == hidesItsKey, h.liar == showsItsKeyToOne && to != h.w.holders[0]:
		return nil
	}
	return own
}

// Completions implements epoch.Peers.
func (p peers) Completions(_ context.Context, number uint64, members []dkg.Member) [][]byte {
	partials := make([][]byte, len(members))
	for i, m := range members {
		other := p.of(m.Account)
		if other == nil {
			continue
		}
		if told, ok := other.proc.node.Completion(number); ok {
			partials[i] = other.twistPartial(told.Signature[:])
		}
	}
	return partials
}

// PublicShares implements epoch.Peers. Who gives wrong shares tells wrong ones, too.
func (p peers) PublicShares(_ context.Context, number uint64, members []dkg.Member) [][][curve.G2Size]byte {
	var answers [][][curve.G2Size]byte
	for _, m := range members {
		other := p.of(m.Account)
		if other == nil {
			continue
		}
		own, ok := other.proc.node.Serving()
		if !ok || own.Epoch != number {
			continue
		}
		told := epochtest.Told(own)
		if other.liar == givesWrongShares {
			told[0] = told[1]
		}
		answers = append(answers, told)
	}
	return answers
}

var errUnreachable = errors.New("no answer")

// fetch implements witness.Fetch. A peer's URL is its signer.
func (h *holder) fetch(_ context.Context, url, path string) ([]byte, error) {
	for _, other := range h.w.holders {
		if string(other.address[:]) == url && other.proc != nil && other.group == h.group {
			return other.tell(path)
		}
	}
	return nil, errUnreachable
}

// tell answers what holders ask one another about their logs.
func (h *holder) tell(path string) ([]byte, error) {
	reply, ok := h.proc.witness.Own()
	if rest, of := strings.CutPrefix(path, witness.Path+"/"); of {
		signer, nonce, _ := strings.Cut(rest, "/")
		s, _ := hex.DecodeString(strings.TrimPrefix(signer, "0x"))
		n, _ := hex.DecodeString(strings.TrimPrefix(nonce, "0x"))
		reply, ok = h.proc.witness.Of([20]byte(s), [32]byte(n))
	}
	if !ok {
		return nil, errUnreachable
	}
	return json.Marshal(reply)
}
