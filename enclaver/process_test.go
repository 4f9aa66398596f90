// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/escrin/escrin/enclaver/oci"
)

func TestArgumentsFollowTheImageAndTheSpec(t *testing.T) {
	image := oci.Process{Entrypoint: []string{"/entry"}, Cmd: []string{"a", "b"}}
	for name, c := range map[string]struct {
		image oci.Process
		spec  Spec
		want  []string
	}{
		"image":             {image, Spec{}, []string{"/entry", "a", "b"}},
		"command only":      {oci.Process{Cmd: []string{"/cmd"}}, Spec{}, []string{"/cmd"}},
		"other command":     {image, Spec{Cmd: []string{"c"}}, []string{"/entry", "c"}},
		"other entrypoint":  {image, Spec{Entrypoint: []string{"/other"}}, []string{"/other"}},
		"both":              {image, Spec{Entrypoint: []string{"/other"}, Cmd: []string{"c"}}, []string{"/other", "c"}},
		"nothing":           {oci.Process{}, Spec{}, nil},
		"of another system": {oci.Process{Cmd: []string{"cmd.exe"}, ArgsEscaped: true}, Spec{}, nil},
	} {
		got, err := arguments(c.image, c.spec)
		if (err == nil) != (c.want != nil) || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestIMG16EveryNameHasOneValue(t *testing.T) {
	got, err := environment([]string{"A=1", "B=", "A=2=3"})
	if want := []string{defaultPath, "A=2=3", "B="}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	for _, bad := range []string{"", "=x", "NAME"} {
		if _, err := environment([]string{bad}); err == nil {
			t.Errorf("%q: accepted", bad)
		}
	}
}

func TestStopSignalsAreSpelledInFull(t *testing.T) {
	for image, want := range map[string]string{
		"": "SIGTERM", "SIGINT": "SIGINT", "int": "SIGINT", "15": "SIGTERM", "9": "SIGKILL", "RTMIN+3": "SIGRTMIN+3",
	} {
		if got := stopSignal(image); got != want {
			t.Errorf("%q: %q, want %q", image, got, want)
		}
	}
}

func TestRunConfigRefusesWhatTheGuestWould(t *testing.T) {
	for name, image := range map[string]oci.Process{
		"relative volume": {Cmd: []string{"a"}, Volumes: map[string]struct{}{"data": {}}},
		"no command":      {},
		"bad user":        {Cmd: []string{"a"}, User: "nobody"},
		"bad environment": {Cmd: []string{"a"}, Env: []string{"x"}},
	} {
		if _, err := runConfig(image, Spec{}, fstest.MapFS{}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	run, err := runConfig(oci.Process{Cmd: []string{"a"}, WorkingDir: "../../srv/", Volumes: map[string]struct{}{"/b/": {}, "/a": {}, "/b": {}}}, Spec{}, fstest.MapFS{})
	if err != nil || run.Process.Cwd != "/srv" || !slices.Equal(run.Volumes, []string{"/a", "/b"}) {
		t.Errorf("%+v, %v", run, err)
	}
}

func TestIMG08WhatALayerUnpacksToIsBounded(t *testing.T) {
	for packed, want := range map[int64]int64{0: 1 << 30, 1 << 20: 1<<30 + 256<<20, 1 << 62: 32 << 30} {
		if got := limitsFor(packed).StreamBytes; got != want {
			t.Errorf("%d bytes may unpack to %d, want %d", packed, got, want)
		}
	}
}
