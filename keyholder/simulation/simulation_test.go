// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"flag"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	schedules = flag.Uint64("schedules", 10_000, "how many schedules to run; a twentieth of them where tests are to be short")
	seedFlag  = flag.Uint64("seed", 0, "run the schedule of this seed alone")
	handFlag  = flag.Bool("handover", false, "hand the key on in that schedule")
	brokeFlag = flag.String("broken", "", "the rule that nobody obeys in that schedule")
	liarFlag  = flag.Uint("liar", 0, "number of the way in which those deviate that do, in that schedule")
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // little is kept, and much is thrown away
	os.Exit(m.Run())
}

// TestSchedules runs schedules with everything that may go wrong. A failure names
// its seed; go test ./keyholder/simulation -run TestSchedules -args -seed N repeats it.
func TestSchedules(t *testing.T) {
	l, err := theLab()
	if err != nil {
		t.Fatal(err)
	}
	if *seedFlag != 0 {
		r, err := run(*seedFlag, l, variant{mutation(*brokeFlag), kind(*liarFlag), *handFlag})
		t.Logf("%+v, %v", r, err)
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	n := *schedules
	if testing.Short() {
		n /= 20
	}
	var sum result
	var mu sync.Mutex
	sum.kinds = map[kind]int{}
	started := time.Now()
	each(n, func(seed uint64) bool {
		r, err := run(seed, l, variant{})
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			t.Error(err)
			return false
		}
		sum.steps, sum.opened, sum.epochs = sum.steps+r.steps, sum.opened+r.opened, sum.epochs+r.epochs
		for k, n := range r.kinds {
			sum.kinds[k] += n
		}
		return true
	})
	t.Logf("%d schedules, %d steps, %d keys obtained, %d epochs in %v; holders: %v", n, sum.steps, sum.opened, sum.epochs, time.Since(started), sum.kinds)
}

// Each way to deviate is tried in hand-overs by itself.
func TestEveryKindOfLiar(t *testing.T) {
	l, err := theLab()
	if err != nil {
		t.Fatal(err)
	}
	for k := honest + 1; k < kinds; k++ {
		t.Run(k.String(), func(t *testing.T) {
			var mu sync.Mutex
			epochs := 0
			each(perKind, func(seed uint64) bool {
				r, err := run(seed, l, variant{liar: k, handover: true})
				mu.Lock()
				defer mu.Unlock()
				epochs += r.epochs
				if err != nil {
					t.Error(err)
				}
				return err == nil
			})
			t.Logf("%d schedules, %d epochs", perKind, epochs)
		})
	}
}

const perKind = 6

// each calls do with 1 to n, on all processors, until it returns false.
func each(n uint64, do func(uint64) bool) {
	var next atomic.Uint64
	var stop atomic.Bool
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for seed := next.Add(1); seed <= n && !stop.Load(); seed = next.Add(1) {
				if !do(seed) {
					stop.Store(true)
				}
			}
		})
	}
	wait.Wait()
}
