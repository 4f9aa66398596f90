// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"fmt"
	"time"
)

// Event tells how far a call is.
type Event struct {
	Name   string        // what is being started or stopped, e.g. "keyholders"
	Detail string        // one short line
	Done   bool          // false when the work begins
	Took   time.Duration // only when Done
}

// ProcessError says that a process of the network ended, or did not become ready in time.
type ProcessError struct {
	Name      string
	Problem   string // "ended with exit status 1", "is not ready after 1m0s: …"
	Log       string // path of its log
	LastLines []string
}

func (e *ProcessError) Error() string { return fmt.Sprintf("%s %s", e.Name, e.Problem) }

// Hint tells where the whole log is.
func (e *ProcessError) Hint() string { return "see the log " + e.Log }

// PortError says that something else listens on a port of the plan.
type PortError struct {
	Server string
	Port   int
}

func (e *PortError) Error() string {
	return fmt.Sprintf("cannot start %s: something else listens on 127.0.0.1:%d", e.Server, e.Port)
}

// Hint tells how to get around it.
func (e *PortError) Hint() string {
	return "end that program, or let a new network choose other ports: `escrin dev up --dir DIR --ports auto`"
}
