// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/jobs/secret"
)

// TestNothingIsWrittenIntoALineOfProgress: on a terminal the line of a step stays open, and whatever is said before the next
// one has a line of its own.
func TestNothingIsWrittenIntoALineOfProgress(t *testing.T) {
	for name, c := range map[string]struct {
		write func(steps *progress, s *session) error
		want  string
	}{
		"service": {func(steps *progress, _ *session) error {
			served := config.Network{Ingress: []config.Service{{Port: 7777, To: 80}}}
			network, err := (&guestNetworkFlags{servicesOn: "127.0.0.1"}).open(steps.beside(steps.out), served)
			if err == nil {
				network.Close()
			}
			return err
		}, "escrin: service 7777 is at 127.0.0.1:"},
		"stdout": {func(_ *progress, s *session) error { _, err := io.WriteString(s.stdout, "said\n"); return err }, "said\r\n"},
		"stderr": {func(_ *progress, s *session) error { _, err := io.WriteString(s.stderr, "said\n"); return err }, "said\r\n"},
		"notes":  {func(_ *progress, s *session) error { _, err := fmt.Fprintln(s.notes, "a note"); return err }, "a note\r\n"},
		"failure": {func(steps *progress, _ *session) error {
			s := submission{network: network.Network{Jobs: "http://127.0.0.1:1"}, progress: steps}
			_, err := s.store(t.Context(), nil, nil, []secret.Sealed{{Label: "a step"}})
			if err == nil {
				t.Error("stored where nobody is")
			}
			_, err = fmt.Fprintln(steps.out, "escrin: it failed")
			return err
		}, "escrin: it failed\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			screen, cmd := newTranscript(t), newRootCommand()
			cmd.SetOut(screen.inner)
			cmd.SetErr(screen.inner)
			steps := newProgress(cmd)
			s, err := newSession(cmd, nil, false, "", steps)
			if err != nil {
				t.Fatal(err)
			}
			steps.step("a step")
			if err := c.write(steps, s); err != nil {
				t.Fatal(err)
			}
			screen.inner.Close() // so that nothing more is waited for
			screen.await(t, "\r\x1b[K"+c.want)
		})
	}
}
