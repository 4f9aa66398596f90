// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	releaseEnclaves = 16
	releaseWorkers  = 16 // requests that are under way at a time
	releaseRound    = 2 * time.Second
	releaseRounds   = 5
	// releasePrepared is how many requests are prepared at a time: some two seconds' worth, 60 MB.
	releasePrepared = 2_000
	// releaseLatencies is for how long whole releases are timed, releaseTimes how often: the median of them counts.
	releaseLatencies = 10 * time.Second
	releaseTimes     = 3
	// releaseCount is how many releases the memory of a keyholder is watched over, unless releaseCountVariable names another.
	releaseCount         = 100_000
	releaseCountVariable = "ESCRIN_BENCH_RELEASES"
)

// releases measures keyholders that release keys: processes as operators run them, on a chain with finality, but for
// limits that let a single machine ask as often as it can. Each request has its own nonce and signature; each time the
// quote is verified, the chain's state proven once for each block, and the decision on the disk before the answer.
//
// Who asks, and the chain, run on the same two cores. For the rate and for the memory, requests are therefore made
// before the clock starts, and sent as they are over connections that are kept: see askers. What the rest of the machine
// costs for each release, the chain with its blocks and the sending, is printed beside. Whole releases are asked for by
// the client library as guests link it, and all that it does counts.
func (b *bench) releases() (err error) {
	w, err := b.newReleaseWorld()
	defer func() { err = errors.Join(err, w.close()) }()
	if err != nil {
		return err
	}
	var enclaves []*releaseEnclave
	for i := range byte(releaseEnclaves) {
		e, err := w.newEnclave(i)
		if err != nil {
			return err
		}
		if err := e.release(b.ctx); err != nil {
			return err
		}
		enclaves = append(enclaves, e)
	}
	asking, err := newAskers(releaseWorkers, w.holders.urls[0])
	if err != nil {
		return err
	}
	defer asking.close()
	if err := w.rate(asking, enclaves); err != nil {
		return err
	}
	if err := w.latency(enclaves); err != nil {
		return err
	}
	return w.resident(asking, enclaves)
}

// rate: how many keys a second one keyholder releases; what one costs its process, and what the one that asks.
func (w *releaseWorld) rate(asking askers, enclaves []*releaseEnclave) error {
	var best float64
	var least, rest time.Duration
	for range releaseRounds {
		messages, err := prepare(enclaves, releasePrepared)
		if err != nil {
			return err
		}
		runtime.GC() // not while others are measured
		holder, own, began := w.holders.processorTime(0), spent(), time.Now()
		if err := asking.ask(messages); err != nil {
			return err
		}
		took := time.Since(began)
		best = max(best, releasePrepared/took.Seconds())
		if cost := (w.holders.processorTime(0) - holder) / releasePrepared; least == 0 || cost < least {
			least, rest = cost, (spent()-own)/releasePrepared
		}
	}
	figure("keynet.release_rate_tdx", float64(int64(best)), "1/s")
	figure("keynet.release_cpu_tdx", least.Seconds()*1e3, "ms")
	figure("keynet.release_cpu_asking", rest.Seconds()*1e3, "ms")
	return nil
}

// inParallel calls ask with the enclaves in turn while more says so of the number of calls before, and counts.
func inParallel(enclaves []*releaseEnclave, more func(before int64) bool, ask func(*releaseEnclave) error) (int64, error) {
	var calls atomic.Int64
	err := together(releaseWorkers, func(int) error {
		for {
			n := calls.Add(1) - 1
			if !more(n) {
				calls.Add(-1)
				return nil
			}
			if err := ask(enclaves[n%int64(len(enclaves))]); err != nil {
				return err
			}
		}
	})
	return calls.Load(), err
}

// latency: how long a whole release by the client library takes, five keyholders asked, at half the highest load. It is
// counted from when the release was due, so that one which waits for those before it is not taken for a quick one.
func (w *releaseWorld) latency(enclaves []*releaseEnclave) error {
	whole := func(e *releaseEnclave) error { return e.release(w.ctx) }
	var highest float64
	var least time.Duration
	for range releaseRounds {
		before, began := w.wholeCost(), time.Now()
		count, err := inParallel(enclaves, func(int64) bool { return time.Since(began) < releaseRound }, whole)
		if err != nil {
			return err
		}
		highest = max(highest, float64(count)/time.Since(began).Seconds())
		if cost := (w.wholeCost() - before) / time.Duration(count); least == 0 || cost < least {
			least = cost
		}
	}
	figure("keynet.release_highest", float64(int64(highest)), "1/s")
	figure("keynet.release_whole_cpu", least.Seconds()*1e3, "ms")
	var middles, tails []time.Duration
	for range releaseTimes {
		took, err := paced(w.ctx, highest/2, enclaves, whole)
		if err != nil {
			return err
		}
		slices.Sort(took)
		middles, tails = append(middles, took[len(took)/2]), append(tails, took[len(took)*99/100])
	}
	slices.Sort(middles)
	slices.Sort(tails)
	figure("keynet.release_p50", middles[releaseTimes/2].Seconds()*1e3, "ms")
	figure("keynet.release_p99", tails[releaseTimes/2].Seconds()*1e3, "ms")
	return nil
}

// wholeCost is the processor time that all five keyholders have used so far, and this process: the client and the chain.
func (w *releaseWorld) wholeCost() time.Duration {
	total := spent()
	for i := range w.holders.processes {
		total += w.holders.processorTime(i)
	}
	return total
}

// paced calls ask so many times a second, whether or not the calls before have ended.
func paced(ctx context.Context, perSecond float64, enclaves []*releaseEnclave, ask func(*releaseEnclave) error) ([]time.Duration, error) {
	count := int(perSecond*releaseLatencies.Seconds()) + 1
	took, failed := make([]time.Duration, count), make([]error, count)
	var all sync.WaitGroup
	began := time.Now()
	for i := range count {
		due := began.Add(time.Duration(float64(i) / perSecond * float64(time.Second)))
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Until(due)):
		}
		all.Go(func() {
			failed[i] = ask(enclaves[i%len(enclaves)])
			took[i] = time.Since(due)
		})
	}
	all.Wait()
	return took, errors.Join(failed...)
}

// resident: the memory of a keyholder's process after many releases, and what of it is no file's.
func (w *releaseWorld) resident(asking askers, enclaves []*releaseEnclave) error {
	count := releaseCount
	if text := os.Getenv(releaseCountVariable); text != "" {
		var err error
		if count, err = strconv.Atoi(text); err != nil || count < 1 {
			return fmt.Errorf("%s=%s is no number of releases", releaseCountVariable, text)
		}
	}
	for done, next := 0, min(count, 10_000); done < count; next = min(10*next, count) {
		for done < next {
			messages, err := prepare(enclaves, min(releasePrepared, next-done))
			if err != nil {
				return err
			}
			if err := asking.ask(messages); err != nil {
				return err
			}
			done += len(messages)
		}
		if err := w.printMemory(done); err != nil {
			return err
		}
	}
	return nil
}

func (w *releaseWorld) printMemory(done int) error {
	for _, field := range []struct{ figure, of string }{{"memory", "VmRSS"}, {"memory_own", "RssAnon"}} {
		kilobytes, err := w.holders.residentKB(0, field.of)
		if err != nil {
			return err
		}
		figure(fmt.Sprintf("keynet.release_%s_%d", field.figure, done), kilobytes/1024, "MB")
	}
	return nil
}

// processorTime is what a keyholder's process has used so far, by the kernel's clock ticks of 10 ms.
func (h *holders) processorTime(i int) time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", h.processes[i].Process.Pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(raw), ") ") // the name before may contain anything
	var ticks int
	for _, field := range strings.Fields(after)[11:13] {
		n, _ := strconv.Atoi(field)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// residentKB is the memory that a keyholder's process has in use, by a field of its status.
func (h *holders) residentKB(i int, field string) (kilobytes float64, err error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.processes[i].Process.Pid))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(raw), field+":")
	_, err = fmt.Sscan(after, &kilobytes)
	return kilobytes, err
}
