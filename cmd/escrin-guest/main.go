// SPDX-License-Identifier: Apache-2.0

// Command escrin-guest is PID 1 of a guest: it lives one attempt, or several (package guestagent), and powers the
// machine off. It takes no arguments, reads no environment, and speaks to the host over the host link alone;
// its last words on the console say at which stage it gave up.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/escrin/escrin/guestagent"
	"github.com/escrin/escrin/guestagent/machine"
)

func main() {
	console := quiet()
	var m machine.Machine
	err := guestagent.Live(context.Background(), m)
	if err != nil {
		fmt.Fprintln(console, "escrin-guest:", lastWords(err))
	}
	m.PowerOff()
	if err != nil {
		os.Exit(1)
	}
}

// lastWords says what failed, and why only if no input had been opened yet.
func lastWords(err error) string {
	var e *guestagent.Error
	if !errors.As(err, &e) {
		return "unexpected failure"
	}
	if e.Confidential {
		return e.Stage + " failed"
	}
	return err.Error()
}
