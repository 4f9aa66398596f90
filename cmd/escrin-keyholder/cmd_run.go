// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"log/slog"
	"os"
	"runtime/debug"
)

const runLong = `Serves until it is told to end by SIGTERM or SIGINT, and then finishes what is
under way.
`

// garbage is how much of it there may be, in percent of what is in use: a keyholder keeps 4 to 12 MB, and throws
// away a quarter of a megabyte for each request.
const garbage = 200

func runRun(ctx context.Context, c *call) error {
	log := slog.New(slog.NewJSONHandler(c.stderr, nil))
	lockMemory(log)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	return runNode(ctx, c.dir, c.config, c.store, log)
}
