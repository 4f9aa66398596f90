// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"net"
	"sync/atomic"
)

// meter stands between a client and a registry on this host and counts what the client sends, headers included.
type meter struct {
	listener net.Listener
	sent     atomic.Int64
}

func newMeter(registry string) (*meter, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	m := &meter{listener: listener}
	go m.accept(registry)
	return m, nil
}

func (m *meter) address() string { return m.listener.Addr().String() }
func (m *meter) close()          { m.listener.Close() }

func (m *meter) accept(registry string) {
	for {
		client, err := m.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", registry)
		if err != nil {
			client.Close()
			continue
		}
		go func() {
			defer server.Close()
			io.Copy(io.MultiWriter(server, counter{&m.sent}), client)
		}()
		go func() {
			defer client.Close()
			io.Copy(client, server)
		}()
	}
}

// during returns how many bytes are sent while f runs.
func (m *meter) during(f func() error) (int64, error) {
	before := m.sent.Load()
	err := f()
	return m.sent.Load() - before, err
}

type counter struct{ n *atomic.Int64 }

func (c counter) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return len(p), nil
}
