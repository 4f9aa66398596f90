// SPDX-License-Identifier: Apache-2.0

package outcome

import (
	"archive/tar"
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/keyholder/envelope"
)

func archive(t testing.TB, headers ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range headers {
		body := []byte("of " + h.Name)
		if h.Typeflag == tar.TypeReg {
			h.Size = int64(len(body))
		}
		if h.Mode == 0 {
			h.Mode = 0o640
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			if _, err := w.Write(body); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func file(name string) tar.Header { return tar.Header{Name: name, Typeflag: tar.TypeReg} }

func TestParseRefusesEntriesThatLeadElsewhere(t *testing.T) {
	for name, h := range map[string]tar.Header{
		"absolute":        file("/etc/passwd"),
		"dot dot":         file("output/../../x"),
		"dot":             file("./output/x"),
		"backslash":       file(`output\..\x`),
		"unknown place":   file("secrets/x"),
		"output itself":   file("output"),
		"symlink":         {Name: "output/x", Typeflag: tar.TypeSymlink, Linkname: "/etc"},
		"hard link":       {Name: "output/x", Typeflag: tar.TypeLink, Linkname: "stdout"},
		"device":          {Name: "output/x", Typeflag: tar.TypeChar},
		"directory stdin": {Name: "stdin/", Typeflag: tar.TypeDir},
	} {
		if out, err := Parse(archive(t, h)); err == nil {
			t.Errorf("%s: accepted as %v", name, out)
		}
	}
	if _, err := Parse(archive(t, file("output/a"), file("output/a"))); err == nil {
		t.Error("a name that repeats was accepted")
	}
}

func TestWriteToStaysInItsDirectory(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "output")); err != nil {
		t.Fatal(err)
	}
	out, err := Parse(archive(t, file("output/a")))
	if err != nil {
		t.Fatal(err)
	}
	if err := out.WriteTo(dir); err == nil {
		t.Error("wrote through a symbolic link")
	}
	if _, err := os.Stat(filepath.Join(outside, "a")); err == nil {
		t.Error("a file appeared outside")
	}
}

func TestOpenAndWrite(t *testing.T) {
	private, public, err := envelope.GenerateRecipient()
	if err != nil {
		t.Fatal(err)
	}
	raw := archive(t, file("stdout"), file("stderr"), tar.Header{Name: "output/", Typeflag: tar.TypeDir},
		tar.Header{Name: "output/deep/", Typeflag: tar.TypeDir}, file("output/deep/outcome.json"))
	var sealed bytes.Buffer
	aad := task.OutputAAD([32]byte{7}, 2)
	if err := envelope.SealToRecipient(&sealed, rand.Reader, public, aad[:], bytes.NewReader(raw)); err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() (Output, error){
		"other attempt": func() (Output, error) { return Open(sealed.Bytes(), private, [32]byte{7}, 1) },
		"other task":    func() (Output, error) { return Open(sealed.Bytes(), private, [32]byte{8}, 2) },
		"other key":     func() (Output, error) { return Open(sealed.Bytes(), make([]byte, 32), [32]byte{7}, 2) },
	} {
		if _, err := try(); !errors.Is(err, ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	out, err := Open(sealed.Bytes(), private, [32]byte{7}, 2)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "result")
	if err := out.WriteTo(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"stdout", "stderr", "output/deep/outcome.json"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != "of "+name {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(archive(f, file("stdout"), file("output/x")))
	f.Fuzz(func(t *testing.T, b []byte) { Parse(b) })
}
