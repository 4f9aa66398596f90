// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
)

// compiled compiles the keyholder.
func compiled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "escrin-keyholder")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "../../cmd/escrin-keyholder")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// The image is the same whenever it is made, and has the program, which
// runs without anything else.
func TestImage(t *testing.T) {
	t.Parallel()
	binary := compiled(t)
	dir := t.TempDir()
	first, err := run(binary, filepath.Join(dir, "first"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := run(binary, filepath.Join(dir, "second"))
	if err != nil || second != first {
		t.Fatalf("%s, then %s, %v", first, second, err)
	}
	index, err := layout.ImageIndexFromPath(filepath.Join(dir, "first"))
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil || len(manifest.Manifests) != 1 || manifest.Manifests[0].Digest.String() != first {
		t.Fatalf("%+v, %v", manifest, err)
	}
	image, err := index.Image(manifest.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := image.Layers()
	if err != nil || len(layers) != 1 {
		t.Fatalf("%d layers, %v", len(layers), err)
	}
	files, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if config.Config.User != "65532:65532" || len(config.Config.Entrypoint) != 1 {
		t.Errorf("%+v", config.Config)
	}
	root := t.TempDir()
	unpack(t, root, tar.NewReader(files))
	cmd := exec.CommandContext(t.Context(), filepath.Join(root, config.Config.Entrypoint[0]), config.Config.Cmd...)
	cmd.Env = []string{}
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "Commands:") {
		t.Errorf("%v: %s", err, out)
	}
}

// The image is all that the program needs: it makes its state and serves where there is nothing else, as the user that the
// image names, in namespaces of its own.
func TestImageRunsByItself(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("THE IMAGE IS NOT STARTED: only root can")
	}
	binary, dir, root := compiled(t), t.TempDir(), t.TempDir()
	if _, err := run(binary, filepath.Join(dir, "layout")); err != nil {
		t.Fatal(err)
	}
	image := onlyImage(t, filepath.Join(dir, "layout"))
	layers, err := image.Layers()
	if err != nil {
		t.Fatal(err)
	}
	files, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	unpack(t, root, tar.NewReader(files))
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Dir(dir), root} { // which are the test's, and 0700
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	volume := filepath.Join(root, state)
	passphrase := filepath.Join(volume, "pass")
	if err := os.WriteFile(passphrase, []byte("only for tests\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{volume, passphrase} {
		if err := os.Chown(path, user, user); err != nil {
			t.Fatal(err)
		}
	}
	in := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), config.Config.Entrypoint[0], args...)
		cmd.Env, cmd.Dir = []string{}, "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Chroot: root, Credential: &syscall.Credential{Uid: user, Gid: user},
			Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		}
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	const keys = state + "/holder"
	if out, err := in("init", "--dir", keys, "--passphrase-file", state+"/pass", "--url", "https://keys.example.org"); err != nil || !strings.Contains(out, "https://keys.example.org") {
		t.Fatalf("init: %v: %s", err, out)
	}
	if out, err := in("join", "--dir", keys, "--passphrase-file", state+"/pass", "--json"); err != nil || !strings.Contains(out, "encryptionKey") {
		t.Errorf("join: %v: %s", err, out)
	}
	if out, err := in("run", "--dir", keys, "--passphrase-file", state+"/pass", "--config", state+"/config.json"); err == nil || !strings.Contains(out, "config.json: no such file") {
		t.Errorf("run without a configuration: %v: %s", err, out)
	}
}

// onlyImage is the image of a layout.
func onlyImage(t *testing.T, path string) v1.Image {
	t.Helper()
	index, err := layout.ImageIndexFromPath(path)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil || len(manifest.Manifests) != 1 {
		t.Fatalf("%+v, %v", manifest, err)
	}
	image, err := index.Image(manifest.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

func unpack(t *testing.T, root string, files *tar.Reader) {
	t.Helper()
	for {
		h, err := files.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(root, h.Name)
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, 0o755)
		} else {
			var b bytes.Buffer
			if _, err = io.Copy(&b, files); err == nil {
				err = os.WriteFile(path, b.Bytes(), os.FileMode(h.Mode))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][2]string{
		"no program":         {text, filepath.Join(dir, "a")},
		"nothing":            {filepath.Join(dir, "none"), filepath.Join(dir, "b")},
		"no directory":       {"/bin/sh", ""},
		"a dynamic program":  {"/bin/sh", filepath.Join(dir, "c")},
		"a directory in use": {os.Args[0], dir},
	} {
		if _, err := run(args[0], args[1]); err == nil {
			t.Errorf("%s: made an image", name)
		}
	}
}
