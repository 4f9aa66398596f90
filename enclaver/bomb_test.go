// SPDX-License-Identifier: Apache-2.0

package enclaver_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/registry/evilreg"
)

// maxResident is what an attempt to enclave a bomb may need, in bytes of memory.
const maxResident = 256 << 20

// zeros is a stream without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func gzipped(t *testing.T, r io.Reader) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := io.Copy(w, r); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func zstded(t *testing.T, r io.Reader) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := zstd.NewWriter(&buf)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, r); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// bombs are layers that unpack to far more than they are, by name, with their media types.
func bombs() map[string]func(t *testing.T) (mediaType string, layer []byte) {
	const quarter = 256 << 20
	nothing := bytes.Repeat([]byte{0}, 1024) // an empty tar
	return map[string]func(*testing.T) (string, []byte){
		"gzip, many members": func(t *testing.T) (string, []byte) {
			return oci.MediaTypeLayerGzip, bytes.Repeat(gzipped(t, io.LimitReader(zeros{}, quarter)), 7)
		},
		"zstd, many frames": func(t *testing.T) (string, []byte) {
			return oci.MediaTypeLayerZstd, bytes.Repeat(zstded(t, io.LimitReader(zeros{}, quarter)), 6)
		},
		"zstd, huge window": func(t *testing.T) (string, []byte) {
			return oci.MediaTypeLayerZstd, []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x03, 0x00, 0x10, 0x00} // window of 2 GiB
		},
		"gzip, garbage behind": func(t *testing.T) (string, []byte) {
			return oci.MediaTypeLayerGzip, append(gzipped(t, bytes.NewReader(nothing)), "garbage"...)
		},
	}
}

// TestIMG08BombsAreRefusedInLittleMemory serves each bomb from a registry to a process of its own.
func TestIMG08BombsAreRefusedInLittleMemory(t *testing.T) {
	if name := os.Getenv("ESCRIN_TEST_IMAGE"); name != "" {
		if _, err := build(t, openStore(t), name, enclaver.Reference{}); err != nil {
			fmt.Printf("refused: %v\n", err)
		}
		return
	}
	r := evilreg.Start(t)
	for name, make := range bombs() {
		mediaType, data := make(t)
		layer := r.Put("a", mediaType, data)
		config := fmt.Appendf(nil, `{"architecture":"amd64","os":"linux","config":{"Cmd":["/a"]},"rootfs":{"type":"layers","diff_ids":[%q]}}`, layer.Digest)
		c := r.Put("a", oci.MediaTypeConfig, config)
		manifest := fmt.Appendf(nil, `{"schemaVersion":2,"mediaType":%q,"config":{"mediaType":%q,"digest":%q,"size":%d},"layers":[{"mediaType":%q,"digest":%q,"size":%d}]}`,
			oci.MediaTypeManifest, c.MediaType, c.Digest, c.Size, layer.MediaType, layer.Digest, layer.Size)
		r.Tag("a", "v1", r.Put("a", oci.MediaTypeManifest, manifest).Digest)
		cmd := exec.Command(os.Args[0], "-test.run=^TestIMG08BombsAreRefusedInLittleMemory$")
		cmd.Env = append(os.Environ(), "ESCRIN_TEST_IMAGE=docker://"+r.Host+"/a:v1")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "refused: ") {
			t.Errorf("%s: %v: %s", name, err, out)
			continue
		}
		usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		if resident := usage.Maxrss << 10; resident > maxResident {
			t.Errorf("%s (%d bytes): took %d bytes of memory: %s", name, len(data), resident, out)
		}
	}
}
