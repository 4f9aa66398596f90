// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/guestagent/config"
)

// TestIMG14UserStringsAreReadOneWay: each id is in bounds and in its one spelling, or the user is refused.
func TestIMG14UserStringsAreReadOneWay(t *testing.T) {
	ids := []string{"0", "1", "65535", "65536", "2147483647", "2147483648", "4294967294", "4294967295", "4294967296", "-1", "+1", "00", "0x1", "1.0", "1e1",
		" 1", "1 ", "", "1\t", "1\n", "\u0661", "1\x00", "999999999999999999999", "--1"}
	cases := 0
	for _, uid := range ids {
		for _, gid := range append([]string{"-"}, ids[:12]...) { // "-" stands for no group at all
			user := uid + ":" + gid
			if gid == "-" {
				user = uid
			}
			cases++
			good := slices.Contains(ids[:7], uid) && (gid == "-" || slices.Contains(ids[:7], gid)) || user == ""
			got, err := resolveUser(user, fstest.MapFS{})
			if (err == nil) != good {
				t.Errorf("%q: %+v, %v", user, got, err)
			}
			if back := fmt.Sprintf("%d:%d", got.UID, got.GID); err == nil && gid != "-" && back != user {
				t.Errorf("%q is read as %s", user, back)
			}
		}
	}
	if cases < 200 {
		t.Errorf("only %d cases", cases)
	}
}

// endless is a file of 1 GiB that costs nothing until it is read.
type endless struct{ read int64 }

func (e *endless) Stat() (fs.FileInfo, error) { return endlessInfo{}, nil }
func (e *endless) Close() error               { return nil }
func (e *endless) Read(p []byte) (int, error) {
	if e.read += int64(len(p)); e.read > 1<<30 {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

type endlessInfo struct{ fs.FileInfo }

func (endlessInfo) Mode() fs.FileMode  { return 0o644 }
func (endlessInfo) Size() int64        { return 1 << 30 }
func (endlessInfo) ModTime() time.Time { return time.Time{} }

// Open implements fs.FS: every file is the endless one.
func (e *endless) Open(string) (fs.File, error) { return e, nil }

func TestIMG14AccountFileOfAGibibyteIsNotRead(t *testing.T) {
	file := new(endless)
	if _, err := resolveUser("app", file); err == nil || file.read > 4*maxAccountFile {
		t.Errorf("%v after %d bytes", err, file.read)
	}
}

func TestUnknownUserHasAHint(t *testing.T) {
	_, err := resolveUser("nobody", accounts(passwd, groups))
	if got := hint.Of(err); !strings.Contains(got, `"root", "app"`) || !strings.Contains(got, "--user") {
		t.Errorf("hint %q", got)
	}
}

// TestIMG14LabelsAreNotInterpreted: whatever labels and ports say, the config is the same.
func TestIMG14LabelsAreNotInterpreted(t *testing.T) {
	image := oci.Process{Cmd: []string{"/app"}, Env: []string{"A=1"}}
	want, err := single(oci.ImageConfig{Process: image}, spec.Default(), fstest.MapFS{}, disk())
	if err != nil {
		t.Fatal(err)
	}
	names := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"org.escrin.entrypoint", "org.escrin.network", "io.containerd.cmd", "devcontainer.metadata", "run"}))
	rapid.Check(t, func(t *rapid.T) {
		labelled := image
		labelled.Labels = rapid.MapOf(names, rapid.String()).Draw(t, "labels")
		labelled.ExposedPorts = map[string]struct{}{rapid.String().Draw(t, "port"): {}}
		got, err := single(oci.ImageConfig{Process: labelled}, spec.Default(), fstest.MapFS{}, disk())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, %v", got, err)
		}
	})
}

// linked is an image with symbolic links.
func linked(links map[string]string) fstest.MapFS {
	root := fstest.MapFS{"real/data/file": {}, "usr/lib/file": {}}
	for name, target := range links {
		root[name] = &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink | 0o777}
	}
	return root
}

// TestIMG07LinksAreFollowedWhenTheEnclaveIsMade, and within the image alone.
func TestIMG07LinksAreFollowedWhenTheEnclaveIsMade(t *testing.T) {
	root := linked(map[string]string{
		"var/run": "/run", "data": "real/data", "up": "../../../../real", "abs": "/real", "chain": "abs/data", "dangling": "nowhere/x",
		"loop": "loop", "real/back": "../usr", "toproc": "/proc", "toroot": "/", "dots": "real/./data/../data/",
	})
	for path, want := range map[string]string{
		"/data": "/real/data", "/data/new": "/real/data/new", "/up/data": "/real/data", "/abs": "/real", "/chain": "/real/data", "/var/run/app": "/run/app",
		"/real/back/lib": "/usr/lib", "/absent/x": "/absent/x", "/dangling": "/nowhere/x", "/dots": "/real/data", "/real/data": "/real/data",
		"/loop": "", "/toproc": "", "/toproc/self": "", "/toroot": "",
	} {
		declared := spec.Default()
		declared.Volumes = []config.Volume{{Path: path, SizeMiB: 1}}
		c, err := single(oci.ImageConfig{Process: oci.Process{Cmd: []string{"a"}}}, declared, root, disk())
		switch {
		case want == "" && err == nil:
			t.Errorf("%s became %+v", path, c.Main().Volumes)
		case want != "" && (err != nil || c.Main().Volumes[0].Path != want):
			t.Errorf("%s became %+v, %v, want %s", path, c.Main().Volumes, err, want)
		}
		declared = spec.Default()
		declared.Secrets = []config.Secret{{Name: "a", Path: path}}
		c, err = single(oci.ImageConfig{Process: oci.Process{Cmd: []string{"a"}}}, declared, root, disk())
		if (err == nil) != (want != "") || want != "" && c.Main().Secrets[0].Path != want {
			t.Errorf("secret %s became %+v, %v, want %q", path, c.Main().Secrets, err, want)
		}
	}
}

func TestSpecHasTheLastWord(t *testing.T) {
	image := oci.Process{
		Entrypoint: []string{"/entry"}, Cmd: []string{"x"}, Env: []string{"A=1", "B=2", "PASSWORD=none"}, User: "app", WorkingDir: "/srv",
		Volumes: map[string]struct{}{"/a": {}, "/b": {}},
	}
	declared := spec.Default()
	declared.Env = map[string]string{"B": "3", "C": "4"}
	declared.User, declared.Workdir, declared.ReadOnlyRoot, declared.ScratchMiB = "0:7", "/work", true, 99
	declared.Volumes = []config.Volume{{Path: "/b", SizeMiB: 5}, {Path: "/c", SizeMiB: 6}}
	declared.Secrets = []config.Secret{{Name: "p", Env: "PASSWORD"}}
	declared.VM = spec.VM{MinMemoryMiB: 2048, MinVCPUs: 2, MaxVCPUs: 4}
	c, err := single(oci.ImageConfig{Process: image}, declared, accounts(passwd, groups), disk())
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Version: config.Version,
		Containers: []config.Container{{
			Name: config.MainName, Disk: disk(),
			Process: config.Process{
				Args: []string{"/entry", "x"}, Env: []string{defaultPath, "A=1", "B=3", "C=4"}, Cwd: "/work", User: config.User{GID: 7, AdditionalGIDs: []uint32{}},
			},
			StopSignal: "SIGTERM",
			Volumes:    []config.Volume{{Path: "/a", SizeMiB: 99}, {Path: "/b", SizeMiB: 5}, {Path: "/c", SizeMiB: 6}},
			Secrets:    declared.Secrets, IO: config.IO{Input: config.InputPath, Output: config.OutputPath}, ReadOnlyRoot: true,
		}},
		Bounds:       config.Bounds{MinMemoryMiB: 2048, MinVCPUs: 2, MaxVCPUs: 4, ScratchMiB: 99, ScratchMedium: config.ScratchMemory, OutputMiB: 64, MaxProcesses: 1024},
		Network:      config.Network{Egress: []config.Destination{}, Ingress: []config.Service{}},
		Tasks:        config.Tasks{PerBoot: 1},
		Confidential: config.Confidential{Env: []string{}, Files: []string{}},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("%+v\nwant %+v", c, want)
	}
}
