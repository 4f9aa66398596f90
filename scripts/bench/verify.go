// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/crosscheck"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

const (
	// quoteCount is more than a verifier remembers certified keys: used in turn, each quote's key is new to it.
	quoteCount = 1500
	rounds     = 15                     // of which the median counts
	slice      = 100 * time.Millisecond // how long each side runs in each round
)

// verify measures the verification of evidence beside the libraries that vendors' customers use.
func (b *bench) verify() error { return cmp.Or(b.verifyTDX(), b.verifySNP()) }

// quotes is evidence of one simulated guest.
type quotes struct {
	same, fresh []attest.Evidence // by one certified key, as platforms have it, and by a key certified anew for each
	roots       verify.Roots
	guest       *crosscheck.TDXGuest
	now         time.Time
	next        atomic.Int64
}

func (b *bench) newQuotes() (*quotes, error) {
	p, err := simulator.Open(filepath.Join(b.dir, "platform"))
	if err != nil {
		return nil, err
	}
	q := &quotes{now: time.Now()}
	if q.roots, err = verify.ParseRoots(p.RootPEM()); err != nil {
		return nil, err
	}
	td := p.Start(attest.Registers{MRTD: attest.Register{1}})
	var first tdx.Quote
	for i := range quoteCount {
		signed, collateral, err := td.QuoteWith([64]byte{byte(i), byte(i >> 8)}, simulator.Flaws{QEReport: func(r *tdx.QEReport) {
			binary.LittleEndian.PutUint32(r.CPUSVN[8:], uint32(i)) // nobody's version is judged by it
		}})
		if err != nil {
			return nil, err
		}
		quote, err := tdx.ParseQuote(signed)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			first = quote
		} else {
			collateral = q.fresh[0].Collateral
		}
		q.fresh = append(q.fresh, attest.Evidence{TEE: attest.TDX, Signed: signed, Collateral: collateral})
		quote.QEReport, quote.QESignature = first.QEReport, first.QESignature
		q.same = append(q.same, attest.Evidence{TEE: attest.TDX, Signed: quote.Marshal(), Collateral: collateral})
	}
	q.guest, err = crosscheck.NewTDXGuest(q.same[0], q.roots)
	return q, err
}

// from returns the next evidence in turn.
func (q *quotes) from(all []attest.Evidence) attest.Evidence { return all[q.next.Add(1)%quoteCount] }

func (b *bench) verifyTDX() error {
	q, err := b.newQuotes()
	if err != nil {
		return err
	}
	warm := verify.NewVerifier(q.roots)
	known := func() error { _, err := warm.Verify(q.from(q.same), q.now); return err }
	took, err := medians(
		known,
		func() error { _, err := warm.Verify(q.from(q.fresh), q.now); return err },
		func() error { return q.guest.Verify(q.from(q.same).Signed, false, q.now) },
		func() error { _, err := verify.Verify(q.from(q.same), q.roots, q.now); return err },
		func() error { return q.guest.Verify(q.from(q.same).Signed, true, q.now) },
	)
	if err != nil {
		return err
	}
	micros("verify.tdx_warm_vs_gtg", took[0], took[2], "go-tdx-guest without collateral")
	micros("verify.tdx_warm_new_key_vs_gtg", took[1], took[2], "go-tdx-guest without collateral")
	micros("verify.tdx_cold_vs_gtg", took[3], took[4], "go-tdx-guest with collateral and revocation")
	perSecond, err := rate(known)
	if err != nil {
		return err
	}
	figure("verify.tdx_rate", float64(int64(perSecond)), "1/s")
	return nil
}

// medians runs all sides in turn and returns the processor time that one call of each takes, which depends less than
// the time on the wall on what else the machine does.
func medians(sides ...func() error) ([]time.Duration, error) {
	samples := make([][]time.Duration, len(sides))
	for range rounds {
		for i, side := range sides {
			calls, started := 0, processorTime()
			for processorTime()-started < slice {
				if err := side(); err != nil {
					return nil, err
				}
				calls++
			}
			samples[i] = append(samples[i], (processorTime()-started)/time.Duration(calls))
		}
	}
	out := make([]time.Duration, len(sides))
	for i, s := range samples {
		slices.Sort(s)
		out[i] = s[len(s)/2]
	}
	return out, nil
}

// processorTime is what this process has used so far, on all cores.
func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// rate returns how many calls per second two cores make.
func rate(call func() error) (float64, error) {
	const cores, long = 2, 20 * slice
	var calls atomic.Int64
	var wg sync.WaitGroup
	failed := make([]error, cores)
	started := time.Now()
	for i := range cores {
		wg.Go(func() {
			for failed[i] == nil && time.Since(started) < long {
				failed[i] = call()
				calls.Add(1)
			}
		})
	}
	wg.Wait()
	took := time.Since(started)
	for _, err := range failed {
		if err != nil {
			return 0, err
		}
	}
	return float64(calls.Load()) / took.Seconds(), nil
}

// micros prints one time against another of the same run.
func micros(name string, ours, theirs time.Duration, against string) {
	compared(name, float64(ours.Nanoseconds())/1e3, "us", fmt.Sprintf("%.3f", float64(ours)/float64(theirs)),
		fmt.Sprintf("%s (%.0f us)", against, float64(theirs.Nanoseconds())/1e3))
}
