// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// build makes a base with an empty cache of its own.
func build(t *testing.T) base {
	t.Helper()
	in, err := findInputs(filepath.Join(defaultCache(), "guest-inputs"))
	if err != nil {
		t.Fatalf("%v: run scripts/setup.sh", err)
	}
	b, err := assemble(in, t.TempDir(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestSC01SameInputsSameBytes builds twice, in other directories and with other settings of the user's.
func TestSC01SameInputsSameBytes(t *testing.T) {
	first := build(t)
	t.Setenv("GOFLAGS", "-race")
	t.Setenv("CGO_CFLAGS", "-O0 -g")
	t.Setenv("GOAMD64", "v3")
	t.Setenv("SOURCE_DATE_EPOCH", "1")
	second := build(t)
	for name, content := range first.files {
		if !bytes.Equal(content, second.files[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

// TestMB17InitrdHoldsNothingElse is the list of what an enclave's initrd is made of.
func TestMB17InitrdHoldsNothingElse(t *testing.T) {
	b := build(t)
	got := strings.Join(slices.Sorted(maps.Keys(b.about.Contents)), " ")
	want := "init modules-tdx/00-configfs.ko modules-tdx/01-tsm.ko modules-tdx/02-tdx_guest.ko " +
		"modules/00-virtio_blk.ko modules/01-sha256_ssse3.ko modules/02-dm_mod.ko modules/03-dm_bufio.ko modules/04-reed_solomon.ko " +
		"modules/05-dm_verity.ko modules/06-libcrc32c.ko modules/07-erofs.ko modules/08-overlay.ko runtime"
	if got != want {
		t.Errorf("contents %s\nwant     %s", got, want)
	}
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{root, defaultCache(), "guest-inputs"} {
		if bytes.Contains(b.files["initrd"], []byte(word)) {
			t.Errorf("the initrd knows the builder's %s", word)
		}
	}
}

func TestAMissingInputIsNamed(t *testing.T) {
	if _, err := findInputs(t.TempDir()); err == nil || !strings.Contains(err.Error(), "vmlinuz") {
		t.Errorf("error is %v", err)
	}
}
