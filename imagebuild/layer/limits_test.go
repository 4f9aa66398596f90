// SPDX-License-Identifier: Apache-2.0

package layer_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	. "github.com/escrin/escrin/imagebuild/internal/imagetest"
	"github.com/escrin/escrin/imagebuild/layer"
)

// nowhere takes an image and forgets it.
type nowhere struct{}

func (nowhere) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }

// allocated is how many bytes f allocates, all together, whether they are freed or not.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestIMG08MemoryDoesNotGrowWithContents counts every byte that is ever allocated, so the collector's moods do not matter.
func TestIMG08MemoryDoesNotGrowWithContents(t *testing.T) {
	for _, size := range []int64{1 << 20, 1 << 28} {
		header := Tar(t, File("zeros", ""))[:512]
		stream := bytes.Clone(header)
		copy(stream[124:136], fmt.Sprintf("%011o\x00", size))
		setHeaderByte(stream, 156, tar.TypeReg)
		r := io.MultiReader(bytes.NewReader(stream), io.LimitReader(zeros{}, size+1024))
		used := allocated(func() {
			out := layer.Output{Image: nowhere{}, Leaves: nowhere{}, Scratch: &Memory{}}
			if info, err := layer.Convert(r, out, layer.DefaultLimits()); err != nil || info.Size < size {
				t.Errorf("%d bytes: %+v, %v", size, info, err)
			}
		})
		if most := uint64(12<<20 + runtime.GOMAXPROCS(0)<<20); used > most {
			t.Errorf("%d bytes of content took %d bytes of memory, more than %d", size, used, most)
		}
	}
}

// TestIMG08BombsAreRefusedInLittleMemory inflates what unpacks to far more than it may.
func TestIMG08BombsAreRefusedInLittleMemory(t *testing.T) {
	pack := func(r io.Reader) io.Reader {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := io.Copy(w, r); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return &b
	}
	small := Tar(t, File("a", ""))
	members := io.MultiReader(pack(bytes.NewReader(small)), pack(bytes.NewReader(small)))
	for name, bomb := range map[string]io.Reader{
		"padding":         pack(io.MultiReader(bytes.NewReader(small), io.LimitReader(zeros{}, 64<<20))),
		"a thousand to 1": pack(io.MultiReader(bytes.NewReader(Tar(t, File("a", strings.Repeat("\x00", 32<<20)))), zeros32())),
		"two archives":    members,
		"entries":         pack(bytes.NewReader(Tar(t, many(5000)...))),
		"directories":     pack(bytes.NewReader(Tar(t, File(strings.Repeat("d/", 2000)+"x", ""), File(strings.Repeat("e/", 2000)+"x", "")))),
	} {
		inflated, err := gzip.NewReader(bomb)
		if err != nil {
			t.Fatal(err)
		}
		used := allocated(func() {
			limits := layer.Limits{StreamBytes: 16 << 20, Entries: 4000, TreeBytes: 1 << 20}
			out := layer.Output{Image: nowhere{}, Leaves: nowhere{}, Scratch: &Memory{}}
			_, err = layer.Convert(inflated, out, limits)
		})
		if name == "two archives" && err == nil || name != "two archives" && !errors.Is(err, layer.ErrLimit) {
			t.Errorf("%s: %v", name, err)
		}
		if used > 64<<20 {
			t.Errorf("%s took %d bytes of memory", name, used)
		}
	}
}

func zeros32() io.Reader { return io.LimitReader(zeros{}, 32<<20) }

func many(n int) (entries []Entry) {
	for i := range n {
		entries = append(entries, File(fmt.Sprint(i), ""))
	}
	return entries
}

// TestIMG09SparseFilesOfGNUTar has GNU tar write a sparse file in each form that it knows, and compares the content.
func TestIMG09SparseFilesOfGNUTar(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "sparse"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const size = 3<<20 + 777
	for i := int64(0); i < 12; i++ { // more parts than one header holds
		if _, err := f.WriteAt([]byte(fmt.Sprint("part ", i)), i*200_000+5); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range [][]string{
		{"--format=gnu"}, {"--format=pax", "--sparse-version=0.0"}, {"--format=pax", "--sparse-version=0.1"}, {"--format=pax", "--sparse-version=1.0"},
	} {
		Run(t, dir, "tar", append(form, "-Scf", "archive", "sparse")...)
		stream, err := os.ReadFile(filepath.Join(dir, "archive"))
		if err != nil {
			t.Fatal(err)
		}
		if len(stream) > size/2 {
			t.Fatalf("%v: the file system keeps no holes: an archive of %d bytes", form, len(stream))
		}
		tree, _, err := convert(t, stream)
		if err != nil {
			t.Errorf("%v: %v", form, err)
			continue
		}
		if got, err := fs.ReadFile(tree, "sparse"); err != nil || sha256.Sum256(got) != sha256.Sum256(content) {
			t.Errorf("%v: %d bytes of another content, %v", form, len(got), err)
		}
		limits := layer.DefaultLimits()
		limits.StreamBytes = size - 1
		if _, _, err := convertWith(bytes.NewReader(stream), limits); !errors.Is(err, layer.ErrLimit) {
			t.Errorf("%v: holes beyond the limit: %v", form, err)
		}
	}
}

// TestIMG09HolesCountAsContent refuses sparse files of up to 8 EiB before anything is written.
func TestIMG09HolesCountAsContent(t *testing.T) {
	for _, size := range []string{"1099511627776", "9223372036854775807"} {
		for name, records := range map[string]map[string]string{
			"0.1": {"GNU.sparse.size": size, "GNU.sparse.numblocks": "1", "GNU.sparse.map": size + ",0", "GNU.sparse.name": "x"},
			"1.0": {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": size, "GNU.sparse.name": "x"},
		} {
			used := allocated(func() {
				if _, _, err := convert(t, paxTar(t, records)); err == nil {
					t.Errorf("a sparse file of %s bytes, form %s, was accepted", size, name)
				}
			})
			if used > 16<<20 {
				t.Errorf("form %s took %d bytes of memory", name, used)
			}
		}
	}
}
