// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"fmt"
	"net"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/jobs/guestnet"
)

// openNetwork listens for the services of an enclave and tells the observer where; nil if it has no network.
func (l *Local) openNetwork(b enclaver.Boot, at *attempt) (*guestnet.Host, error) {
	if b.Config.Network.None() {
		return nil, nil
	}
	name := fmt.Sprintf("task %s attempt %d: ", at.assignment.TaskID, at.assignment.Attempt)
	h := &guestnet.Host{Network: b.Config.Network, Reach: l.Reach, Log: func(line string) { l.Log(name + line) }}
	endpoints, err := h.Listen(l.ServicesOn)
	if err == nil && len(endpoints) > 0 {
		at.observer.Services(endpoints)
	}
	return h, err
}

// carry serves a guest's network, if it has one, until stop is called.
func carry(ctx context.Context, h *guestnet.Host, conn net.Conn) (stop func()) {
	if h == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Serve(ctx, conn)
	}()
	return func() {
		cancel()
		<-done
	}
}
