// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/keyholder/chainview"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/keystore"
)

// How long to wait for the chain to go on, when there was nothing to do.
const (
	pauseInSession = 2 * time.Second
	pauseIdle      = 6 * time.Second
	hurry          = 8 // times as often where the newest block is final
)

// live takes steps until ctx ends. Only a keystore of which nobody knows what is
// on the disk ends it.
func (n *node) live(ctx context.Context) error {
	var told diary
	for ctx.Err() == nil {
		p, err := n.epochs.Step(ctx)
		if errors.Is(err, keystore.ErrBroken) {
			return err
		}
		n.progress.Store(&p)
		if p.Head.Final != 0 { // whatever else it could not do, the step has seen the board
			err = errors.Join(err, n.serve(ctx, p))
		}
		n.tell(&told, p, err)
		if err == nil && p.Did != "" {
			continue
		}
		select {
		case <-time.After(n.pause(p)):
		case <-ctx.Done():
		}
	}
	return nil
}

func (n *node) pause(p epoch.Progress) time.Duration {
	pause := pauseIdle
	if p.Phase >= epoch.Dealing && p.Phase <= epoch.Certification {
		pause = pauseInSession
	}
	if n.config.Chain.Finality == chainview.Latest() {
		pause /= hurry
	}
	return pause
}

// serve hands the server the share of the active epoch, or none.
func (n *node) serve(ctx context.Context, p epoch.Progress) error {
	own, ok := n.epochs.Serving()
	if !ok {
		n.serveNothing()
		return n.standing.Observe(p.Head.Latest)
	}
	if err := n.guard.ready(ctx, p.Head, own); err != nil {
		n.serveNothing()
		return fmt.Errorf("not serving: %w", err)
	}
	if own.Epoch == n.served.Load() {
		return nil
	}
	used, err := own.Use(n.signer.Sign, boardOf(n.config), n.config.URLs())
	if err != nil {
		return fmt.Errorf("use share of epoch %d: %w", own.Epoch, err)
	}
	n.api.SetShare(used)
	n.served.Store(own.Epoch)
	n.log.Info("ready", "epoch", own.Epoch, "index", own.Index, "threshold", own.Threshold)
	return nil
}

// serveNothing takes the share from the server.
func (n *node) serveNothing() {
	n.api.DropShare()
	if was := n.served.Swap(0); was != 0 {
		n.log.Info("serving no more", "epoch", was)
	}
}

// diary is what was logged last, so that nothing is said twice in a row.
type diary struct{ waiting, problem, failure, faults string }

// tell logs what is new.
func (n *node) tell(d *diary, p epoch.Progress, err error) {
	log := n.log.With("epoch", p.Head.Latest, "phase", p.Phase.String())
	if p.Did != "" {
		log.Info("epoch goes on", "did", p.Did)
	}
	if d.news(&d.waiting, p.Waiting) {
		log.Info("waiting", "for", p.Waiting)
	}
	if d.news(&d.problem, p.Problem) {
		log.Warn("problem", "what", p.Problem)
	}
	if faults := fmt.Sprint(p.Faults); len(p.Faults) > 0 && d.news(&d.faults, faults) {
		log.Warn("faults", "of", faults)
	}
	failure := ""
	if err != nil {
		failure = err.Error()
	}
	if d.news(&d.failure, failure) {
		log.Warn("cannot go on for now", "reason", failure)
	}
}

// news keeps what is said and reports whether it is something else than before.
func (d *diary) news(last *string, now string) bool {
	new := now != *last
	*last = now
	return new && now != ""
}
