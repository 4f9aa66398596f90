// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"syscall"

	"golang.org/x/sync/semaphore"
	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/imagebuild/layer"
)

// memory is what layers that are converted side by side may take together (threat IMG-08). A layer with an ordinary
// window takes one part of maxSideBySide; one with a wider window more of them, and up to all. Of the layers that are
// converted, one at a time may have a large tree: it takes nothing else that another could wait for.
type memory struct {
	windows *semaphore.Weighted
	large   *semaphore.Weighted
}

func newMemory() memory {
	return memory{windows: semaphore.NewWeighted(maxSideBySide * ordinaryWindow), large: semaphore.NewWeighted(1)}
}

// take waits until there is memory for a stream with this window, and returns what gives it back.
func (m memory) take(ctx context.Context, window int64) (release func(), err error) {
	weight := min(max(window, ordinaryWindow), maxSideBySide*ordinaryWindow)
	if err := m.windows.Acquire(ctx, weight); err != nil {
		return func() {}, err
	}
	return func() { m.windows.Release(weight) }, nil
}

// convert converts one layer; its tree must be the smaller the wider its window is.
func (m memory) convert(ctx context.Context, in io.Reader, window int64, out layer.Output, limits layer.Limits) (layer.Info, error) {
	limits.TreeBytes = treeBytes(window, limits.TreeBytes)
	large := false
	limits.Room = func() error {
		err := m.large.Acquire(ctx, 1)
		large = err == nil
		return err
	}
	info, err := layer.Convert(in, out, limits)
	if large {
		m.large.Release(1)
	}
	return info, err
}

func treeBytes(window, most int64) int64 {
	const smallest, both = 16 << 20, 128 << 20
	return min(most, max(smallest, both-window))
}

// What an image may unpack to for each byte that it has, and besides, in bytes: ordinary layers are packed three to one, and
// a small one may hold large files of zeros.
const freeBytes, maxRatio = 1 << 30, 256

// allowance is what the layers of one image may unpack to, all together (threat IMG-08).
type allowance struct {
	streams atomic.Int64 // bytes of tar
	images  atomic.Int64 // bytes of converted layers
}

func newAllowance(raw []rawLayer) *allowance {
	var packed int64
	seen := make(map[string]bool)
	for _, l := range raw {
		if digest := l.blob.Digest.Hex; !seen[digest] {
			seen[digest] = true
			packed += min(l.blob.Size, layer.DefaultLimits().StreamBytes)
		}
	}
	a := &allowance{}
	a.streams.Store(freeBytes + maxRatio*packed)
	a.images.Store(freeBytes + maxRatio*packed)
	return a
}

var errAllowance = fmt.Errorf("%w: the image's layers together unpack to far more than they have", layer.ErrLimit)

// allowed counts what is read of a layer's tar.
type allowed struct {
	io.Reader
	left *atomic.Int64
	read int64
}

// Read implements io.Reader.
func (a *allowed) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	a.read += int64(n)
	if a.left.Add(int64(-n)) < 0 {
		return 0, errAllowance
	}
	return n, err
}

// allowedAt counts what is written of a converted layer.
type allowedAt struct {
	io.WriterAt
	left    *atomic.Int64
	written atomic.Int64
}

// WriteAt implements io.WriterAt.
func (a *allowedAt) WriteAt(p []byte, offset int64) (int, error) {
	a.written.Add(int64(len(p)))
	if a.left.Add(int64(-len(p))) < 0 {
		return 0, errAllowance
	}
	return a.WriterAt.WriteAt(p, offset)
}

// checkSpace refuses to begin what cannot fit on the disk of a folder.
func checkSpace(dir string, need int64) error {
	var disk unix.Statfs_t
	if err := unix.Statfs(dir, &disk); err != nil {
		return nil // it will be seen when it is written to
	}
	if free := int64(min(disk.Bavail, 1<<40)) * disk.Bsize; free < need {
		return fmt.Errorf("%w: a layer needs more than %d MiB, and %s has %d MiB", syscall.ENOSPC, need>>20, dir, free>>20)
	}
	return nil
}

// adviseOnSpace says what to do about a full disk.
func adviseOnSpace(err error, dir string) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return hint.Wrap(err, "the disk of %s is full: make room there, or use a store on another disk", dir)
	}
	return err
}
