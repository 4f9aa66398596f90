// SPDX-License-Identifier: Apache-2.0

package readback

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/escrin/escrin/guestagent/task"
)

func TestOutputIsDeterministicAndComesBack(t *testing.T) {
	files := fstest.MapFS{
		"a/b":   {Data: []byte("inner"), Mode: 0o600},
		"a-b":   {Data: []byte("sorts between"), Mode: 0o755},
		"empty": {Mode: 0o644},
		"link":  {Data: []byte("/etc/passwd"), Mode: 0o777 | 1<<27}, // fs.ModeSymlink
	}
	var first, second bytes.Buffer
	for _, b := range []*bytes.Buffer{&first, &second} {
		if err := task.WriteOutput(b, []byte("out"), []byte("err"), files); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two archives of one output differ")
	}
	out, err := ReadOutput(&first, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	want := Output{Stdout: []byte("out"), Stderr: []byte("err"), Files: []OutputFile{
		{Name: "a", Dir: true, Data: []byte{}}, {Name: "a/b", Data: []byte("inner")},
		{Name: "a-b", Executable: true, Data: []byte("sorts between")}, {Name: "empty", Data: []byte{}},
	}}
	if !reflect.DeepEqual(out, want) {
		t.Errorf("got %+v", out)
	}
}

// TestIMG01HostileOutputsAreRefused: the reader's user unpacks what a workload made.
func TestIMG01HostileOutputsAreRefused(t *testing.T) {
	streams := []tar.Header{{Name: "stdout", Typeflag: tar.TypeReg}, {Name: "stderr", Typeflag: tar.TypeReg}}
	for name, headers := range map[string][]tar.Header{
		"nothing":        {},
		"no stderr":      streams[:1],
		"swapped":        {streams[1], streams[0]},
		"parent":         append(streams[:2:2], tar.Header{Name: "output/../x", Typeflag: tar.TypeReg}),
		"outside":        append(streams[:2:2], tar.Header{Name: "etc/passwd", Typeflag: tar.TypeReg}),
		"absolute":       append(streams[:2:2], tar.Header{Name: "/output/x", Typeflag: tar.TypeReg}),
		"symbolic link":  append(streams[:2:2], tar.Header{Name: "output/x", Linkname: "/", Typeflag: tar.TypeSymlink}),
		"hard link":      append(streams[:2:2], tar.Header{Name: "output/x", Linkname: "stdout", Typeflag: tar.TypeLink}),
		"device":         append(streams[:2:2], tar.Header{Name: "output/x", Typeflag: tar.TypeChar}),
		"twice":          append(streams[:2:2], tar.Header{Name: "output/x", Typeflag: tar.TypeReg}, tar.Header{Name: "output/x", Typeflag: tar.TypeReg}),
		"the root":       append(streams[:2:2], tar.Header{Name: "output/", Typeflag: tar.TypeDir}),
		"dot":            append(streams[:2:2], tar.Header{Name: "./output/x", Typeflag: tar.TypeReg}),
		"directory":      append(streams[:2:2], tar.Header{Name: "stdin/", Typeflag: tar.TypeDir}),
		"output itself":  append(streams[:2:2], tar.Header{Name: "output", Typeflag: tar.TypeReg}),
		"out of order":   append(streams[:2:2], tar.Header{Name: "output/b", Typeflag: tar.TypeReg}, tar.Header{Name: "output/a", Typeflag: tar.TypeReg}),
		"an unclean way": append(streams[:2:2], tar.Header{Name: "output/a//b", Typeflag: tar.TypeReg}),
	} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for _, h := range headers {
			if err := w.WriteHeader(&h); err != nil {
				t.Fatal(err)
			}
		}
		w.Close()
		if _, err := ReadOutput(&b, 1<<20); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func FuzzReadOutput(f *testing.F) {
	var b bytes.Buffer
	if err := task.WriteOutput(&b, []byte("out"), nil, fstest.MapFS{"a/b": {Data: []byte("x")}}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, archive []byte) {
		out, err := ReadOutput(bytes.NewReader(archive), 1<<16)
		if err != nil {
			return
		}
		for _, file := range out.Files {
			if strings.Contains("/"+file.Name+"/", "/../") {
				t.Errorf("name %q", file.Name)
			}
		}
	})
}

func TestOutputLargerThanItsLimitIsRefused(t *testing.T) {
	var b bytes.Buffer
	if err := task.WriteOutput(&b, make([]byte, 4096), nil, fstest.MapFS{}); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadOutput(&b, 2048); err == nil {
		t.Error("the limit did not hold")
	}
}

// TestIMG01SparseFilesAreNoMoreThanTheArchive: a kilobyte can say that it is a file of any size, which must not become memory.
func TestIMG01SparseFilesAreNoMoreThanTheArchive(t *testing.T) {
	var streams bytes.Buffer
	if err := task.WriteOutput(&streams, nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	const blocks = 1024 // zeros that end an archive
	head := make([]byte, 512)
	for at, text := range map[int]string{
		0: "output/sparse", 100: "0000644\x00", 108: "0000000\x00", 116: "0000000\x00", 124: "00000000000\x00", 136: "00000000000\x00",
		156: "S", 257: "ustar  \x00", 386: "10000000000\x00", 398: "00000000000\x00", 483: "10000000000\x00", // GNU's old form: 1 GiB, all of it a hole
		148: "        ",
	} {
		copy(head[at:], text)
	}
	sum := 0
	for _, b := range head {
		sum += int(b)
	}
	copy(head[148:], fmt.Sprintf("%06o\x00 ", sum))
	raw := slices.Concat(streams.Bytes()[:streams.Len()-blocks], head, make([]byte, blocks))
	if h, err := last(tar.NewReader(bytes.NewReader(raw))); err != nil || h.Name != "output/sparse" || h.Size != 1<<30 {
		t.Fatalf("the archive is not the one that is meant: %+v, %v", h, err)
	}
	if _, err := ReadOutput(bytes.NewReader(raw), task.MaxOutput); err == nil || !strings.Contains(err.Error(), "bytes") {
		t.Errorf("error is %v", err)
	}
}

// last returns the last header of an archive.
func last(r *tar.Reader) (h *tar.Header, err error) {
	for {
		next, err := r.Next()
		if err == io.EOF {
			return h, nil
		}
		if err != nil {
			return nil, err
		}
		h = next
	}
}
