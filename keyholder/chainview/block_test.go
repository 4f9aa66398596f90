// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"context"
	"encoding/binary"
	"sync"
	"testing"

	"github.com/escrin/escrin/keyholder/stateproof"
)

// KR-20: clones ask for the same words of a block all at once, also while a round with them begins. A map that one goroutine
// walks through while another writes to it ends the process, and no handler can recover from that.
func TestKR20ManyReadTheSameAtOnce(t *testing.T) {
	t.Parallel()
	contract, keys := [20]byte{1}, make([][32]byte, maxRound)
	for i := range keys {
		binary.BigEndian.PutUint64(keys[i][:], uint64(i))
	}
	prove := func(_ context.Context, _ stateproof.Header, requests []request) []answer {
		answers := make([]answer, len(requests))
		for i, r := range requests {
			answers[i] = answer{account: stateproof.Account{StorageRoot: [32]byte{2}}, values: r.slots}
		}
		return answers
	}
	for range 1000 {
		b := (&View{remembered: newRemembered()}).newBlock(stateproof.Header{}, nil)
		b.prove = prove
		var readers sync.WaitGroup
		for range 16 {
			readers.Go(func() {
				_, values, err := b.read(t.Context(), contract, keys)
				if err != nil {
					t.Error(err)
					return
				}
				for i, key := range keys {
					if values[i] != key {
						t.Errorf("word %d is %x", i, values[i])
					}
				}
			})
		}
		readers.Wait()
	}
}
