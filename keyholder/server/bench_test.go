// SPDX-License-Identifier: Apache-2.0

package server

import (
	"log/slog"
	"testing"

	"github.com/escrin/escrin/keyholder"
)

// BenchmarkRelease answers requests for a key, many at once: evidence verified,
// records durable, each time. What a chain costs is not in it.
func BenchmarkRelease(b *testing.B) {
	w := newWorld(b, func(c *Config) {
		c.Log = slog.New(slog.DiscardHandler)
		c.PerAddress, c.PerRequester = Rate{1e6, 1e6}, Rate{1e6, 1e6}
	})
	request := w.release()
	b.SetParallelism(16)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if r := w.post(keyholder.PathRelease, w.signed(keyholder.PathRelease, request)); r.status != 200 {
				b.Error(r)
			}
		}
	})
}
