// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/keyholder"
)

// Keyholders believe nothing of a block before it is final to them, each by its own rule. That takes no time on a development network,
// a quarter of an hour or more on Ethereum: evidence is bound to a block that is final to enough of them, and claims have to last until they are.

// noteFinal remembers the newest block that is final to a holder of the present epoch.
func (r *relay) noteFinal(e epoch, index uint32, number uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if number > 0 && e.network.Epoch == r.epochs[len(r.epochs)-1].network.Epoch {
		r.final[index] = number
	}
}

// settled is the newest block that is final to a threshold of holders, as they said when they were last asked; false if fewer said one.
func (r *relay) settled() (number uint64, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	threshold := r.epochs[len(r.epochs)-1].network.Threshold
	numbers := make([]uint64, 0, len(r.final))
	for _, n := range r.final {
		numbers = append(numbers, n)
	}
	if len(numbers) < threshold {
		return 0, false
	}
	slices.Sort(numbers)
	return numbers[len(numbers)-threshold], true
}

// baseBlock is the newest block that a threshold of holders take for final, or the newest of all where they do not say; and how long ago
// before the newest one it was made.
func (l *Local) baseBlock(ctx context.Context) (base chain.Block, lag time.Duration, err error) {
	head, err := l.Chain.Head(ctx)
	if err != nil {
		return chain.Block{}, 0, err
	}
	number, known := l.relay.settled()
	if !known || number >= head.Number {
		return head, 0, nil
	}
	if base, err = l.Chain.BlockAt(ctx, number); err != nil {
		return chain.Block{}, 0, err
	}
	return base, seconds(head.Time, base.Time), nil
}

// checkFinality refuses an attempt that can only lose its claim, and returns how long blocks take to become final to keyholders.
func (l *Local) checkFinality(ctx context.Context) (lag time.Duration, err error) {
	base, lag, err := l.baseBlock(ctx)
	if err != nil || lag == 0 {
		return lag, err
	}
	head, err := l.Chain.Head(ctx)
	if err != nil {
		return lag, err
	}
	window, err := l.Chain.ClaimWindow(ctx)
	if err != nil {
		return lag, err
	}
	return lag, suffices(head.Number-min(base.Number, head.Number), lag, seconds(window, 0))
}

// suffices reports whether tasks can be done where blocks are final when there are so many after them, which takes lag: keyholders see a
// claim then, or half as long again later, and the guest is to have its keys before the claim lapses.
func suffices(blocks uint64, lag, window time.Duration) error {
	switch {
	case blocks >= keyholder.MaxBaseBlockAge:
		return fmt.Errorf("blocks are final to the keyholders when there are %d after them, and permits are given for evidence of the newest %d alone", blocks, keyholder.MaxBaseBlockAge)
	case window < lag+lag/2:
		return fmt.Errorf("a claim lasts %v, and keyholders may see it after %v: no task can be done", window, lag+lag/2)
	}
	return nil
}
