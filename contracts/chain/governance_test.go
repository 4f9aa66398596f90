// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/chain"
)

// Under a delay, a policy is announced by its call, and the same call cannot make it count before the delay is over.
func TestChangesUnderADelayAreAnnounced(t *testing.T) {
	r := newRun(t)
	registrant := r.Accounts[1]
	receipt, err := r.Chain.SetDelay(t.Context(), registrant, r.identity, 48)
	r.must(err)
	if _, _, announced := r.Chain.Announcement(receipt); announced {
		t.Fatal("a raised delay was only announced")
	}
	delay, err := r.Chain.Delay(t.Context(), r.identity)
	r.must(err)
	if delay != 48*time.Hour {
		t.Fatalf("delay is %v", delay)
	}

	other := chain.Measured(common.Hash{9}, 60, "localhost:5000/auction@sha256:01")
	receipt, err = r.Chain.SetPolicy(t.Context(), registrant, r.identity, other)
	r.must(err)
	block, err := r.Chain.BlockAt(t.Context(), receipt.Block)
	r.must(err)
	readyAt, lapsesAt, announced := r.Chain.Announcement(receipt)
	if !announced || readyAt != block.Time+48*3600 || lapsesAt != readyAt+14*24*3600 {
		t.Fatalf("ready at %d, lapses at %d, announced %v", readyAt, lapsesAt, announced)
	}
	_, err = r.Chain.SetPolicy(t.Context(), registrant, r.identity, other)
	r.wantRevert(err, "ChangeNotReady")
	receipt, err = r.Chain.SetDelay(t.Context(), registrant, r.identity, 1)
	r.must(err)
	if _, _, announced := r.Chain.Announcement(receipt); !announced {
		t.Fatal("the delay was lowered at once")
	}

	changes, err := r.Chain.Scheduled(t.Context(), r.identity)
	r.must(err)
	if len(changes) != 2 || changes[0].Policy == nil || *changes[0].Policy != other || changes[0].ReadyAt != readyAt || changes[0].LapsesAt != lapsesAt ||
		changes[1].Delay == nil || *changes[1].Delay != time.Hour {
		t.Fatalf("changes are %+v", changes)
	}
	_, err = r.Chain.SetDelay(t.Context(), registrant, r.identity, 72)
	r.must(err)
	changes, err = r.Chain.Scheduled(t.Context(), r.identity)
	r.must(err)
	if changes[0].ReadyAt != readyAt+24*3600 {
		t.Fatalf("a raised delay does not hold the change back: %+v", changes[0])
	}
	now, err := r.Chain.Policy(t.Context(), r.identity)
	r.must(err)
	if now.MeasurementRoot != root {
		t.Fatal("the announced policy counts already")
	}
}

func TestRevokedPermitsAreGone(t *testing.T) {
	r := newRun(t)
	live := func() bool {
		expiry, err := r.Chain.Permit(t.Context(), r.requesterAddress(), r.identity)
		r.must(err)
		return expiry != 0
	}
	for _, revoke := range []func() error{
		func() error {
			_, err := r.Chain.Revoke(t.Context(), r.Accounts[1], r.identity, r.requesterAddress())
			return err
		},
		func() error {
			_, err := r.Chain.RevokeAll(t.Context(), r.Accounts[1], r.identity)
			return err
		},
	} {
		r.acquire()
		if !live() {
			t.Fatal("no permit")
		}
		r.must(revoke())
		if live() {
			t.Fatal("the permit is still there")
		}
	}
	_, err := r.Chain.RevokeAll(t.Context(), r.Accounts[2], r.identity)
	r.wantRevert(err, "Unauthorized")
}
