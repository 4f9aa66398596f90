// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"fmt"
	"maps"
	"sync"

	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/epoch/epochtest"
)

// shape is how many members a network has, and how many of them it takes. There is
// one holder more, who is no member at first.
type shape struct{ members, threshold int }

var shapes = []shape{{3, 2}, {4, 3}, {5, 3}, {5, 4}}

// checkpoint is a network that made its key in peace. Most schedules begin with one,
// so that the key is not made ten thousand times.
type checkpoint struct {
	chain   *epochtest.Chain
	disks   []*disk
	secrets secrets
}

var (
	checkpoints     = map[shape]checkpoint{}
	checkpointsOnce sync.Once
)

// maxLag is the most blocks that a schedule's chain has above the final one.
const maxLag = 64

func makeCheckpoints(l *lab) {
	for _, s := range shapes {
		w := newWorld(0, l, s.members+1, 1, 4)
		for _, h := range w.holders {
			h.boot()
		}
		w.settle()
		_, err := w.chain.Start(w.members(w.holders[:s.members]), s.threshold, w.phase)
		w.must(err)
		w.pass(4*w.phase + 4)
		if w.finalHead().Active != 1 {
			panic(fmt.Sprintf("%d holders made no key", s.members))
		}
		w.chain.Mine(2 * maxLag)
		c := checkpoint{chain: w.chain, secrets: w.secrets}
		for _, h := range w.holders {
			c.disks = append(c.disks, h.disk)
		}
		checkpoints[s] = c
	}
}

// resume returns a world that goes on from a checkpoint, everybody running: the
// members, and others (at most one).
func resume(seed uint64, l *lab, s shape, others int, lag, phase uint64, prepare func(*world)) *world {
	checkpointsOnce.Do(func() { makeCheckpoints(l) })
	c := checkpoints[s]
	w := newWorld(seed, l, s.members+others, lag, phase)
	w.chain = c.chain.Fork()
	w.chain.Lag = lag
	w.secrets.group, w.secrets.key = c.secrets.group, c.secrets.key
	for number, shares := range c.secrets.epochs {
		w.secrets.epochs[number] = maps.Clone(shares)
	}
	maps.Copy(w.secrets.need, c.secrets.need)
	prepare(w)
	for i, h := range w.holders {
		h.disk = c.disks[i].copy()
		h.boot()
		w.attended[attendance{i, 1, epoch.Complaints}] = true
	}
	return w
}
