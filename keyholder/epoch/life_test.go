// SPDX-License-Identifier: Apache-2.0

package epoch_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/epoch/epochtest"
	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/transact"
)

const (
	phase = 12 // blocks
	lag   = 3
)

// world is a board, and holders who reach one another.
type world struct {
	t       *testing.T
	chain   *epochtest.Chain
	holders []*holder
	peers   epochtest.Peers
}

// holder is one machine: its keys outlive its node.
type holder struct {
	w       *world
	account [20]byte
	keys    *epochtest.Keys
	board   epoch.Board
	node    *epoch.Node // nil while it is down
	leaving bool
}

func newWorld(t *testing.T, holders int) *world {
	w := &world{t: t, chain: epochtest.NewChain(lag), peers: epochtest.Peers{}}
	for i := range holders {
		h := &holder{w: w, account: [20]byte{byte(i + 1)}, keys: epochtest.NewKeys()}
		h.board = w.chain.Board(h.signer())
		w.holders = append(w.holders, h)
		h.boot()
	}
	w.settle()
	return w
}

func (h *holder) signer() [20]byte { return h.key().Address() }

// key is the signer's.
func (h *holder) key() transact.Account {
	secret := [32]byte{h.account[0], 31: 0xff}
	key, err := transact.ParseAccount(secret[:])
	if err != nil {
		h.w.t.Fatal(err)
	}
	return key
}

// boot starts the node from what its keys hold.
func (h *holder) boot() {
	h.w.t.Helper()
	var err error
	h.node, err = epoch.New(epoch.Config{
		Account: h.account, Signer: h.signer(), Board: h.board, Keys: h.keys, Peers: h.w.peers, Rand: rand.Reader, Leaving: func() bool { return h.leaving },
	})
	if err != nil {
		h.w.t.Fatal(err)
	}
	h.w.peers[h.account] = h.node
}

func (h *holder) down() {
	h.node = nil
	delete(h.w.peers, h.account)
}

// settle lets everybody step until there is nothing to do.
func (w *world) settle() {
	for busy := true; busy; {
		busy = false
		for _, h := range w.holders {
			if h.node == nil {
				continue
			}
			p, err := h.node.Step(w.t.Context())
			if err != nil && !errors.Is(err, errCrash) {
				w.t.Fatalf("holder %d: %v", h.account[0], err)
			}
			busy = busy || p.Did != "" || err != nil
		}
	}
}

var errCrash = errors.New("the machine loses power")

// pass lets blocks pass.
func (w *world) pass(blocks int) {
	for range blocks {
		w.settle()
		w.chain.Mine(1)
	}
	w.settle()
}

func (w *world) members(holders ...*holder) []dkg.Member {
	var members []dkg.Member
	for _, h := range holders {
		members = append(members, epochtest.Member(h.node))
	}
	slices.SortFunc(members, func(a, b dkg.Member) int { return bytes.Compare(a.Account[:], b.Account[:]) })
	return members
}

// start begins an epoch with some holders.
func (w *world) start(threshold int, holders ...*holder) uint64 {
	w.t.Helper()
	w.settle() // who was started just now has yet to show a key
	number, err := w.chain.Start(w.members(holders...), threshold, phase)
	if err != nil {
		w.t.Fatal(err)
	}
	w.chain.Mine(1)
	return number
}

// run takes an epoch to its end.
func (w *world) run(threshold int, holders ...*holder) uint64 {
	w.t.Helper()
	number := w.start(threshold, holders...)
	w.pass(4*phase + lag + 1)
	return number
}

// check demands that just these holders serve an epoch, that they hold the group
// key of before (if any), and that nothing else of any epoch is left anywhere.
func (w *world) check(number uint64, threshold int, before *curve.G2, holders ...*holder) curve.G2 {
	w.t.Helper()
	var group curve.G2
	var partials []curve.Partial
	message := curve.HashToG1(curve.DSTKey, []byte("an old ciphertext"))
	for _, h := range w.holders {
		if h.node == nil {
			continue
		}
		own, ok := h.node.Serving()
		if member := slices.Contains(holders, h); ok != member {
			w.t.Fatalf("holder %d serves: %v, is a member: %v", h.account[0], ok, member)
		}
		w.checkRecords(h, number, ok)
		if !ok {
			continue
		}
		used, err := own.Use(h.key().Sign, keyholder.Board{ChainID: 1, KeyNetwork: [20]byte{1}}, nil)
		if err != nil || own.Epoch != number || own.Threshold != threshold {
			w.t.Fatalf("holder %d: epoch %d, threshold %d: %v", h.account[0], own.Epoch, own.Threshold, err)
		}
		if group, err = used.Network().Group(); err != nil {
			w.t.Fatal(err)
		}
		partials = append(partials, curve.Partial{Index: own.Index, Point: epoch.MultiplyForTest(own, message)})
	}
	sum, err := curve.Combine(partials[len(partials)-threshold:])
	if err != nil || !curve.Verify(sum, message, group) {
		w.t.Fatalf("a threshold does not have the key: %v", err)
	}
	if before != nil && !group.Equal(*before) {
		w.t.Fatal("group key changed")
	}
	return group
}

// checkRecords demands that of all epochs only the share of one is left.
func (w *world) checkRecords(h *holder, number uint64, member bool) {
	w.t.Helper()
	want := []string{keystore.NextEncryption}
	if member {
		want = []string{keystore.ShareOf(number), keystore.NextEncryption}
	}
	if h.leaving {
		return
	}
	if names := h.keys.Names(); !slices.Equal(names, want) {
		w.t.Fatalf("holder %d keeps %q, want %q", h.account[0], names, want)
	}
}

// A key is made, refreshed, handed on to others and to other thresholds, and back.
func TestLifeOfANetwork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 6)
	h := w.holders
	e := w.run(2, h[:3]...)
	group := w.check(e, 2, nil, h[:3]...)
	for _, next := range []struct {
		threshold int
		members   []*holder
	}{
		{2, h[:3]}, {3, h[1:5]}, {4, h}, {2, []*holder{h[0], h[5]}}, {3, h[1:5]}, {2, h[:3]},
	} {
		e = w.run(next.threshold, next.members...)
		w.check(e, next.threshold, &group, next.members...)
	}
}

// KR-22, KR-10: power fails before and after each durable write and each message of each
// holder, in the making of a key and in two hand-overs; everybody comes back
// with the same story.
func TestCrashAtEveryStep(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before", "after"} {
		for victim := range 4 {
			t.Run(fmt.Sprintf("%s, holder %d", when, victim), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, 4)
				w.crash(w.holders[victim], when == "after")
				e := w.run(2, w.holders[:3]...)
				group := w.check(e, 2, nil, w.holders[:3]...)
				e = w.run(3, w.holders...)
				w.check(e, 3, &group, w.holders...)
				e = w.run(2, w.holders[1:]...)
				w.check(e, 2, &group, w.holders[1:]...)
			})
		}
	}
}

// crash lets each write and each message of a holder be the last of its process,
// the first time it is tried.
func (w *world) crash(h *holder, after bool) {
	tried := map[string]bool{}
	fail := func(what string) bool {
		again := tried[what]
		tried[what] = true
		return !again
	}
	keys := h.keys
	keys.Before = func(changes []keystore.Change) error {
		what := ""
		for _, c := range changes {
			what += fmt.Sprint(c.Name, c.Secret == nil, " ")
		}
		if !fail(what) {
			return nil
		}
		if after {
			silent := epochtest.Keys{Records: keys.Records}
			if err := silent.Apply(changes...); err != nil {
				return err
			}
		}
		h.boot()
		return errCrash
	}
	h.board = &crashing{Board: h.board, fail: func(what string, do func() error) error {
		if !fail(what) {
			return do()
		}
		if after {
			if err := do(); err != nil {
				return err
			}
		}
		h.boot()
		return errCrash
	}}
	h.boot()
}

// crashing is a board at whose use power may fail.
type crashing struct {
	epoch.Board
	fail func(what string, do func() error) error
}

func (c *crashing) call(what string, do func() (epoch.Delivery, error)) (d epoch.Delivery, err error) {
	err = c.fail(what, func() (err error) {
		d, err = do()
		return err
	})
	return d, err
}

func (c *crashing) Deal(ctx context.Context, e uint64, m []byte) (epoch.Delivery, error) {
	return c.call(fmt.Sprint("deal", e), func() (epoch.Delivery, error) { return c.Board.Deal(ctx, e, m) })
}

func (c *crashing) Confirm(ctx context.Context, e uint64, d [32]byte) (epoch.Delivery, error) {
	return c.call(fmt.Sprint("confirm", e), func() (epoch.Delivery, error) { return c.Board.Confirm(ctx, e, d) })
}

func (c *crashing) Certify(ctx context.Context, e uint64, x epoch.Certificate) (epoch.Delivery, error) {
	return c.call(fmt.Sprint("certify", e), func() (epoch.Delivery, error) { return c.Board.Certify(ctx, e, x) })
}

// A failed epoch takes nothing with it but its own secrets, and the next one
// works, with another encryption key.
func TestFailedEpochLeavesTheOldOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	h := w.holders
	first := w.run(2, h[:3]...)
	group := w.check(first, 2, nil, h[:3]...)
	t.Run("aborted in each phase", func(t *testing.T) {
		for p := range 4 {
			number := w.start(3, h...)
			w.pass(p*phase + 1)
			if err := w.chain.Abort(number); err != nil {
				t.Fatal(err)
			}
			w.pass(lag + 2)
			w.check(first, 2, &group, h[:3]...)
		}
	})
	t.Run("too few deal", func(t *testing.T) {
		w.start(3, h...)
		h[0].down()
		h[1].down()
		w.pass(4*phase + lag)
		h[0].boot()
		h[1].boot()
		w.pass(1)
		w.check(first, 2, &group, h[:3]...)
	})
	t.Run("too few confirm", func(t *testing.T) {
		w.start(4, h...)
		w.pass(2 * phase)
		h[3].down()
		w.pass(2*phase + lag)
		h[3].boot()
		w.pass(1)
		w.check(first, 2, &group, h[:3]...)
	})
	e := w.run(3, h...)
	w.check(e, 3, &group, h...)
}

// KR-10: members that are away, for some of the time or all of it, neither stop the others
// nor change anybody's index, and get their share when they come back.
func TestKR10Absent(t *testing.T) {
	t.Parallel()
	for from := range 4 {
		t.Run(fmt.Sprintf("from phase %d", from+1), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 5)
			e := w.run(3, w.holders...)
			group := w.check(e, 3, nil, w.holders...)
			e = w.start(3, w.holders...)
			w.pass(from*phase + 5)
			w.holders[1].down()
			w.pass((4-from)*phase + lag)
			w.check(e, 3, &group, w.holders[0], w.holders[2], w.holders[3], w.holders[4])
			w.holders[1].boot()
			w.pass(1)
			w.check(e, 3, &group, w.holders...)
		})
	}
}

// Someone new, who knows nothing but the board, takes over from people who are
// gone afterwards.
func TestKR10FullReplacement(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 7)
	e := w.run(2, w.holders[:3]...)
	group := w.check(e, 2, nil, w.holders[:3]...)
	e = w.run(2, w.holders[:3]...)
	w.check(e, 2, &group, w.holders[:3]...)
	e = w.run(3, w.holders[3:]...)
	w.check(e, 3, &group, w.holders[3:]...)
}

// KR-18: blocks that are undone take messages with them, whether others include
// them again or not; they are posted again.
func TestKR18Reorganisations(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{true, false} {
		t.Run(fmt.Sprintf("messages kept: %v", keep), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 3)
			e := w.start(2, w.holders...)
			w.pass(lag)
			for i := range 4*phase + 1 {
				w.pass(1)
				if i%3 == 0 {
					w.chain.Reorganize(2, keep)
				}
			}
			w.pass(lag)
			group := w.check(e, 2, nil, w.holders...)
			w.check(w.run(2, w.holders...), 2, &group, w.holders...)
		})
	}
}

// Old shares are destroyed when the certificate is final, and not a block before.
func TestOldShareOutlivesTheCertificateUntilItIsFinal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	first := w.run(2, w.holders...)
	second := w.start(2, w.holders...)
	for w.chain.Phase(second) != epoch.Active {
		w.pass(1)
		w.wantShare(first, true)
	}
	for range lag - 1 {
		w.pass(1)
		w.wantShare(first, true)
	}
	w.pass(1)
	w.wantShare(first, false)
	w.wantShare(second, true)
}

func (w *world) wantShare(number uint64, want bool) {
	w.t.Helper()
	for _, h := range w.holders {
		if slices.Contains(h.keys.Names(), keystore.ShareOf(number)) != want {
			w.t.Fatalf("holder %d: share of epoch %d is there: %v", h.account[0], number, !want)
		}
	}
}

func TestPhasesThatAreTooShort(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	if _, err := w.chain.Start(w.members(w.holders...), 2, lag); err != nil {
		t.Fatal(err)
	}
	w.chain.Mine(1 + lag)
	w.settle()
	p, err := w.holders[0].node.Step(t.Context())
	if err != nil || p.Problem == "" {
		t.Fatalf("%+v, %v", p, err)
	}
}
