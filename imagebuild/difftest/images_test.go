// SPDX-License-Identifier: Apache-2.0

package difftest

import (
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"

	"github.com/escrin/escrin/scripts/images/fixture"
)

var images = flag.String("images", "busybox,layers,python,shell,static", "whole images to compare, of scripts/images")

// imageSources are images made of Debian's packages and of programs.
func imageSources(t *testing.T) []source {
	t.Helper()
	if *images == "" {
		return nil
	}
	builder, err := fixture.NewBuilder(os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	var all []source
	for name := range strings.SplitSeq(*images, ",") {
		dir, err := builder.Image(t.Context(), name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		image, err := openLayout(dir)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		read := func(t *testing.T) []io.Reader { return contents(t, image) }
		all = append(all, source{name: name, layers: read, forContainerd: read, whole: true})
	}
	return all
}

// openLayout opens the one image of an OCI layout.
func openLayout(dir string) (v1.Image, error) {
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return nil, err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	if len(manifest.Manifests) != 1 {
		return nil, errors.New("not one image")
	}
	return index.Image(manifest.Manifests[0].Digest)
}

// contents returns an image's layers as uncompressed tar streams.
func contents(t *testing.T, image v1.Image) []io.Reader {
	t.Helper()
	layers, err := image.Layers()
	if err != nil {
		t.Fatal(err)
	}
	var streams []io.Reader
	for _, l := range layers {
		stream, err := l.Uncompressed()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { stream.Close() })
		streams = append(streams, stream)
	}
	return streams
}
