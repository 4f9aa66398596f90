// SPDX-License-Identifier: Apache-2.0

package source

import (
	"archive/tar"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func attributed(name string, attributes map[string]string) packedFile {
	records := make(map[string]string)
	for key, value := range attributes {
		records[paxXattr+key] = value
	}
	return packedFile{tar.Header{Name: name, PAXRecords: records, Format: tar.FormatPAX}, nil}
}

func resolveRoot(t *testing.T, path string) error {
	t.Helper()
	image, err := RootFS(path)
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	_, err = image.Resolve(t.Context())
	return err
}

func TestIMG08AttributesOfAnEntryAreBounded(t *testing.T) {
	for name, c := range map[string]struct {
		attributes map[string]string
		want       error
	}{
		"as many as may be":  {map[string]string{"user.a": strings.Repeat("v", maxAttributes-6)}, nil},
		"one byte more":      {map[string]string{"user.a": strings.Repeat("v", maxAttributes-5)}, errAttributes},
		"in a long name":     {map[string]string{"user." + strings.Repeat("n", maxAttributes-4): ""}, errAttributes},
		"in several":         {map[string]string{"user.a": strings.Repeat("v", 3000), "user.b": strings.Repeat("v", 3000)}, errAttributes},
		"nearly one MiB":     {map[string]string{"user.a": strings.Repeat("v", 1<<20-200)}, errAttributes},
		"what nobody keeps":  {map[string]string{"trusted.a": strings.Repeat("v", 1<<16)}, nil},
		"a file's authority": {map[string]string{"security.capability": strings.Repeat("v", 1<<16)}, errAttributes},
	} {
		if err := resolveRoot(t, writeFile(t, packFiles(t, attributed("a", c.attributes)))); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A folder and its tar are one image or none.
func TestIMG08AttributesInAFolderAreBounded(t *testing.T) {
	dir, err := os.MkdirTemp("/dev/shm", "escrin-root-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int]error{maxAttributes - 6: nil, maxAttributes - 5: errAttributes} {
		if err := unix.Setxattr(path, "user.a", make([]byte, size), 0); errors.Is(err, unix.ENOTSUP) {
			t.Fatalf("/dev/shm has no extended attributes: %v", err)
		} else if err != nil {
			t.Fatal(err)
		}
		if err := resolveRoot(t, dir); !errors.Is(err, want) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// Attributes count like names, those of a folder that comes again too.
func TestIMG08AttributesCount(t *testing.T) {
	attributes := map[string]string{"user.a": strings.Repeat("v", maxAttributes-6)}
	for name, add := range map[string]func(scan *tarScan, i int) error{
		"files": func(scan *tarScan, i int) error {
			return scan.put(entry{name: fmt.Sprint(i), kind: tar.TypeReg, attributes: attributes})
		},
		"folders": func(scan *tarScan, _ int) error {
			return scan.put(entry{name: "same", kind: tar.TypeDir, attributes: attributes})
		},
	} {
		scan := tarScan{at: make(map[string]int)}
		n := 0
		for ; n <= maxEntryBytes/maxAttributes; n++ {
			if err := add(&scan, n); err != nil {
				if !errors.Is(err, errTooManyEntries) {
					t.Fatal(err)
				}
				break
			}
		}
		if n < maxEntryBytes/(maxAttributes+attributeCost+10) || n > maxEntryBytes/maxAttributes {
			t.Errorf("%d %s with attributes of %d bytes", n, name, maxAttributes)
		}
	}
}

// What is kept of a header does not hold on to the rest of it, which may be a mebibyte.
func TestIMG08HeadersAreLetGo(t *testing.T) {
	const entries = 24
	long := strings.Repeat("x", 900<<10)
	var files []packedFile
	for i := range entries {
		f := attributed(fmt.Sprint(i), map[string]string{"user.a": "1", "trusted.long": long})
		if i%2 == 1 {
			f.Typeflag, f.Linkname = tar.TypeSymlink, strings.Repeat("l", 200)
		}
		files = append(files, f)
	}
	path := writeFile(t, packFiles(t, files...))
	files = nil
	tree := &rootTar{load: fromFile(path)}
	defer tree.Close()
	before := heap()
	list, err := tree.entries(t.Context())
	if err != nil || len(list) != entries {
		t.Fatalf("%d entries: %v", len(list), err)
	}
	if grown := heap() - before; grown > 4<<20 {
		t.Errorf("%d entries keep %d bytes", entries, grown)
	}
	runtime.KeepAlive(list)
}

func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// Folders that nobody names count, each with its whole name, before they are made.
func TestIMG08ImpliedFoldersAreCounted(t *testing.T) {
	deep := strings.Repeat("d/", 2040)
	var entries []entry
	for i := range 700 {
		entries = append(entries, entry{name: fmt.Sprintf("%d/%sx", i, deep), kind: tar.TypeFifo})
	}
	if _, err := canonical(entries); !errors.Is(err, errTooManyEntries) {
		t.Errorf("got %v", err)
	}
	full, err := canonical(entries[:10])
	if err != nil || len(full) != 10*2042 {
		t.Errorf("%d entries: %v", len(full), err)
	}
}
