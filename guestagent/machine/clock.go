// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// clockSource is where the kernel says by what it counts time.
const clockSource = "/sys/devices/system/clocksource/clocksource0/current_clocksource"

// A kernel that does not know the counter's rate compares it for a second, and knows then.
const (
	clockWithin = 15 * time.Second
	clockPoll   = 10 * time.Millisecond
)

// checkClock requires that time passes as the processor counts it: every other clock is the host's (MB-21). What day it is, the
// host says in any case; the agent believes it for nothing but the time on its requests, and keyholders refuse those that
// are not of theirs. A kernel that boots fast still uses the processor's counter under its early name: see SettleClock.
func checkClock() error {
	_, err := clockSettled(clockSource)
	return err
}

// SettleClock waits until the kernel counts time by the processor's counter for good. Until then it may still go over to a clock
// that is the host's, which is an error.
func (Machine) SettleClock(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, clockWithin, errors.New("the kernel still doubts the processor's counter"))
	defer cancel()
	return settleClock(ctx, clockSource)
}

func settleClock(ctx context.Context, path string) error {
	for {
		if settled, err := clockSettled(path); settled || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(clockPoll):
		}
	}
}

// clockSettled says whether the kernel counts by the processor's counter, and not only for the time being.
func clockSettled(path string) (bool, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	switch name := string(bytes.TrimSpace(source)); name {
	case "tsc":
		return true, nil
	case "tsc-early":
		return false, nil
	default:
		return false, fmt.Errorf("the kernel counts time by %q", name)
	}
}
