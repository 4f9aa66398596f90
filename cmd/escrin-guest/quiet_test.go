// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestAG07APanicSaysNothing: neither the runtime's report of a panic nor a fatal error of its own gets to the console, on which the
// last words still are. The same panic before is the control.
func TestAG07APanicSaysNothing(t *testing.T) {
	if how := os.Getenv("ESCRIN_TEST_PANIC"); how != "" {
		if strings.HasPrefix(how, "quiet") {
			fmt.Fprintln(quiet(), "last words")
		}
		if how == "quiet fatal" {
			m := map[int]int{}
			for range 2 {
				go func() {
					for i := 0; ; i++ {
						m[i] = i // concurrent map writes, which nothing recovers from
					}
				}()
			}
			select {}
		}
		panic("CANARY")
	}
	for how, want := range map[string]string{"loud": "panic: CANARY", "quiet": "last words\n", "quiet fatal": "last words\n"} {
		cmd := exec.Command(os.Args[0], "-test.run", "TestAG07APanicSaysNothing")
		cmd.Env = append(os.Environ(), "ESCRIN_TEST_PANIC="+how)
		var stderr strings.Builder
		cmd.Stderr = &stderr
		if err := cmd.Run(); err == nil {
			t.Errorf("%s: no panic", how)
		}
		if said := stderr.String(); how == "loud" && !strings.Contains(said, want) || how != "loud" && said != want {
			t.Errorf("%s: the console has %q", how, said)
		}
	}
}
