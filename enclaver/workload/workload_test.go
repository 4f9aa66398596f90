// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/wire"
)

func disk() config.Disk {
	return config.Disk{DataBlocks: 1, HashOffsetBlocks: 1, RootHash: wire.Hash32{1}}
}

// single is the measured config of one image under a spec.
func single(image oci.ImageConfig, declared spec.Spec, root fs.FS, disk config.Disk) (config.Config, error) {
	c, err := Container(Image{image.Process, root, disk}, declared.All()[0], declared)
	if err != nil {
		return config.Config{}, err
	}
	return Config(declared, []config.Container{c})
}

func TestArgumentsFollowTheImageAndTheSpec(t *testing.T) {
	image := oci.Process{Entrypoint: []string{"/entry"}, Cmd: []string{"a", "b"}}
	for name, c := range map[string]struct {
		image oci.Process
		spec  spec.Workload
		want  []string
	}{
		"image":             {image, spec.Workload{}, []string{"/entry", "a", "b"}},
		"command only":      {oci.Process{Cmd: []string{"/cmd"}}, spec.Workload{}, []string{"/cmd"}},
		"other command":     {image, spec.Workload{Cmd: []string{"c"}}, []string{"/entry", "c"}},
		"other entrypoint":  {image, spec.Workload{Entrypoint: []string{"/other"}}, []string{"/other"}},
		"both":              {image, spec.Workload{Entrypoint: []string{"/other"}, Cmd: []string{"c"}}, []string{"/other", "c"}},
		"nothing":           {oci.Process{}, spec.Workload{}, nil},
		"of another system": {oci.Process{Cmd: []string{"cmd.exe"}, ArgsEscaped: true}, spec.Workload{}, nil},
	} {
		got, err := arguments(c.image, c.spec)
		if (err == nil) != (c.want != nil) || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestIMG16EveryNameHasOneValue(t *testing.T) {
	got, err := environment([]string{"A=1", "B=", "A=2=3"}, spec.Workload{})
	if want := []string{defaultPath, "A=2=3", "B="}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	for _, bad := range []string{"", "=x", "NAME"} {
		if _, err := environment([]string{bad}, spec.Workload{}); err == nil {
			t.Errorf("%q: accepted", bad)
		}
	}
}

func TestStopSignalsAreSpelledInFull(t *testing.T) {
	for image, want := range map[string]string{
		"": "SIGTERM", "SIGINT": "SIGINT", "int": "SIGINT", "15": "SIGTERM", "9": "SIGKILL", "RTMIN+3": "SIGRTMIN+3", "37": "SIGRTMIN+3", "RTMAX": "SIGRTMIN+30",
	} {
		run, err := single(oci.ImageConfig{Process: oci.Process{Cmd: []string{"a"}, StopSignal: image}}, spec.Default(), fstest.MapFS{}, disk())
		if err != nil || run.Main().StopSignal != want {
			t.Errorf("%q: %q, want %q (%v)", image, run.Main().StopSignal, want, err)
		}
	}
}

// TestStopSignalThatThereIsNotIsQuoted: as the image has it, and the spec's takes its place.
func TestStopSignalThatThereIsNotIsQuoted(t *testing.T) {
	for _, written := range []string{"SIGFOO", "foo", "65", "33", "0", "-1", "15x", "19", "tstp", "RTMIN+31"} {
		image := oci.ImageConfig{Process: oci.Process{Cmd: []string{"a"}, StopSignal: written}}
		_, err := single(image, spec.Default(), fstest.MapFS{}, disk())
		if err == nil || !strings.Contains(err.Error(), "the image's STOPSIGNAL: ") || !strings.Contains(err.Error(), strconv.Quote(written)) || hint.Of(err) == "" {
			t.Errorf("%q: %v", written, err)
		}
		declared := spec.Default()
		declared.StopSignal = "SIGINT"
		if run, err := single(image, declared, fstest.MapFS{}, disk()); err != nil || run.Main().StopSignal != "SIGINT" {
			t.Errorf("%q: %v", written, err)
		}
	}
}

func TestRunConfigRefusesWhatTheGuestWould(t *testing.T) {
	for name, image := range map[string]oci.Process{
		"relative volume": {Cmd: []string{"a"}, Volumes: map[string]struct{}{"data": {}}},
		"no command":      {},
		"bad user":        {Cmd: []string{"a"}, User: "nobody"},
		"bad environment": {Cmd: []string{"a"}, Env: []string{"x"}},
		"stop signal":     {Cmd: []string{"a"}, StopSignal: "SIGSTOP"},
		"its number":      {Cmd: []string{"a"}, StopSignal: "19"},
		"another":         {Cmd: []string{"a"}, StopSignal: "tstp"},
	} {
		if _, err := single(oci.ImageConfig{Process: image}, spec.Default(), fstest.MapFS{}, disk()); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	run, err := single(oci.ImageConfig{Process: oci.Process{Cmd: []string{"a"}, WorkingDir: "../../srv/", Volumes: map[string]struct{}{"/b/": {}, "/a": {}, "/b": {}}}}, spec.Default(), fstest.MapFS{}, disk())
	if err != nil || run.Main().Process.Cwd != "/srv" || !slices.Equal(run.Main().Volumes, []config.Volume{{Path: "/a", SizeMiB: 256}, {Path: "/b", SizeMiB: 256}}) {
		t.Errorf("%+v, %v", run, err)
	}
}

// TestContainersAreRunAsTheSpecSays: each by its own image, and the last is the main one.
func TestContainersAreRunAsTheSpecSays(t *testing.T) {
	declared := spec.Default()
	declared.ScratchMiB = 9
	declared.Containers = []spec.Container{
		{Name: "first", Completes: true, Workload: spec.Workload{Cmd: []string{"once"}, Env: map[string]string{"A": "2"}, StopSignal: "SIGQUIT"}},
		{Name: "second", Image: 1},
	}
	images := []Image{
		{oci.Process{Entrypoint: []string{"/one"}, Env: []string{"PATH=/", "A=1"}, User: "app", Volumes: map[string]struct{}{"/a": {}}}, accounts(passwd, groups), disk()},
		{oci.Process{Cmd: []string{"/two"}, Env: []string{"PATH=/"}, StopSignal: "INT"}, fstest.MapFS{}, config.Disk{OffsetBlocks: 2, DataBlocks: 1, HashOffsetBlocks: 3, RootHash: wire.Hash32{2}}},
	}
	var containers []config.Container
	for _, c := range declared.All() {
		made, err := Container(images[c.Image], c, declared)
		if err != nil {
			t.Fatal(err)
		}
		containers = append(containers, made)
	}
	run, err := Config(declared, containers)
	if err != nil {
		t.Fatal(err)
	}
	first, second := run.Containers[0], run.Main()
	if !slices.Equal(first.Process.Args, []string{"/one", "once"}) || !slices.Equal(first.Process.Env, []string{"PATH=/", "A=2"}) || first.StopSignal != "SIGQUIT" ||
		!first.Completes || first.IO != (config.IO{}) || first.Process.User.UID == 0 || !slices.Equal(first.Volumes, []config.Volume{{Path: "/a", SizeMiB: 9}}) {
		t.Errorf("%+v", first)
	}
	if !slices.Equal(second.Process.Args, []string{"/two"}) || second.StopSignal != "SIGINT" || second.IO.Input != config.InputPath || second.Disk.OffsetBlocks != 2 {
		t.Errorf("%+v", second)
	}
	declared.Containers[1].User = "nobody"
	if _, err := Container(images[1], declared.Containers[1], declared); err == nil || !strings.Contains(err.Error(), "container second: ") {
		t.Errorf("an error is of nobody: %v", err)
	}
	if _, err := Config(declared, nil); err == nil {
		t.Error("nothing runs")
	}
}
