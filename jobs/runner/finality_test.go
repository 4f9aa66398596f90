// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/keyholder"
)

// finalTo has three holders, of which two must act together, say which block is final to them; 0 says nothing.
func finalTo(t *testing.T, c *chain.Chain, numbers ...uint64) *attempt {
	t.Helper()
	holders, network := newHolders(t)
	for i, h := range holders {
		h.reply.Final = numbers[i]
	}
	at, _ := newAttempt(t, nil)
	at.runner.Chain, at.runner.relay = c, newRelay(network)
	return at
}

// TestEvidenceIsBoundToABlockThatIsFinal: a guest is given the newest block that a threshold of keyholders take for final, whatever fewer
// of them say, and the newest of all where they do not say. Bound to a newer one, it would wait for its certificate until that is final.
func TestEvidenceIsBoundToABlockThatIsFinal(t *testing.T) {
	n := chaintest.New(t)
	for _, c := range []struct {
		final [3]uint64
		want  uint64 // 0 is the newest
	}{
		{[3]uint64{3, 5, 4}, 4},
		{[3]uint64{1_000_000, 5, 4}, 5},
		{[3]uint64{1, 5, 4}, 4},
		{[3]uint64{5, 0, 4}, 4},
		{[3]uint64{0, 0, 4}, 0},
		{[3]uint64{0, 0, 0}, 0},
		{[3]uint64{1_000_000, 1_000_000, 4}, 0},
	} {
		at := finalTo(t, n.Chain, c.final[:]...)
		before, err := n.Chain.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		launch, err := at.Launch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if c.want == 0 && launch.BaseBlock < before.Number || c.want != 0 && launch.BaseBlock != c.want {
			t.Errorf("%v are final: base block %d, want %d", c.final, launch.BaseBlock, c.want)
		}
		block, err := n.Chain.BlockAt(t.Context(), launch.BaseBlock)
		if err != nil || block.Hash != [32]byte(launch.BaseBlockHash) {
			t.Errorf("block %d: %v", launch.BaseBlock, err)
		}
	}
}

// TestNoTaskIsBegunThatFinalityCannotMeet: where a claim lapses before keyholders see it, or no block is both final to them and recent to the
// contract, an attempt could only lose its gas and its bond.
func TestNoTaskIsBegunThatFinalityCannotMeet(t *testing.T) {
	n := chaintest.New(t)
	head, err := n.Chain.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range int(chaintest.ClaimWindow/time.Second)*2/3 + 1 { // blocks are a second apart at least
		if _, err := n.Chain.Pay(t.Context(), n.Accounts[1], n.Accounts[1].Address(), nil); err != nil {
			t.Fatal(err)
		}
	}
	late := finalTo(t, n.Chain, head.Number, head.Number, head.Number).runner
	late.relay.probe(t.Context())
	if _, err := late.checkFinality(t.Context()); err == nil || !strings.Contains(err.Error(), "no task can be done") {
		t.Errorf("final after two thirds of a claim: %v", err)
	}
	for _, c := range []struct {
		blocks      uint64
		lag, window time.Duration
		possible    bool
	}{
		{0, 0, 0, true},
		{90, 18 * time.Minute, 10 * time.Minute, false}, // Ethereum, with a window of ten minutes
		{90, 18 * time.Minute, 40 * time.Minute, true},
		{keyholder.MaxBaseBlockAge - 1, 4 * time.Minute, 6 * time.Minute, true},
		{keyholder.MaxBaseBlockAge, 4 * time.Minute, time.Hour, false},
		{600, 20 * time.Minute, time.Hour, false}, // a rollup with blocks of two seconds
	} {
		if err := suffices(c.blocks, c.lag, c.window); (err == nil) != c.possible {
			t.Errorf("%d blocks, %v, a claim of %v: %v", c.blocks, c.lag, c.window, err)
		}
	}
}
