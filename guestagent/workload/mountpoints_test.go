// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/workload/oci"
)

// mounted is the runtime configuration of a workload with nested volumes and secrets, over an empty image.
func mounted(t *testing.T) oci.Spec {
	t.Helper()
	dir := t.TempDir()
	p := Paths{Root: dir + "/root", Input: dir + "/input", Output: dir + "/output", Volumes: []string{dir + "/0", dir + "/1", dir + "/2"}, Secrets: dir + "/secrets", Agent: dir + "/socket"}
	c := shell("true")
	c.Volumes = []config.Volume{{Path: "/data", SizeMiB: 1}, {Path: "/data/logs", SizeMiB: 1}, {Path: "/var/cache/app", SizeMiB: 1}}
	c.Secrets = []config.Secret{{Name: "a", Path: "/run/secrets/a"}, {Name: "b", Path: "/data/b"}, {Name: "c", Env: "C"}}
	for _, made := range []string{p.Root, p.Input, p.Output, p.Volumes[0], p.Volumes[1], p.Volumes[2], p.Secrets} {
		if err := os.MkdirAll(made, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	socket, err := net.Listen("unix", p.Agent)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(p.Secret(name), []byte(name), 0o400); err != nil {
			t.Fatal(err)
		}
	}
	return Spec(c, config.DefaultBounds(), p, 1)
}

func TestMountpointsAreMadeWhereTheImageHasNone(t *testing.T) {
	s, over := mounted(t), t.TempDir()
	for range 2 { // the second time all are there
		if err := MakeMountpoints(s, s.Root.Path, over); err != nil {
			t.Fatal(err)
		}
	}
	volume := s.Mounts[len(s.Mounts)-8].Source
	for path, dir := range map[string]bool{
		over + "/proc": true, over + "/dev": true, over + "/sys": true, over + "/input": true, over + "/output": true, over + "/data": true,
		over + "/var/cache/app": true, over + "/run/secrets/a": false, over + AgentSocket: false, volume + "/logs": true, volume + "/b": false,
	} {
		if info, err := os.Lstat(path); err != nil || info.IsDir() != dir {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, absent := range []string{"/dev/pts", "/sys/fs", "/data/logs", "/data/b"} {
		if _, err := os.Lstat(over + absent); err == nil {
			t.Errorf("%s was made in the image", absent)
		}
	}
}

// TestMountpointsAreMadeOverTheImage: what the image has looks the same under the layer that they are in, and nothing is written below.
func TestMountpointsAreMadeOverTheImage(t *testing.T) {
	s, over := mounted(t), t.TempDir()
	image := s.Root.Path
	for _, err := range []error{
		os.MkdirAll(image+"/var/cache", 0o755), os.Chmod(image+"/var/cache", fs.ModeSticky|0o770), os.MkdirAll(image+"/run/secrets", 0o755),
		os.WriteFile(image+"/run/secrets/a", []byte("image's"), 0o600), MakeMountpoints(s, image, over),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(over + "/var/cache"); err != nil || info.Mode() != fs.ModeDir|fs.ModeSticky|0o770 {
		t.Errorf("%v, %v", info, err)
	}
	for _, absent := range []string{over + "/run/secrets/a", image + "/var/cache/app", image + "/proc"} {
		if _, err := os.Lstat(absent); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", absent, err)
		}
	}
}

// TestIMG07MountpointsAreNotOfTheImagesChoosing puts a link, a file or a hard link at each place that is mounted on, and on
// the way to it.
func TestIMG07MountpointsAreNotOfTheImagesChoosing(t *testing.T) {
	for _, place := range []string{"proc", "dev", "sys", "input", "output", "data", "var", "var/cache", "var/cache/app", "run", "run/secrets", "run/secrets/a"} {
		for kind, make := range map[string]func(elsewhere, path string) error{
			"link out":      func(_, path string) error { return os.Symlink("../../../..", path) },
			"absolute link": func(elsewhere, path string) error { return os.Symlink(elsewhere, path) },
			"link within":   func(_, path string) error { return os.Symlink("tmp", path) },
			"dangling link": func(_, path string) error { return os.Symlink("absent", path) },
			"file":          func(_, path string) error { return os.WriteFile(path, nil, 0o644) },
			"hard link":     func(elsewhere, path string) error { return os.Link(elsewhere+"/file", path) },
			"directory":     func(_, path string) error { return os.Mkdir(path, 0o755) },
		} {
			s := mounted(t)
			elsewhere := t.TempDir()
			path := filepath.Join(s.Root.Path, place)
			for _, err := range []error{
				os.MkdirAll(filepath.Dir(path), 0o755), os.Mkdir(s.Root.Path+"/tmp", 0o755),
				os.WriteFile(elsewhere+"/file", nil, 0o644), make(elsewhere, path),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			file := place == "run/secrets/a" // the one that is a file
			fits := file == (kind == "file" || kind == "hard link") && (file || kind == "directory")
			err := MakeMountpoints(s, s.Root.Path, t.TempDir())
			var unfit *UnfitError
			if fits && err != nil || !fits && (!errors.As(err, &unfit) || !strings.Contains(err.Error(), "/"+place)) {
				t.Errorf("%s as %s: %v", place, kind, err)
			}
			if left, _ := os.ReadDir(elsewhere); len(left) != 1 {
				t.Errorf("%s as %s: something was made elsewhere", place, kind)
			}
		}
	}
}

// store keeps what Inputs puts.
type store struct{ inputs, secrets map[string]string }

func (s store) PutInput(name string, content []byte) error {
	s.inputs[name] = string(content)
	return nil
}
func (s store) PutSecret(container int, name string, owner config.User, content []byte) error {
	if container != 1 || owner.UID != 5 {
		return errors.New("another owner or container")
	}
	s.secrets[name] = string(content)
	return nil
}

func TestSecretsAreNoInputs(t *testing.T) {
	c := shell("true")
	c.Secrets = []config.Secret{{Name: "key", Path: "/key"}, {Name: "password", Env: "PASSWORD"}}
	first := config.Container{Secrets: []config.Secret{{Name: "password", Env: "FIRST"}}}
	kept := store{map[string]string{}, map[string]string{}}
	inputs := NewInputs(config.Config{Containers: []config.Container{first, c}}, kept)
	for name, content := range map[string]string{"bid": "42", "key": "\x00\xff", "password": "p=w\n"} {
		if _, err := inputs.Config(); name != "bid" && !errors.Is(err, ErrInputs) {
			t.Errorf("before %s: %v", name, err)
		}
		if err := inputs.Put(name, []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	run, err := inputs.Config()
	if err != nil {
		t.Fatal(err)
	}
	if len(kept.inputs) != 1 || kept.inputs["bid"] != "42" || len(kept.secrets) != 1 || kept.secrets["key"] != "\x00\xff" {
		t.Errorf("kept %v", kept)
	}
	if got := strings.Join(run.Main().Process.Env, "|"); got != "A=1|PASSWORD=p=w\n" || len(c.Process.Env) != 1 {
		t.Errorf("environment %q", got)
	}
	if got := run.Containers[0].Process.Env; !slices.Equal(got, []string{"FIRST=p=w\n"}) {
		t.Errorf("environment %q of the first container", got)
	}
}

// TestIMG16SecretsAreData: a value cannot end the variable, nor be more than one.
func TestIMG16SecretsAreData(t *testing.T) {
	c := shell("true")
	c.Secrets = []config.Secret{{Name: "a", Env: "A_SECRET"}}
	for _, bad := range []string{"x\x00LD_PRELOAD=/x", "\xff", strings.Repeat("x", MaxVariable+1)} {
		if err := NewInputs(config.Config{Containers: []config.Container{c}}, store{}).Put("a", []byte(bad)); !errors.Is(err, ErrInputs) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}
