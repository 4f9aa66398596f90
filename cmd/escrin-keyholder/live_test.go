// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/escrin/escrin/keyholder/config"
)

// withoutLogs is an endpoint of the chain that tells no events.
func (w *world) withoutLogs() string {
	s := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || bytes.Contains(body, []byte("eth_getLogs")) {
			http.Error(out, "no events here", http.StatusTeapot)
			return
		}
		resp, err := http.Post(w.rpc, "application/json", bytes.NewReader(body))
		if err != nil {
			return
		}
		defer resp.Body.Close()
		_, _ = io.Copy(out, resp.Body)
	}))
	w.t.Cleanup(s.Close)
	return s.URL
}

// KR-17: whoever hides the messages of the next epoch keeps nobody from serving the one that is active, not even
// after a restart.
func TestKR17WhatIsWrongWithTheNextEpochStopsNobodyServing(t *testing.T) {
	t.Parallel()
	w := newBoardWorld(t, thisMachine(t), somePEM(t))
	for _, h := range w.network.holders {
		h.start()
	}
	w.epoch(2, w.network.holders...)
	number := w.begin(2, w.network.holders...)
	w.network.holders[0].await("posted the dealing", fmt.Sprintf(`"epoch":%d`, number))
	for _, h := range w.network.holders {
		h.kill()
		h.configure(func(c *config.Config) { c.Chain.RPC = []string{w.withoutLogs()} })
	}
	w.skip(number)
	for _, h := range w.network.holders {
		h.start()
	}
	for _, h := range w.network.holders {
		h.await(`"ready"`, `"epoch":1`)
		h.await("cannot go on for now")
	}
}
