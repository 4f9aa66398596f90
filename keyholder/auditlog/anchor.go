// SPDX-License-Identifier: Apache-2.0

package auditlog

import (
	"context"
	"log/slog"
	"time"
)

// Anchor puts bytes where nobody can take them back: in a transaction of the
// holder's own account. It is called again and again with the same bytes until they
// are there.
type Anchor interface {
	Anchor(ctx context.Context, data []byte) (done bool, err error)
}

// anchorPause is between two calls of an Anchor about the same head.
const anchorPause = 5 * time.Second

// KeepAnchored anchors the newest head after every interval in which something was
// recorded, until ctx ends. What was anchored is recorded in turn.
func (l *Log) KeepAnchored(ctx context.Context, a Anchor, every time.Duration, log *slog.Logger) {
	keepAnchored{l, a, log, pauseFor}.run(ctx, every)
}

// keepAnchored has a clock of its own.
type keepAnchored struct {
	log    *Log
	anchor Anchor
	notes  *slog.Logger
	pause  func(ctx context.Context, d time.Duration) error
}

func (k keepAnchored) run(ctx context.Context, every time.Duration) {
	for k.pause(ctx, every) == nil {
		if head, news := k.log.unanchored(); news {
			k.place(ctx, head)
		}
	}
}

// place anchors one head.
func (k keepAnchored) place(ctx context.Context, head Head) {
	for {
		done, err := k.anchor.Anchor(ctx, head.Anchor())
		if err != nil && ctx.Err() == nil {
			k.notes.Warn("cannot anchor the audit log yet", "error", err.Error())
		}
		if done && err == nil {
			break
		}
		if k.pause(ctx, anchorPause) != nil {
			return
		}
	}
	r := Record{Time: time.Now(), About: Anchored, Length: head.Length, Head: head.Hash}
	if err := k.log.Append(r); err != nil {
		k.notes.Error("cannot record an anchor", "error", err.Error())
		return
	}
	k.notes.Info("audit log anchored", "head", head.String())
}

// unanchored returns the newest head, and whether it has records that no anchor is
// about.
func (l *Log) unanchored() (Head, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.durable, l.news.last > l.news.anchored
}

func pauseFor(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
