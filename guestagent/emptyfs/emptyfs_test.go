// SPDX-License-Identifier: Apache-2.0

package emptyfs

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestFileSystemsAreSound has the judge of ext4 file systems look at many sizes, around those at which something changes.
func TestFileSystemsAreSound(t *testing.T) {
	e2fsck, err := exec.LookPath("e2fsck")
	if err != nil {
		if e2fsck, err = exec.LookPath("/usr/sbin/e2fsck"); err != nil {
			t.Fatal("e2fsck is not installed: run scripts/setup.sh")
		}
	}
	for _, blocks := range []uint64{
		minBlocks, 65, 100, 256, 4096, 32767, groupBlocks, groupBlocks + 1, groupBlocks + leastForGroup - 1, groupBlocks + leastForGroup,
		2*groupBlocks + 5000, 8 * groupBlocks, 127 * groupBlocks, 128 * groupBlocks, 129*groupBlocks + 2000, 1 << 24,
	} {
		t.Run(fmt.Sprint(blocks), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "fs")
			file, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			if err := file.Truncate(int64(blocks) * BlockSize); err != nil {
				t.Fatal(err)
			}
			if err := Write(file, blocks); err != nil {
				t.Fatal(err)
			}
			if report, err := exec.Command(e2fsck, "-f", "-n", path).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, report)
			}
		})
	}
}

func TestSizesOutOfBoundsAreRefused(t *testing.T) {
	for _, blocks := range []uint64{0, 1, minBlocks - 1, maxBlocks + 1, 1 << 63} {
		if err := Write(refusing{}, blocks); err == nil {
			t.Errorf("%d blocks were accepted", blocks)
		}
	}
}

// refusing is a device that fails.
type refusing struct{}

func (refusing) WriteAt([]byte, int64) (int, error) { return 0, os.ErrClosed }

// extent notes how far a file system reaches, and holds that whole blocks are written, each once.
type extent struct {
	t    *testing.T
	seen map[int64]bool
	end  int64
}

func (e *extent) WriteAt(p []byte, at int64) (int, error) {
	if at%BlockSize != 0 || len(p)%BlockSize != 0 {
		e.t.Errorf("%d bytes at %d", len(p), at)
	}
	for b := at / BlockSize; b < (at+int64(len(p)))/BlockSize; b++ {
		if e.seen[b] {
			e.t.Errorf("block %d is written twice", b)
		}
		e.seen[b] = true
		e.end = max(e.end, b+1)
	}
	return len(p), nil
}

func TestWholeBlocksWithinTheDevice(t *testing.T) {
	for blocks := uint64(minBlocks); blocks < 20*groupBlocks; blocks += 1237 {
		e := &extent{t: t, seen: map[int64]bool{}}
		if err := Write(e, blocks); err != nil || e.end > int64(blocks) {
			t.Errorf("%d blocks: block %d, %v", blocks, e.end, err)
		}
	}
	if err := Write(refusing{}, 1000); err == nil {
		t.Error("a device that fails was accepted")
	}
	var a, b memory
	if Write(&a, 3000) != nil || Write(&b, 3000) != nil || !bytes.Equal(a, b) {
		t.Error("not the same twice")
	}
}

// memory is a device in memory.
type memory []byte

func (m *memory) WriteAt(p []byte, at int64) (int, error) {
	if end := int(at) + len(p); end > len(*m) {
		*m = append(*m, make([]byte, end-len(*m))...)
	}
	return copy((*m)[at:], p), nil
}
