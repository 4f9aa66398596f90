// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"fmt"
	"os"
	"strings"

	"github.com/escrin/escrin/guestagent/config"
)

// sharesNetwork says whether containers have a network namespace that the agent makes: with others, or with a gateway.
func sharesNetwork(c config.Config) bool { return len(c.Containers) > 1 || !c.Network.None() }

// openBetween lets containers find each other, and what they reach: by the loopback interface of the namespace that they
// share, which OpenNetwork has made if there is a gateway, and by names.
func openBetween(c config.Config) error {
	if !sharesNetwork(c) {
		return nil
	}
	if err := os.MkdirAll(networkPath, 0o755); err != nil {
		return err
	}
	if c.Network.None() {
		if err := onNewThread(func() error { return makeNamespace(nil) }); err != nil {
			return fmt.Errorf("make network namespace: %w", err)
		}
	}
	hosts := names()["/etc/hosts"] + hostsLines(placesOf(c.Network)) + containerLines(c.Containers)
	return os.WriteFile(hostsPath, []byte(hosts), 0o444)
}

// containerLines are the lines of /etc/hosts by which one of several containers finds the others.
func containerLines(containers []config.Container) string {
	var lines strings.Builder
	for _, container := range containers {
		if len(containers) > 1 {
			fmt.Fprintf(&lines, "127.0.0.1\t%s\n", container.Name)
		}
	}
	return lines.String()
}
