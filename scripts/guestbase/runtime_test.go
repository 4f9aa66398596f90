// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"testing"
)

// TestMB17TheRuntimeTakesNothingFromOthers: it is one static program, so that no file of an image can take part in it.
func TestMB17TheRuntimeTakesNothingFromOthers(t *testing.T) {
	in, err := loadInputs(defaultCache(), small, os.Getenv(unpinnedVariable) == "1")
	if err != nil {
		t.Fatal(err)
	}
	program, err := in.runtime()
	if err != nil {
		t.Fatal(err)
	}
	if err := checkStatic(program); err != nil {
		t.Error(err)
	}
	for _, word := range []string{defaultCache(), "/usr/lib/x86_64-linux-gnu/crun", "systemd1.Manager"} {
		if bytes.Contains(program, []byte(word)) {
			t.Errorf("the runtime knows %s", word)
		}
	}
	shell, err := os.ReadFile("/bin/sh") // names a loader and a library
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable() // static, but at a fixed place
	if err != nil {
		t.Fatal(err)
	}
	fixed, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	for name, other := range map[string][]byte{"nothing": nil, "a shell": shell, "a program at a fixed place": fixed} {
		if checkStatic(other) == nil {
			t.Errorf("%s passes", name)
		}
	}
}
