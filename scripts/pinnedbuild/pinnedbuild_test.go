// SPDX-License-Identifier: Apache-2.0

package pinnedbuild

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheKeyNamesAllThatGoesIn(t *testing.T) {
	a, b := Package{Digest: [32]byte{1}, Path: "/a"}, Package{Digest: [32]byte{2}, Path: "/b"}
	if Key([]Package{a}) != Key([]Package{{Digest: a.Digest, Path: "/elsewhere"}}) {
		t.Error("the folder of the packages goes in")
	}
	seen := map[string]bool{}
	for _, files := range [][]string{{}, {"script"}, {"script", "config"}, {"scriptconfig"}} {
		for _, packages := range [][]Package{nil, {a}, {b}, {a, b}, {a, a}} {
			if key := Key(packages, files...); seen[key] {
				t.Errorf("%v %v has the key of another", files, packages)
			} else {
				seen[key] = true
			}
		}
	}
}

// TestSC01AnotherResultOfTheSameIsRefused: what this machine built must be what others built.
func TestSC01AnotherResultOfTheSameIsRefused(t *testing.T) {
	built := Line("key", []byte("a program")) + "\n"
	if err := Check(built, "key", []byte("a program")); err != nil {
		t.Error(err)
	}
	if Check(built, "key", []byte("another program")) == nil {
		t.Error("another program passes")
	}
	if err := Check(built, "another key", []byte("another program")); err != nil {
		t.Error(err)
	}
}

// TestSC01AnotherPackageIsNotUnpacked: a file that is not the pinned one ends the build before anything of it runs.
func TestSC01AnotherPackageIsNotUnpacked(t *testing.T) {
	for _, path := range []string{"root.go", source(t, "text")} {
		err := Root(t.TempDir(), []Package{{Path: path}}, nil)
		if err == nil || !strings.Contains(err.Error(), "not the file that was pinned") {
			t.Errorf("%s: error is %v", path, err)
		}
	}
}

// source writes a source archive.
func source(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "source.tar.gz")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSourceArchivesAreUnpacked(t *testing.T) {
	path, root := source(t, "an archive"), t.TempDir()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(root, "usr/bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Root(root, []Package{{sha256.Sum256(content), path}}, map[string]string{"build.sh": "a script"}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"source.tar": "an archive", "build.sh": "a script"} {
		if got, err := os.ReadFile(filepath.Join(root, "build", name)); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
}

// TestOnceKeepsAllOrNothing: a build that fails leaves nothing, and one that does not is not repeated.
func TestOnceKeepsAllOrNothing(t *testing.T) {
	cache, broken := t.TempDir(), errors.New("broken")
	_, err := Once(cache, "key", func(_, out string) error {
		return errors.Join(os.WriteFile(filepath.Join(out, "half"), nil, 0o644), broken)
	})
	if left, _ := filepath.Glob(filepath.Join(cache, "[^.]*")); !errors.Is(err, broken) || len(left) != 0 {
		t.Errorf("error %v, left %v", err, left)
	}
	builds := 0
	for range 2 {
		dir, err := Once(cache, "key", func(_, out string) error {
			builds++
			return os.WriteFile(filepath.Join(out, "whole"), nil, 0o644)
		})
		if _, there := os.Stat(filepath.Join(dir, "whole")); err != nil || there != nil {
			t.Errorf("%v, %v", err, there)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "[^.]*")); builds != 1 || len(left) != 1 {
		t.Errorf("%d builds, left %v", builds, left)
	}
}
