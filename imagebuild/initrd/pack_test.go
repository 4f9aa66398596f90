// SPDX-License-Identifier: Apache-2.0

package initrd_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/escrin/escrin/imagebuild/initrd"
)

// entriesOf is an archive that is longer than a block of LZ4's old format, 8 MiB: what has no matches, one that is longer than all, and a program.
func entriesOf(t testing.TB) []initrd.Entry {
	t.Helper()
	noise := make([]byte, 5<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise) // never fails
	program, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	return []initrd.Entry{
		{Name: "noise", Mode: 0o400, Data: noise}, {Name: "zeros", Mode: 0o400, Data: make([]byte, 9<<20)}, {Name: "program", Mode: 0o400, Data: program},
	}
}

func TestPackIsUnpacked(t *testing.T) {
	var plain bytes.Buffer
	if err := initrd.Write(&plain, entriesOf(t)); err != nil {
		t.Fatal(err)
	}
	packed, err := initrd.Pack(entriesOf(t))
	if err != nil {
		t.Fatal(err)
	}
	again, err := initrd.Pack(entriesOf(t))
	if err != nil || !bytes.Equal(again, packed) {
		t.Fatalf("packed twice: other bytes, %v", err)
	}
	got, err := initrd.Unpack(packed, int64(plain.Len()))
	if err != nil || !bytes.Equal(got, plain.Bytes()) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	if got, err := initrd.Unpack(slices.Concat(packed, packed), 1<<30); err != nil || !bytes.Equal(got, slices.Concat(plain.Bytes(), plain.Bytes())) {
		t.Errorf("two of them: %d bytes, %v", len(got), err)
	}
	for name, bad := range map[string][]byte{
		"nothing": nil, "without its end": packed[:len(packed)-4], "cut": append(bytes.Clone(packed[:len(packed)/2]), 0, 0, 0, 0),
		"another behind it that is not packed": slices.Concat(packed, plain.Bytes()), "three bytes behind it": slices.Concat(packed, packed[:3]),
		"a block that is longer than all": slices.Concat(packed[:4], []byte{255, 255, 255, 255}, packed[8:]),
		"a block of nonsense":             slices.Concat(packed[:4], []byte{2, 0, 0, 0, 255, 255, 0, 0, 0, 0}),
	} {
		if _, err := initrd.Unpack(bad, 1<<30); err == nil {
			t.Errorf("%s: unpacked", name)
		}
	}
	if _, err := initrd.Unpack(packed, int64(plain.Len())-1); err == nil {
		t.Error("more than the limit was unpacked")
	}
}

// TestAnotherProgramUnpacksIt: the format is the one that others mean by LZ4's old one.
func TestAnotherProgramUnpacksIt(t *testing.T) {
	if _, err := exec.LookPath("lz4"); err != nil {
		t.Log("lz4 is not installed")
		return
	}
	packed, err := initrd.Pack(entriesOf(t))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("lz4", "-d", "-c")
	cmd.Stdin = bytes.NewReader(packed[:len(packed)-4])
	got, err := cmd.Output()
	want, unpackErr := initrd.Unpack(packed, 1<<30)
	if err != nil || unpackErr != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes of %d, %v, %v", len(got), len(want), err, unpackErr)
	}
}

// FuzzPack: whatever is packed is unpacked, at the edges of lengths and of blocks too.
func FuzzPack(f *testing.F) {
	for _, n := range []int{0, 1, 9, 10, 14, 15, 18, 19, 20, 255, 269, 270, 273, 274, 275} {
		f.Add([]byte("an unlikely beginning"), n)
	}
	f.Fuzz(func(t *testing.T, piece []byte, n int) {
		if n < 0 || n > 1<<10 {
			t.Skip()
		}
		filler := make([]byte, n)
		_, _ = rand.NewChaCha8([32]byte{2}).Read(filler) // never fails
		data := slices.Concat(piece, filler, piece, filler[:n/2], piece, bytes.Repeat(piece[:min(len(piece), 3)], n), filler)
		entries := []initrd.Entry{{Name: "data", Mode: 0o400, Data: data}}
		var plain bytes.Buffer
		if err := initrd.Write(&plain, entries); err != nil {
			t.Fatal(err)
		}
		packed, err := initrd.Pack(entries)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := initrd.Unpack(packed, int64(plain.Len())); err != nil || !bytes.Equal(got, plain.Bytes()) {
			t.Errorf("%d bytes of %d, %v", len(got), plain.Len(), err)
		}
	})
}

// FuzzUnpack: a host unpacks what others packed.
func FuzzUnpack(f *testing.F) {
	packed, err := initrd.Pack([]initrd.Entry{{Name: "data", Mode: 0o400, Data: bytes.Repeat([]byte("some data "), 10)}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add(slices.Concat(packed, packed))
	const limit = 1 << 20
	f.Fuzz(func(t *testing.T, packed []byte) {
		if plain, err := initrd.Unpack(packed, limit); err == nil && len(plain) > limit || err != nil && plain != nil {
			t.Errorf("%d bytes, %v", len(plain), err)
		}
	})
}
