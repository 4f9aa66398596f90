// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"syscall"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/imagebuild/layer"
)

func layerOf(digest string, size int64) rawLayer {
	return rawLayer{blob: oci.Descriptor{Digest: v1.Hash{Algorithm: "sha256", Hex: digest}, Size: size}}
}

func TestIMG08WhatAnImageUnpacksToIsBounded(t *testing.T) {
	image := []rawLayer{layerOf("a", 1<<20), layerOf("b", 2<<20), layerOf("a", 1<<20)}
	left := newAllowance(image)
	const want = 1<<30 + 3*(256<<20)
	if streams, images := left.streams.Load(), left.images.Load(); streams != want || images != want {
		t.Errorf("streams of %d bytes, images of %d, want %d", streams, images, want)
	}
	left.streams.Store(10)
	one := &allowed{Reader: strings.NewReader("123456"), left: &left.streams}
	two := &allowed{Reader: strings.NewReader("123456"), left: &left.streams}
	if got, err := io.ReadAll(one); string(got) != "123456" || err != nil {
		t.Errorf("the first layer: %q, %v", got, err)
	}
	if _, err := io.ReadAll(two); !errors.Is(err, layer.ErrLimit) {
		t.Errorf("the second layer: %v", err)
	}
	left.images.Store(5)
	at := &allowedAt{WriterAt: discarded{}, left: &left.images}
	if _, err := at.WriteAt(make([]byte, 5), 0); err != nil {
		t.Error(err)
	}
	if _, err := at.WriteAt(make([]byte, 1), 5); !errors.Is(err, layer.ErrLimit) {
		t.Errorf("an image beyond the bound: %v", err)
	}
}

type discarded struct{}

func (discarded) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }

func TestIMG08AFullDiskIsNamed(t *testing.T) {
	dir := t.TempDir()
	if err := checkSpace(dir, 0); err != nil {
		t.Error(err)
	}
	err := adviseOnSpace(checkSpace(dir, math.MaxInt64), dir)
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), dir) || !strings.Contains(hint.Of(err), "make room") {
		t.Errorf("%v, hint %q", err, hint.Of(err))
	}
	err = adviseOnSpace(fmt.Errorf("write image: %w", &os.PathError{Op: "write", Path: "image", Err: syscall.ENOSPC}), dir)
	if !strings.Contains(hint.Of(err), "make room") {
		t.Errorf("%v, hint %q", err, hint.Of(err))
	}
}

// IMG-08: a wide window leaves little room for a tree, and waits until it is alone.
func TestIMG08MemoryIsSharedByLayers(t *testing.T) {
	m := newMemory()
	release, err := m.take(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.take(ended, maxWindow); err == nil {
		t.Error("a wide window beside another")
	}
	release()
	if release, err = m.take(t.Context(), maxWindow); err != nil {
		t.Fatal(err)
	}
	release()
	for window, want := range map[int64]int64{0: 96 << 20, ordinaryWindow: 96 << 20, 64 << 20: 64 << 20, maxWindow: 16 << 20} {
		if got := treeBytes(window, layer.DefaultLimits().TreeBytes); got != want {
			t.Errorf("a window of %d bytes leaves %d for a tree, want %d", window, got, want)
		}
	}
}
