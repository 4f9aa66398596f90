// SPDX-License-Identifier: Apache-2.0

package outcome

import (
	"archive/tar"
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/keyholder/envelope"
)

// left is what a workload left: a directory for each name that ends in a slash, and a file for each other.
func left(names ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for i, name := range names {
		if dir, ok := strings.CutSuffix(name, "/"); ok {
			files[dir] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
		} else {
			files[name] = &fstest.MapFile{Data: []byte("of " + name), Mode: fs.FileMode(0o644 | i%2*0o111)}
		}
	}
	return files
}

// tree is what a file system has: "directory", or whether its owner may execute it and the content of a file, by name.
func tree(t *testing.T, files fs.FS) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || name == ".":
			return err
		case d.IsDir():
			found[name] = "directory"
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		content, err := fs.ReadFile(files, name)
		found[name] = fmt.Sprintf("%v %s", info.Mode()&0o100 != 0, content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// archive is what a guest writes of it.
func archive(t *testing.T, files fs.FS) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := task.WriteOutput(&b, []byte("of stdout"), []byte("of stderr"), files); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// long is a name of task.MaxOutputName bytes with elements of so many.
func long(element string) string {
	name := strings.Repeat(element+"/", task.MaxOutputName/(len(element)+1)+1)[:task.MaxOutputName-1]
	return name + "x"
}

// many are names of so many entries, a few of them directories.
func many(entries int) []string {
	const each = 500
	var names []string
	for i := range entries {
		if dir := fmt.Sprintf("%d/", i/each); i%each == 0 {
			names = append(names, dir)
		} else {
			names = append(names, fmt.Sprintf("%s%d", dir, i))
		}
	}
	return names
}

// TestWhatAGuestWritesIsReadAndPutToDisk: a result that was accepted and paid for must not stay closed for a name, or a
// number of entries, that guestagent/task/SPEC.md allows.
func TestWhatAGuestWritesIsReadAndPutToDisk(t *testing.T) {
	for what, names := range map[string][]string{
		"nothing":   nil,
		"backslash": {`a\b`, `..\up`, `\`, `d\/\`},
		"control":   {"new\nline", "tab\t", "\x01\x1b[2J", "\x7f", "\r", "12 path=x\n"},
		"text":      {" ", " é\u202e", "-rf", "a:b", "...", ".a", "a.", "a=b", "%2e%2e", "~", "*", "\ufffd", "\U0010ffff"},
		"taken":     {"stdout", "stderr", "output/output", "pax", "long name", "@LongLink"},
		"lengths":   {strings.Repeat("n", 100), strings.Repeat("m", 93), strings.Repeat("o", 92), strings.Repeat("p", 255), strings.Repeat("é", 127)},
		"long":      {long(strings.Repeat("d", 250)), long(strings.Repeat("e", 100))},
		"deep":      {long("d") + "/"},
		"empty":     {"empty/", "deep/empty/", `back\slash/`, "full/", "full/file"},
		"most":      many(task.MaxOutputEntries),
	} {
		t.Run(what, func(t *testing.T) {
			files, dir := left(names...), filepath.Join(t.TempDir(), "result")
			out, err := Parse(archive(t, files))
			if err != nil {
				t.Fatal(err)
			}
			if err := WriteTo(dir, out); err != nil {
				t.Fatal(err)
			}
			want := map[string]string{"stdout": "false of stdout", "stderr": "false of stderr"}
			for name, what := range tree(t, files) {
				want["output"], want["output/"+name] = "directory", what
			}
			if got := tree(t, os.DirFS(dir)); !maps.Equal(got, want) {
				t.Errorf("%d entries %.300q, want %d %.300q", len(got), slices.Sorted(maps.Keys(got)), len(want), slices.Sorted(maps.Keys(want)))
			}
		})
	}
}

// TestParseHasTheBoundsOfGuests: not an entry less, and neither an entry nor a byte more, than an output may have.
func TestParseHasTheBoundsOfGuests(t *testing.T) {
	for _, entries := range []int{task.MaxOutputEntries - 1, task.MaxOutputEntries} {
		if out, err := Parse(archive(t, left(many(entries)...))); err != nil || len(out.Files) != entries {
			t.Errorf("%d of %d entries, %v", len(out.Files), entries, err)
		}
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := range task.MaxOutputEntries + 3 {
		h := tar.Header{Name: fmt.Sprintf("output/%05d", i), Typeflag: tar.TypeReg}
		if i < 2 {
			h.Name = []string{"stdout", "stderr"}[i]
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(b.Bytes()); err == nil {
		t.Errorf("%d entries were accepted", task.MaxOutputEntries+1)
	}
	if _, err := Parse(append(archive(t, nil), make([]byte, task.MaxOutput)...)); err == nil {
		t.Errorf("more than %d bytes were accepted", task.MaxOutput)
	}
}

func TestWriteToStaysInItsDirectory(t *testing.T) {
	for _, name := range []string{"a", "a/"} {
		outside, dir := t.TempDir(), t.TempDir()
		if err := os.Symlink(outside, filepath.Join(dir, "output")); err != nil {
			t.Fatal(err)
		}
		out, err := Parse(archive(t, left(name)))
		if err != nil {
			t.Fatal(err)
		}
		if err := WriteTo(dir, out); err == nil {
			t.Error("wrote through a symbolic link")
		}
		if found := tree(t, os.DirFS(outside)); len(found) > 0 {
			t.Errorf("outside appeared %v", found)
		}
	}
}

// TestOpen opens the largest output that there is.
func TestOpen(t *testing.T) {
	private, public, err := envelope.GenerateRecipient()
	if err != nil {
		t.Fatal(err)
	}
	around := len(archive(t, fstest.MapFS{"file": {}}))
	raw := archive(t, fstest.MapFS{"file": {Data: make([]byte, task.MaxOutput-around)}})
	var sealed bytes.Buffer
	aad := task.OutputAAD([32]byte{7}, 2)
	if err := envelope.SealToRecipient(&sealed, rand.Reader, public, aad[:], bytes.NewReader(raw)); err != nil {
		t.Fatal(err)
	}
	if len(raw) != task.MaxOutput || sealed.Len() > MaxSealed {
		t.Errorf("%d bytes, sealed %d", len(raw), sealed.Len())
	}
	out, err := Open(sealed.Bytes(), private, [32]byte{7}, 2)
	if want, _ := Parse(raw); err != nil || !reflect.DeepEqual(out, want) || len(out.Files) != 1 {
		t.Errorf("other than what was sealed, %v", err)
	}
	for name, try := range map[string]func() error{
		"other attempt": func() error { _, err := Open(sealed.Bytes(), private, [32]byte{7}, 1); return err },
		"other task":    func() error { _, err := Open(sealed.Bytes(), private, [32]byte{8}, 2); return err },
		"other key":     func() error { _, err := Open(sealed.Bytes(), make([]byte, 32), [32]byte{7}, 2); return err },
		"cut off":       func() error { _, err := Open(sealed.Bytes()[:1<<20], private, [32]byte{7}, 2); return err },
	} {
		if err := try(); !errors.Is(err, ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
