// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

const runLong = `Serves until it is told to end by SIGTERM, SIGINT or SIGHUP, and then finishes
what is under way.
`

// garbage is how much of it there may be, in percent of what is in use: a keyholder keeps 4 to 12 MB, and throws
// away a quarter of a megabyte for each request.
const garbage = 200

// memory is from how many bytes on there may be less garbage than that: with as many visitors as there may be at once, a
// keyholder keeps half of this.
const memory = 768 << 20

func runRun(ctx context.Context, c *call) error {
	log := slog.New(slog.NewJSONHandler(c.stderr, nil))
	lockMemory(log)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory)
	}
	outliveLog()
	return runNode(ctx, c.dir, c.config, c.store, log)
}

// outliveLog has the process go on when its log is closed at the other end, which ends any other: what it decides is in the audit
// log. (Ignored, the signal would stay so in programs that it starts.)
func outliveLog() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }
