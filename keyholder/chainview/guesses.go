// SPDX-License-Identifier: Apache-2.0

package chainview

import "sync"

// maxGuesses bounds how many permitters are remembered.
const maxGuesses = 4096

// guesses remember identities' permitters, so that their policies can be read along with
// everything else. Nothing rests on them.
type guesses struct {
	mu         sync.Mutex
	permitters map[[32]byte][20]byte
}

func (g *guesses) of(identity [32]byte) ([20]byte, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	permitter, ok := g.permitters[identity]
	return permitter, ok && permitter != [20]byte{}
}

func (g *guesses) learn(identity [32]byte, permitter [20]byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.permitters == nil || len(g.permitters) >= maxGuesses {
		g.permitters = make(map[[32]byte][20]byte)
	}
	g.permitters[identity] = permitter
}
