// SPDX-License-Identifier: Apache-2.0

package main

import "testing"

// TestHintsAreAboutTheNetworkOfTheCommand: what a hint says to call finds the same network.
func TestHintsAreAboutTheNetworkOfTheCommand(t *testing.T) {
	t.Setenv("ESCRIN_NETWORK", "")
	for _, c := range []struct {
		line        []string
		hint, about string
	}{
		{[]string{"job", "status", "--network", "n.json"}, "follow it: `escrin job status --watch 0x1`", "follow it: `escrin job status --watch 0x1 --network n.json`"},
		{[]string{"job", "status"}, "follow it: `escrin job status --watch 0x1`", "follow it: `escrin job status --watch 0x1`"},
		{[]string{"job", "list", "--network", "a b/network.json"}, "see `escrin dev status`, or `escrin schema`", "see `escrin dev status --dir 'a b'`, or `escrin schema`"},
		{[]string{"job", "list", "--network", "n.json"}, "`escrin dev up`", "`escrin dev up`"},
		{[]string{"dev", "status", "--dir", "d"}, "`escrin dev up`; `escrin job list`", "`escrin dev up --dir d`; `escrin job list --network d/network.json`"},
		{[]string{"job", "list", "--network", "n"}, "`escrin job list --network m`, `scripts/setup.sh`, `escrin nothing", "`escrin job list --network m`, `scripts/setup.sh`, `escrin nothing"},
		{[]string{"serve", "--dir", "jobs"}, "`escrin dev up`", "`escrin dev up`"},
	} {
		root := newRootCommand()
		cmd, rest, err := root.Find(c.line)
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := about(cmd, c.hint); got != c.about {
			t.Errorf("%v: %s, want %s", c.line, got, c.about)
		}
	}
}
