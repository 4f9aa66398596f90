// SPDX-License-Identifier: Apache-2.0

package chainview

import "context"

// prepare has proven, as far as ctx lasts, what the first decisions in a block would wait for: the accounts of the
// contracts that were read in the block before, whose roots say which of their words are as they were; and that this
// block descends from that one. Nobody else has the block yet.
func (b *block) prepare(ctx context.Context, before *block) {
	open := lacking{accounts: before.contracts()}
	if len(open.accounts) == 0 {
		return
	}
	link := historySlot(before.header.Number)
	unlinked := b.ancestors != before.ancestors && before.header.Number < b.header.Number &&
		b.header.Number-before.header.Number <= historyWindow
	if unlinked {
		open.slots = []slot{{history, link}}
	}
	b.mu.Lock()
	last := b.enqueue(ctx, open)
	b.mu.Unlock()
	select {
	case <-last.done:
	case <-ctx.Done():
		return
	}
	if !unlinked {
		return
	}
	// What is proven of ancestors of a block is so of its descendants' (EIP-2935).
	if _, values, err := b.read(ctx, history, [][32]byte{link}); err == nil && values[0] == before.header.Hash {
		b.ancestors = before.ancestors
	}
}

// contracts returns those that decisions read in a block, unless they are too many to be read at once in the next.
func (b *block) contracts() (read [][20]byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.asked) >= maxContracts {
		return nil
	}
	for contract := range b.asked {
		if contract != history {
			read = append(read, contract)
		}
	}
	return read
}
