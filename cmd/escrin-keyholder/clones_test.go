// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/config"
	"github.com/escrin/escrin/keyholder/curve"
)

const clones = 1000

// KR-20: a thousand clones of one machine, each with evidence of its own, ask three
// processes at once. Where each drew its keys when it began, as guests do, one
// of them has the claim, and it alone gets the key. Where they share the requester's key, which
// no guest gives away, each keyholder answers one of them and no other, so that at most
// one gets the key; and if the machine has its key already, nobody but itself gets anything.
func TestKR20ThousandClonesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, func(c *config.Config) {
		often := config.Rate{PerSecond: 100_000, Burst: 100_000}
		c.Limits = config.Limits{PerAddress: often, PerRequester: often}
	})
	t.Run("keys of their own", func(t *testing.T) {
		all := w.permitted(clones)
		claimed := w.race(w.submit(3), all)
		shares := w.rush(t, all)
		if len(shares) != 1 || shares[claimed] != len(w.keys.Holders) {
			t.Errorf("clone %d has the claim; shares by clone: %v", claimed, shares)
		}
		all[claimed].mustRelease()
	})
	t.Run("all at once", func(t *testing.T) {
		first := w.claimed(1)
		all := []applicant{first}
		for range clones - 1 {
			all = append(all, applicant{w.boot(first.key), first.task})
		}
		shares := w.rush(t, all)
		total, complete := 0, 0
		for _, of := range shares {
			if total += of; of >= w.keys.Threshold {
				complete++
			}
		}
		if total != len(w.keys.Holders) || complete > 1 {
			t.Errorf("%d shares were given to %d clones, %d of them got the key", total, len(shares), complete)
		}
	})
	t.Run("after the first", func(t *testing.T) {
		first := w.claimed(2)
		first.bindEverywhere(first.task)
		all := []applicant{first}
		for range clones - 1 {
			all = append(all, applicant{w.boot(first.key), first.task})
		}
		if shares := w.rush(t, all); len(shares) != 1 || shares[0] != len(w.keys.Holders) {
			t.Errorf("shares by clone: %v", shares)
		}
		first.mustRelease()
	})
}

// permitted boots that many machines of one image, side by side, and gets each a permit.
func (w *world) permitted(n int) []applicant {
	w.t.Helper()
	all := make([]applicant, n)
	var wait sync.WaitGroup
	atOnce := make(chan struct{}, 8)
	for i := range all {
		wait.Go(func() {
			atOnce <- struct{}{}
			defer func() { <-atOnce }()
			all[i].enclave = w.boot(nil)
			all[i].acquire()
		})
	}
	wait.Wait()
	if w.t.Failed() {
		w.t.FailNow()
	}
	return all
}

// race has all claim a task at once, and returns who has it.
func (w *world) race(task keyholder.TaskAttempt, all []applicant) (claimed int) {
	w.t.Helper()
	won := make(chan int, len(all))
	var wait sync.WaitGroup
	for i := range all {
		all[i].task = task
		wait.Go(func() {
			err := w.tryClaim(task, all[i].enclave)
			var revert *chain.RevertError
			if err == nil {
				won <- i
			} else if !errors.As(err, &revert) {
				w.t.Errorf("claim for clone %d: %v", i, err)
			}
		})
	}
	wait.Wait()
	if len(won) != 1 {
		w.t.Fatalf("%d clones have the claim", len(won))
	}
	return <-won
}

// applicant is an enclave for which a task is claimed.
type applicant struct {
	*enclave
	task keyholder.TaskAttempt
}

// claimed boots an enclave with a permit, and claims a task for it.
func (w *world) claimed(salt byte) applicant {
	w.t.Helper()
	a := applicant{w.boot(nil), w.submit(salt)}
	a.acquire()
	w.claim(a.task, a.enclave)
	return a
}

func (a applicant) mustRelease() curve.G1 {
	a.w.t.Helper()
	key, err := a.release(a.w.t.Context(), a.task, nil)
	must(a.w.t, err)
	return key
}

// rush has all ask all keyholders at once, again while they are told to, and counts
// the shares that each of them gets.
func (w *world) rush(t *testing.T, all []applicant) map[int]int {
	t.Helper()
	bodies := make([][]byte, len(all))
	for i, a := range all {
		bodies[i] = a.request(a.task)
	}
	shares := map[int]int{}
	var mu sync.Mutex
	var asked sync.WaitGroup
	connections := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: len(all)}, Timeout: time.Minute}
	defer connections.CloseIdleConnections()
	for i, body := range bodies {
		for k, h := range w.network.holders {
			asked.Go(func() {
				given, err := h.insist(t.Context(), connections, body)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Errorf("clone %d at keyholder %d: %v", i, k+1, err)
				} else if given {
					shares[i]++
				}
			})
		}
	}
	asked.Wait()
	for _, h := range w.network.holders {
		if t.Failed() {
			t.Logf("%s said last:\n%s", h.url, h.last(20))
		} else {
			h.mustBeSmall()
		}
	}
	return shares
}

// insist asks until the answer is a share, or that another has it or claimed the task. A holder that runs may close a
// connection on which a request is not there in time, as on a machine that has other things to do.
func (h *holder) insist(ctx context.Context, client *http.Client, body []byte) (given bool, err error) {
	for again := true; again; again = pause(ctx) {
		reply, err := client.Post(h.url+keyholder.PathRelease, "application/json", bytes.NewReader(body))
		if err != nil && h.runs() {
			continue
		}
		if err != nil {
			return false, err
		}
		var refused keyholder.Error
		if reply.StatusCode != http.StatusOK {
			err = json.NewDecoder(reply.Body).Decode(&refused)
		}
		reply.Body.Close()
		switch {
		case err != nil:
			return false, err
		case reply.StatusCode == http.StatusOK:
			return true, nil
		case refused.Code == keyholder.CodeAlreadyReleased || refused.Code == keyholder.CodeTaskMismatch:
			return false, nil
		case !refused.Retryable:
			return false, fmt.Errorf("refused: %w", &refused)
		}
	}
	return false, ctx.Err()
}
