// SPDX-License-Identifier: Apache-2.0

package enclaver_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
)

// zeros is a reader of so many zero bytes.
func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// packedStream packs what the readers give, each as a stream of its own, one behind the other.
func packedStream(t *testing.T, mediaType string, window int, streams ...io.Reader) []byte {
	t.Helper()
	var buf bytes.Buffer
	for _, stream := range streams {
		var w io.WriteCloser = gzip.NewWriter(&buf)
		if mediaType == oci.MediaTypeLayerZstd {
			var err error
			if w, err = zstd.NewWriter(&buf, zstd.WithWindowSize(window), zstd.WithEncoderConcurrency(1)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := io.Copy(w, stream); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return buf.Bytes()
}

// entry is the header of a regular file.
func entry(t *testing.T, size int64) io.Reader {
	t.Helper()
	var buf bytes.Buffer
	if err := tar.NewWriter(&buf).WriteHeader(&tar.Header{Name: "zeros", Mode: 0o644, Size: size, Format: tar.FormatGNU}); err != nil {
		t.Fatal(err)
	}
	return &buf
}

// bomb is a layer whose tar is not in memory.
type bomb struct {
	v1.Layer
	diffID v1.Hash
}

func (b bomb) DiffID() (v1.Hash, error) { return b.diffID, nil }

// bombs are layers of empty files, each with an attribute of so many bytes: all that a tree has is in memory.
func bombs(t *testing.T, layers, files int, prefix string, attribute int) (all []v1.Layer) {
	t.Helper()
	for i := range layers {
		var packed bytes.Buffer
		z, err := zstd.NewWriter(&packed)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.New()
		w := tar.NewWriter(io.MultiWriter(z, sum))
		for k := range files {
			h := tar.Header{Name: fmt.Sprintf("layer-%d/%s%d", i, prefix, k), Mode: 0o644, Typeflag: tar.TypeReg}
			if attribute > 0 {
				h.PAXRecords = map[string]string{"SCHILY.xattr.user.a": strings.Repeat("a", attribute)}
			}
			if err := w.WriteHeader(&h); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(w.Close(), z.Close()); err != nil {
			t.Fatal(err)
		}
		all = append(all, bomb{imagetest.Blob(oci.MediaTypeLayerZstd, packed.Bytes(), nil), oci.HashOf([32]byte(sum.Sum(nil)))})
	}
	return all
}

// IMG-08: what unpacks to far more than it is, is refused, and neither that nor large windows cost more than 256 MiB.
func TestIMG08BombsCostLittleMemory(t *testing.T) {
	const many = 3 << 29 // more than a small layer may unpack to
	gz, zst := oci.MediaTypeLayerGzip, oci.MediaTypeLayerZstd
	wide := func() v1.Layer {
		stream := func() io.Reader { return io.MultiReader(entry(t, 160<<20), zeros(160<<20+1024)) }
		content, err := io.ReadAll(stream())
		if err != nil {
			t.Fatal(err)
		}
		return imagetest.Blob(zst, packedStream(t, zst, 128<<20, bytes.NewReader(content)), content)
	}()
	for name, c := range map[string]struct {
		layers []v1.Layer
		want   string // of the error; empty if the image is fine
	}{
		"padding, gzip":          {[]v1.Layer{imagetest.Blob(gz, packedStream(t, gz, 0, zeros(many)), nil)}, "exceeds its limit"},
		"padding, zstd":          {[]v1.Layer{imagetest.Blob(zst, packedStream(t, zst, 1<<20, zeros(many)), nil)}, "exceeds its limit"},
		"padding, many members":  {[]v1.Layer{imagetest.Blob(gz, packedStream(t, gz, 0, zeros(many/2), zeros(many/2)), nil)}, "exceeds its limit"},
		"one large file":         {[]v1.Layer{imagetest.Blob(zst, packedStream(t, zst, 1<<20, entry(t, 1<<40), zeros(1<<20)), nil)}, "exceeds its limit"},
		"garbage behind gzip":    {[]v1.Layer{imagetest.Blob(gz, append(packedStream(t, gz, 0, zeros(1024)), "garbage and garbage"...), make([]byte, 1024))}, "gzip: invalid header"},
		"a little garbage":       {[]v1.Layer{imagetest.Blob(gz, append(packedStream(t, gz, 0, zeros(1024)), "rubbish"...), make([]byte, 1024))}, "something follows it"},
		"a cut stream":           {[]v1.Layer{imagetest.Blob(gz, packedStream(t, gz, 0, zeros(1024))[:18], nil)}, "ends in the middle"},
		"a window beyond limits": {[]v1.Layer{imagetest.Blob(zst, packedStream(t, zst, 256<<20, zeros(300<<20)), nil)}, "window"},
		"attributes":             {bombs(t, 4, 50_000, "a", 3900), "exceeds its limit"},
		"attributes, less":       {bombs(t, 5, 5_000, "a", 3900), ""}, // a merge does not read them
		"a million files":        {bombs(t, 1, 1<<20, "", 0), "exceeds its limit"},
		"long names":             {bombs(t, 1, 1<<18, strings.Repeat("n", 242), 0), "exceeds its limit"},
		"many layers":            {bombs(t, 100, 5_000, "a", 0), "more files, names and attributes"},
		"many ordinary files":    {append(bombs(t, 3, 100_000, "a-file-name", 0), imagetest.Layer(gz, tars()[0]), imagetest.Layer(gz, tars()[1])), ""},
		"wide windows":           {[]v1.Layer{wide, imagetest.Layer(gz, tars()[0])}, ""},
	} {
		layout := layoutOf(t, imagetest.Of(types.OCIManifestSchema1, imagetest.Run("/bin/app"), c.layers...))
		store := filepath.Join(t.TempDir(), "store")
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "ESCRIN_TEST_BUILD="+layout, "ESCRIN_TEST_BASE="+guestBase(t), "ESCRIN_TEST_STORE="+store, "GOMEMLIMIT=128MiB")
		out, err := cmd.CombinedOutput()
		if (err == nil) != (c.want == "") || !strings.Contains(string(out), c.want) {
			t.Errorf("%s: %v: %s", name, err, out)
		}
		if peak := peakMemory(t, store+".status"); peak == 0 || peak > 256<<10 {
			t.Errorf("%s: %d kB of memory", name, peak)
		}
	}
}

// peakMemory reads what a process that made an enclave says of itself, in units of 1024 bytes.
func peakMemory(t *testing.T, status string) (peak int) {
	t.Helper()
	data, err := os.ReadFile(status)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &peak); err == nil {
			return peak
		}
	}
	return 0
}
