// SPDX-License-Identifier: Apache-2.0

package hostend

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/wire"
)

func codeSaid(err error) hostlink.Code {
	var e *hostlink.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// TestThereIsOneJobUnlessThereAreMore: who asks again is told that there is nothing, and nothing is left to ask for.
func TestThereIsOneJobUnlessThereAreMore(t *testing.T) {
	h := &host{launch: goodLaunch(), blobs: map[wire.Digest][]byte{}}
	c, ctx := link(t, h), t.Context()
	_, _, err := c.Launch(ctx)
	check(t, err)
	if _, _, err := c.Launch(ctx); codeSaid(err) != hostlink.CodeNotFound {
		t.Errorf("second launch: %v", err)
	}
	if err := c.Evidence(ctx, []byte("E")); codeSaid(err) != hostlink.CodeRefused {
		t.Errorf("evidence without a job: %v", err)
	}
	if got := strings.Join(h.heard, "|"); got != "launch" {
		t.Errorf("heard %s", got)
	}
}

// TestEachJobIsAnsweredByItsOwn: what a guest asks for after a launch is of that launch's job, and between two jobs it gets nothing.
func TestEachJobIsAnsweredByItsOwn(t *testing.T) {
	first, second := &host{launch: goodLaunch()}, &host{launch: goodLaunch()}
	waits, come := make(chan struct{}), make(chan Handler)
	guest, runner := net.Pipe()
	var served sync.WaitGroup
	served.Go(func() {
		_ = ServeJobs(t.Context(), runner, first, func(ctx context.Context) (Handler, error) {
			close(waits)
			return <-come, nil
		})
	})
	c := hostlink.NewClient(guest)
	ctx := t.Context()
	check(t, c.Step(ctx, hostlink.StepDisk, time.Millisecond))
	_, _, err := c.Launch(ctx)
	check(t, err)
	check(t, c.Evidence(ctx, []byte("1")))
	asked := make(chan error, 1)
	go func() {
		_, _, err := c.Launch(ctx)
		asked <- err
	}()
	<-waits
	for name, ask := range map[string]func() error{
		"evidence": func() error { return c.Evidence(ctx, []byte("between")) },
		"step":     func() error { return c.Step(ctx, hostlink.StepKeys, 0) },
		"fetch":    func() error { _, err := c.Fetch(ctx, wire.Digest{}, 1); return err },
		"launch":   func() error { _, _, err := c.Launch(ctx); return err },
	} {
		if err := ask(); codeSaid(err) != hostlink.CodeRefused {
			t.Errorf("%s between two jobs: %v", name, err)
		}
	}
	come <- second
	check(t, <-asked)
	check(t, c.Evidence(ctx, []byte("2")))
	c.Close()
	served.Wait()
	if got := strings.Join(first.heard, "|"); got != "step disk|launch|evidence 1" {
		t.Errorf("the first heard %s", got)
	}
	if got := strings.Join(second.heard, "|"); got != "launch|evidence 2" {
		t.Errorf("the second heard %s", got)
	}
}
