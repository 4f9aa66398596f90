// SPDX-License-Identifier: Apache-2.0

package spec

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/config"
)

const firstRealTime, lastRealTime = 34, 64 // as glibc and Docker count: SIGRTMIN and SIGRTMAX

// StopSignal is the measured config's name of a signal that an image or a file names: with SIG or without, in letters of either
// case, or by its number. The error, of one that there is not or that ends no program, quotes what is written.
func StopSignal(written string) (string, error) {
	name := signalName(written)
	if config.Signal(name) == 0 {
		return "", fmt.Errorf("stopSignal %q is not a signal's name or number", written)
	}
	if err := config.ValidSignal(name); err != nil {
		return "", fmt.Errorf("%q: %w", written, err)
	}
	return name, nil
}

// signalName spells a signal as the measured config does, if there is one.
func signalName(written string) string {
	if number, err := strconv.ParseUint(written, 10, 8); err == nil {
		return numbered(int(number))
	}
	name := "SIG" + strings.TrimPrefix(strings.ToUpper(written), "SIG")
	back, err := strconv.ParseUint(strings.TrimPrefix(name, "SIGRTMAX-"), 10, 8)
	if err == nil && back >= 1 && back <= lastRealTime-firstRealTime {
		return numbered(lastRealTime - int(back))
	}
	switch name {
	case "SIGRTMAX":
		return numbered(lastRealTime)
	case "SIGIOT":
		return "SIGABRT"
	case "SIGPOLL":
		return "SIGIO"
	case "SIGCLD":
		return "SIGCHLD"
	}
	return name
}

// numbered is the name of the signal of a number, or "".
func numbered(number int) string {
	switch {
	case number == firstRealTime:
		return "SIGRTMIN"
	case number > firstRealTime && number <= lastRealTime:
		return fmt.Sprintf("SIGRTMIN+%d", number-firstRealTime)
	}
	return unix.SignalName(unix.Signal(number))
}

// stopSignal reads one.
func stopSignal(into *string) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		if err := text(into)(n); err != nil {
			return err
		}
		name, err := StopSignal(n.Value)
		if err != nil {
			return at(n, "%v", err)
		}
		*into = name
		return nil
	}
}
