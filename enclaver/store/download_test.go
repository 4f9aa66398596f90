// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/oci"
)

func digestSet(digests ...v1.Hash) map[v1.Hash]bool {
	set := make(map[v1.Hash]bool)
	for _, d := range digests {
		set[d] = true
	}
	return set
}

var errCut = errors.New("cut")

// cutAfter serves content from an offset, and is cut after so many bytes.
func cutAfter(content string, bytes int, asked *[]int64) OpenAt {
	return func(offset int64) (io.ReadCloser, error) {
		*asked = append(*asked, offset)
		rest := content[offset:]
		if len(rest) <= bytes {
			return io.NopCloser(strings.NewReader(rest)), nil
		}
		return io.NopCloser(io.MultiReader(strings.NewReader(rest[:bytes]), failing{})), nil
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errCut }

func TestDownloadGoesOnWhereItWasCut(t *testing.T) {
	s, ctx := open(t), context.Background()
	content := strings.Repeat("0123456789", 10)
	d := oci.DescriptorOf("x", []byte(content))
	var asked []int64
	var counted int64
	count := func(n int64) { counted += n }
	for attempt := 0; ; attempt++ {
		err := s.Download(ctx, d, cutAfter(content, 30, &asked), count)
		if err == nil {
			break
		}
		if !errors.Is(err, errCut) || attempt > 5 || counted != 0 || s.Has(d) {
			t.Fatalf("attempt %d: %v, %d bytes counted", attempt, err, counted)
		}
	}
	if got := []int64{0, 30, 60, 90}; !equal(asked, got) {
		t.Errorf("asked for %v, want %v", asked, got)
	}
	if counted != d.Size || s.Check(ctx, d) != nil {
		t.Errorf("%d bytes counted; %v", counted, s.Check(ctx, d))
	}
}

func equal(a, b []int64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestREG01BeginningOfSomethingElseIsForgotten(t *testing.T) {
	s, ctx := open(t), context.Background()
	content := "0123456789"
	d := oci.DescriptorOf("x", []byte(content))
	path := filepath.Join(s.Dir(), "partial", d.Digest.Hex)
	for _, left := range []string{"abc", "0123456789", "01234567890123", "012345678X"} {
		if err := os.WriteFile(path, []byte(left), 0o644); err != nil {
			t.Fatal(err)
		}
		var asked []int64
		if err := s.Download(ctx, d, cutAfter(content, 100, &asked), func(int64) {}); err != nil {
			t.Errorf("behind %q: %v", left, err)
		}
		if err := s.Check(ctx, d); err != nil {
			t.Errorf("behind %q: %v", left, err)
		}
		if err := s.Drop(d); err != nil {
			t.Fatal(err)
		}
	}
	var asked []int64
	if err := s.Download(ctx, d, cutAfter("012345678X", 100, &asked), func(int64) {}); !errors.Is(err, oci.ErrMismatch) || s.Has(d) {
		t.Errorf("stored something else: %v", err)
	}
	if left, _ := os.ReadDir(filepath.Join(s.Dir(), "partial")); len(left) != 0 {
		t.Errorf("%d files left behind", len(left))
	}
}

func TestManyMayDownloadTheSame(t *testing.T) {
	s, ctx := open(t), context.Background()
	content := bytes.Repeat([]byte("content"), 10_000)
	d := oci.DescriptorOf("x", content)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			err := s.Download(ctx, d, func(offset int64) (io.ReadCloser, error) {
				return io.NopCloser(bytes.NewReader(content[offset:])), nil
			}, func(int64) {})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := s.Check(ctx, d); err != nil {
		t.Error(err)
	}
}
