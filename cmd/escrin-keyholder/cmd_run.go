// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"log/slog"
)

func runRun(ctx context.Context, c *call) error {
	return runNode(ctx, c.dir, c.config, c.store, slog.New(slog.NewJSONHandler(c.stderr, nil)))
}
