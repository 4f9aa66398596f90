// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"errors"
	"slices"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
)

// TestAdditionsAreOfTheMainContainer: variables take the place of measured ones, arguments come last, files are secrets that no
// input can be called; other containers, and the measured config, stay as they are.
func TestAdditionsAreOfTheMainContainer(t *testing.T) {
	process := func() config.Process {
		return config.Process{Args: []string{"serve"}, Env: []string{"MODE=test", "MODES=2"}, User: config.User{UID: 5}}
	}
	measured := config.Config{Containers: []config.Container{{Process: process()}, {Process: process()}}}
	kept := store{map[string]string{}, map[string]string{}}
	inputs := NewInputs(measured, kept)
	if err := inputs.Add(config.Additions{Version: 1, Env: []config.Variable{{Name: "MODE", Value: "live"}}, Args: []string{"-v"},
		Files: []config.File{{Path: "/etc/app.conf", Content: []byte("x")}}}); err != nil {
		t.Fatal(err)
	}
	got, err := inputs.Config()
	if err != nil {
		t.Fatal(err)
	}
	main := got.Main()
	if !slices.Equal(main.Process.Env, []string{"MODES=2", "MODE=live"}) || !slices.Equal(main.Process.Args, []string{"serve", "-v"}) {
		t.Errorf("process is %+v", main.Process)
	}
	if !slices.Equal(main.Secrets, []config.Secret{{Name: "+0", Path: "/etc/app.conf"}}) || kept.secrets["+0"] != "x" {
		t.Errorf("files are %+v, kept %v", main.Secrets, kept)
	}
	for _, c := range []config.Container{got.Containers[0], measured.Containers[0], measured.Containers[1]} {
		if !slices.Equal(c.Process.Env, process().Env) || !slices.Equal(c.Process.Args, process().Args) || len(c.Secrets) > 0 {
			t.Errorf("another container is %+v", c)
		}
	}
}

// TestMB15SubmittersGiveNoConfidentialFile: a path that is the owner's stays empty if the owner gives nothing.
func TestMB15SubmittersGiveNoConfidentialFile(t *testing.T) {
	c := config.Config{Containers: make([]config.Container, 1), Confidential: config.Confidential{Files: []string{SecretsPath + "db.json"}}}
	kept := store{map[string]string{}, map[string]string{}}
	if err := NewInputs(c, kept).PutSecret("db.json", []byte("forged")); !errors.Is(err, ErrInputs) || len(kept.secrets) > 0 {
		t.Errorf("%v, kept %v", err, kept.secrets)
	}
	if err := NewInputs(c, kept).PutSecret("other", []byte("x")); errors.Is(err, ErrInputs) {
		t.Error(err)
	}
}
