// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/wire"
)

func disk() config.Disk {
	return config.Disk{DataBlocks: 1, HashOffsetBlocks: 1, RootHash: wire.Hash32{1}}
}

func TestArgumentsFollowTheImageAndTheSpec(t *testing.T) {
	image := oci.Process{Entrypoint: []string{"/entry"}, Cmd: []string{"a", "b"}}
	for name, c := range map[string]struct {
		image oci.Process
		spec  spec.Spec
		want  []string
	}{
		"image":             {image, spec.Default(), []string{"/entry", "a", "b"}},
		"command only":      {oci.Process{Cmd: []string{"/cmd"}}, spec.Default(), []string{"/cmd"}},
		"other command":     {image, spec.Spec{Cmd: []string{"c"}}, []string{"/entry", "c"}},
		"other entrypoint":  {image, spec.Spec{Entrypoint: []string{"/other"}}, []string{"/other"}},
		"both":              {image, spec.Spec{Entrypoint: []string{"/other"}, Cmd: []string{"c"}}, []string{"/other", "c"}},
		"nothing":           {oci.Process{}, spec.Default(), nil},
		"of another system": {oci.Process{Cmd: []string{"cmd.exe"}, ArgsEscaped: true}, spec.Default(), nil},
	} {
		got, err := arguments(c.image, c.spec)
		if (err == nil) != (c.want != nil) || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestIMG16EveryNameHasOneValue(t *testing.T) {
	got, err := environment([]string{"A=1", "B=", "A=2=3"}, spec.Default())
	if want := []string{defaultPath, "A=2=3", "B="}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	for _, bad := range []string{"", "=x", "NAME"} {
		if _, err := environment([]string{bad}, spec.Default()); err == nil {
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
		if _, err := Config(oci.ImageConfig{Process: image}, spec.Default(), fstest.MapFS{}, disk()); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	run, err := Config(oci.ImageConfig{Process: oci.Process{Cmd: []string{"a"}, WorkingDir: "../../srv/", Volumes: map[string]struct{}{"/b/": {}, "/a": {}, "/b": {}}}}, spec.Default(), fstest.MapFS{}, disk())
	if err != nil || run.Main().Process.Cwd != "/srv" || !slices.Equal(run.Main().Volumes, []config.Volume{{Path: "/a", SizeMiB: 256}, {Path: "/b", SizeMiB: 256}}) {
		t.Errorf("%+v, %v", run, err)
	}
}
