// SPDX-License-Identifier: Apache-2.0

package difftest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/containerd/log"
	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/imagebuild/difftest/listing"
	. "github.com/escrin/escrin/imagebuild/internal/imagetest"
)

// To look for more: go test ./imagebuild/difftest -stacks=20000 -first=1000000
var (
	stacks = flag.Int("stacks", 1060, "how many stacks of layers to generate")
	first  = flag.Int("first", 0, "number of the first stack")
)

// TestIMG02IMG05IMG06IMG11IMG13EveryKernelSeesWhatContainerdUnpacks makes disks of generated stacks of layers and
// compares what four observers see of them.
func TestIMG02IMG05IMG06IMG11IMG13EveryKernelSeesWhatContainerdUnpacks(t *testing.T) {
	set := makeSet(t)
	t.Run("containerd", func(t *testing.T) { t.Parallel(); set.againstContainerd(t) })
	t.Run("the kernel of this machine", func(t *testing.T) { t.Parallel(); set.againstThisKernel(t) })
	t.Run("the kernel of the guest", func(t *testing.T) { t.Parallel(); set.againstTheGuest(t) })
}

// set is what this module makes of some stacks: their disks, one after the other in one file, and their trees as it reads
// them.
type set struct {
	file    *os.File
	trees   []tree
	refused map[int]error // by number of the stack
}

type tree struct {
	stack int
	disk  guestDisk
	text  string
}

func makeSet(t *testing.T) *set {
	t.Helper()
	file, err := os.Create(filepath.Join(scratch(t), "disks"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	s := &set{file: file, refused: map[int]error{}}
	var mu sync.Mutex
	var end uint64
	forStacks(t, func(n int) error {
		d, err := build(t, streams(t, makeStack(n).layers))
		if err != nil {
			mu.Lock()
			defer mu.Unlock()
			s.refused[n] = err
			return nil
		}
		sum := sha256.Sum256([]byte(d.text))
		mu.Lock()
		defer mu.Unlock()
		g := guestDisk{Offset: end, Size: uint64(len(d.bytes)), DataBlocks: d.dataBlocks, RootHash: hex.EncodeToString(d.root[:]), Listing: hex.EncodeToString(sum[:])}
		end += g.Size
		s.trees = append(s.trees, tree{stack: n, disk: g, text: d.text})
		_, err = file.WriteAt(d.bytes, int64(g.Offset))
		return err
	})
	t.Logf("%d stacks, %d of them refused, %d bytes of disks", *stacks, len(s.refused), end)
	return s
}

// forStacks calls visit for each stack, two at a time.
func forStacks(t *testing.T, visit func(n int) error) {
	t.Helper()
	var next atomic.Int64
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			for !t.Failed() {
				n := int(next.Add(1)) - 1
				if n >= *stacks {
					return
				}
				if err := visit(*first + n); err != nil {
					t.Errorf("stack %d: %v", *first+n, err)
				}
			}
		})
	}
	group.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

// streams returns layers as uncompressed tar streams.
func streams(t *testing.T, layers [][]Entry) []io.Reader {
	var readers []io.Reader
	for _, entries := range layers {
		readers = append(readers, bytes.NewReader(Tar(t, entries...)))
	}
	return readers
}

// scratch is a directory in memory if this machine has one that keeps extended attributes, for most of the time would go
// into a disk's journal.
func scratch(t *testing.T) string {
	t.Helper()
	if dir, err := os.MkdirTemp("/dev/shm", "difftest-"); err == nil {
		t.Cleanup(func() { os.RemoveAll(dir) })
		if unix.Lsetxattr(dir, "user.difftest", nil, 0) == nil && unix.Lremovexattr(dir, "user.difftest") == nil {
			return dir
		}
	}
	return t.TempDir()
}

// unpackStack unpacks a stack with containerd's code.
func unpackStack(t *testing.T, base string, s stack) (string, error) {
	layers := make([][]Entry, len(s.layers))
	for i := range layers {
		layers[i] = whiteoutsFirst(s.layers[i])
	}
	dir, err := os.MkdirTemp(base, fmt.Sprint(s.number, "-"))
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	entries, err := unpack(t.Context(), dir, streams(t, layers))
	return listing.Text(entries), err
}

func (s *set) againstContainerd(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can unpack files of any owner and set file capabilities: containerd's code was not run")
	}
	if err := log.SetLevel("fatal"); err != nil {
		t.Fatal(err)
	}
	base := scratch(t)
	ours := map[int]string{}
	for _, tree := range s.trees {
		ours[tree.stack] = tree.text
	}
	var compared, onlyOurs, onlyTheirs, both atomic.Int64
	forStacks(t, func(n int) error {
		theirs, err := unpackStack(t, base, makeStack(n))
		refusal := s.refused[n]
		switch {
		case err != nil && refusal != nil:
			both.Add(1)
		case err != nil:
			onlyTheirs.Add(1)
			return theirRefusal(err)
		case refusal != nil:
			onlyOurs.Add(1)
			return ourRefusal(refusal)
		case ours[n] != theirs:
			return fmt.Errorf("%s", diff(ours[n], theirs))
		default:
			compared.Add(1)
		}
		return nil
	})
	t.Logf("%d trees are equal; refused: %d by both, %d by us alone, %d by containerd alone",
		compared.Load(), both.Load(), onlyOurs.Load(), onlyTheirs.Load())
	if *stacks >= 1060 && compared.Load() < 1000 {
		t.Errorf("only %d trees were compared", compared.Load())
	}
}

// ourRefusal holds a reason why we alone refuse a stack against those of layer/SPEC.md.
func ourRefusal(err error) error {
	if strings.Contains(err.Error(), "the path leads through") { // rules 9 and 17: containerd follows symbolic links
		return nil
	}
	return fmt.Errorf("containerd takes it, but: %w", err)
}

// theirRefusal holds a reason why containerd alone refuses a stack against what follows from the order of its work. It
// looks for the target of a hard link when the whiteout of the target is applied already, and for a directory that
// replaces a lower file before the entry that says so.
func theirRefusal(err error) error {
	link := strings.Contains(err.Error(), ": link ") && strings.HasSuffix(err.Error(), "no such file or directory")
	dir := strings.Contains(err.Error(), ": mkparent ") && strings.HasSuffix(err.Error(), "not a directory")
	if link || dir {
		return nil
	}
	return fmt.Errorf("we take it, but containerd says: %w", err)
}

func (s *set) againstThisKernel(t *testing.T) {
	k, err := newKernel(t, s.file)
	if err != nil {
		t.Skipf("%v: the kernel of this machine was not asked", err)
	}
	for _, tree := range s.trees {
		entries, err := k.list(int64(tree.disk.Offset), int64(tree.disk.DataBlocks)*4096)
		if err != nil {
			t.Fatalf("stack %d: %v", tree.stack, err)
		}
		if theirs := listing.Text(entries); theirs != tree.text {
			t.Fatalf("stack %d: %s", tree.stack, diff(tree.text, theirs))
		}
	}
}

// asTheAgent is one in how many disks the guest opens as the agent does, which takes much longer than a plain mount.
const asTheAgent = 25

func (s *set) againstTheGuest(t *testing.T) {
	disks := make([]guestDisk, len(s.trees))
	for i, tree := range s.trees {
		disks[i] = tree.disk
		if i%asTheAgent != 0 {
			disks[i].RootHash = ""
		}
	}
	seen := bootObserver(t, s.file.Name(), disks)
	for i, tree := range s.trees {
		if seen[i] != tree.disk.Listing {
			t.Fatalf("stack %d: %s", tree.stack, diff(tree.text, seen[i]))
		}
	}
}
