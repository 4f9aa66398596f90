// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"log/slog"
)

const runLong = `Serves until it is told to end by SIGTERM or SIGINT, and then finishes what is
under way.
`

func runRun(ctx context.Context, c *call) error {
	log := slog.New(slog.NewJSONHandler(c.stderr, nil))
	lockMemory(log)
	return runNode(ctx, c.dir, c.config, c.store, log)
}
