// SPDX-License-Identifier: Apache-2.0

package difftest

import (
	"archive/tar"
	"math/rand/v2"
	"path"
	"slices"
	"testing"

	"github.com/escrin/escrin/imagebuild/difftest/listing"
	. "github.com/escrin/escrin/imagebuild/internal/imagetest"
)

// TestIMG05OrderDoesNotMatter shuffles the entries of generated layers that name each path once, as the specification asks,
// and have neither hard links nor files with something below them.
func TestIMG05OrderDoesNotMatter(t *testing.T) {
	compared := 0
	for n := range 100 {
		s := makeStack(n)
		for i := range s.layers {
			s.layers[i] = asASet(s.layers[i])
		}
		random := rand.New(rand.NewPCG(1, uint64(n)))
		want := ""
		for range 8 {
			disk, err := merged(streams(t, s.layers))
			if err == nil {
				entries, err := list(disk.FS())
				if err != nil {
					t.Fatal(err)
				}
				text := listing.Text(entries)
				if want == "" {
					want = text
				}
				if compared++; text != want {
					t.Fatalf("stack %d: %s", n, diff(text, want))
				}
			}
			for _, l := range s.layers {
				random.Shuffle(len(l), func(i, j int) { l[i], l[j] = l[j], l[i] })
			}
		}
	}
	if compared < 600 {
		t.Errorf("only %d orders were compared", compared)
	}
}

// asASet keeps the first entry of each name, and what any order can hold.
func asASet(entries []Entry) []Entry {
	kinds := map[string]byte{}
	entries = slices.DeleteFunc(entries, func(e Entry) bool {
		_, again := kinds[clean(e.Name)]
		if !again && e.Typeflag != tar.TypeLink {
			kinds[clean(e.Name)] = e.Typeflag
		}
		return again || e.Typeflag == tar.TypeLink
	})
	return slices.DeleteFunc(entries, func(e Entry) bool {
		for dir := path.Dir(clean(e.Name)); dir != "."; dir = path.Dir(dir) {
			if kind, named := kinds[dir]; named && kind != tar.TypeDir {
				return true
			}
		}
		return false
	})
}
