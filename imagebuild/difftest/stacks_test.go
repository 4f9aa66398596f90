// SPDX-License-Identifier: Apache-2.0

package difftest

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"testing"

	. "github.com/escrin/escrin/imagebuild/internal/imagetest"
)

// To look for more: go test ./imagebuild/difftest -run '/containerd|/machine' -stacks=20000 -first=1000000
var (
	stacks = flag.Int("stacks", 1060, "how many stacks of layers to generate")
	first  = flag.Int("first", 0, "number of the first stack")
)

// source is where layers come from.
type source struct {
	name string
	// layers and forContainerd return the layers as tar streams, bottom first. By the specification they mean the same.
	layers, forContainerd func(*testing.T) []io.Reader
	// whole says that it is an image, which nobody may refuse.
	whole bool
}

// generated are the stacks of the generator.
func generated() []source {
	var all []source
	for n := *first; n < *first+*stacks; n++ {
		layers := func(t *testing.T) []io.Reader { return streams(t, makeStack(n).layers) }
		forContainerd := func(t *testing.T) []io.Reader {
			s := makeStack(n)
			for i := range s.layers {
				s.layers[i] = directoriesFirst(whiteoutsFirst(s.layers[i]))
			}
			return streams(t, s.layers)
		}
		all = append(all, source{name: fmt.Sprint("stack ", n), layers: layers, forContainerd: forContainerd})
	}
	return all
}

// streams returns layers as uncompressed tar streams.
func streams(t *testing.T, layers [][]Entry) []io.Reader {
	t.Helper()
	var readers []io.Reader
	for _, entries := range layers {
		readers = append(readers, bytes.NewReader(Tar(t, entries...)))
	}
	return readers
}
