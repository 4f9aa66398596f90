// SPDX-License-Identifier: Apache-2.0

package difftest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/containerd/log"
	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/imagebuild/difftest/listing"
)

// TestIMG02IMG05IMG06IMG11IMG12IMG13EveryKernelSeesWhatContainerdUnpacks makes disks of generated stacks of layers and of whole
// images, and compares what four observers see of them.
func TestIMG02IMG05IMG06IMG11IMG12IMG13EveryKernelSeesWhatContainerdUnpacks(t *testing.T) {
	set := makeSet(t, append(imageSources(t), generated()...))
	t.Run("containerd", func(t *testing.T) { t.Parallel(); set.againstContainerd(t) })
	t.Run("the kernel of this machine", func(t *testing.T) { t.Parallel(); set.againstThisKernel(t) })
	t.Run("the kernel of the guest", func(t *testing.T) { t.Parallel(); set.againstTheGuest(t) })
}

// set is what this module makes of some sources: disks, one after the other in one file, and trees as it reads them.
type set struct {
	file  *os.File
	trees []*tree
}

type tree struct {
	source
	refused error
	disk    guestDisk
	text    string
}

func makeSet(t *testing.T, sources []source) *set {
	t.Helper()
	file, err := os.Create(filepath.Join(scratch(t), "disks"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	s := &set{file: file}
	for _, source := range sources {
		s.trees = append(s.trees, &tree{source: source})
	}
	var end atomic.Uint64
	s.each(t, func(tree *tree) error {
		d, err := build(t, tree.layers(t))
		if err != nil {
			tree.refused = err
			return nil
		}
		size, sum := uint64(len(d.bytes)), sha256.Sum256([]byte(d.text))
		tree.text = d.text
		tree.disk = guestDisk{
			Offset: end.Add(size) - size, Size: size, DataBlocks: d.dataBlocks,
			RootHash: hex.EncodeToString(d.root[:]), Listing: hex.EncodeToString(sum[:]),
		}
		_, err = file.WriteAt(d.bytes, int64(tree.disk.Offset))
		return err
	})
	t.Logf("%d stacks and images, %d bytes of disks", len(s.trees), end.Load())
	return s
}

// each calls visit for each tree, two at a time.
func (s *set) each(t *testing.T, visit func(*tree) error) {
	t.Helper()
	var next atomic.Int64
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			for !t.Failed() {
				n := int(next.Add(1)) - 1
				if n >= len(s.trees) {
					return
				}
				if err := visit(s.trees[n]); err != nil {
					t.Errorf("%s: %v", s.trees[n].name, err)
				}
			}
		})
	}
	group.Wait()
	if t.Failed() {
		t.FailNow()
	}
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

func (s *set) againstContainerd(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can unpack files of any owner and set file capabilities: containerd's code was not run")
	}
	if err := log.SetLevel("fatal"); err != nil {
		t.Fatal(err)
	}
	base := scratch(t)
	var compared, onlyOurs, onlyTheirs, both atomic.Int64
	s.each(t, func(tree *tree) error {
		dir, err := os.MkdirTemp(base, "tree-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		entries, err := unpack(t.Context(), dir, tree.forContainerd(t))
		switch {
		case tree.whole && (err != nil || tree.refused != nil):
			return fmt.Errorf("refused: containerd: %w; ours: %w", err, tree.refused)
		case err != nil && tree.refused != nil:
			both.Add(1)
		case err != nil:
			onlyTheirs.Add(1)
			return theirRefusal(err)
		case tree.refused != nil:
			onlyOurs.Add(1)
			return ourRefusal(tree.refused)
		default:
			compared.Add(1)
			if theirs := listing.Text(entries); tree.text != theirs {
				return fmt.Errorf("%s", diff(tree.text, theirs))
			}
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
	if strings.Contains(err.Error(), "the path leads through") { // rules 9 and 18: containerd follows symbolic links
		return nil
	}
	return fmt.Errorf("containerd takes it, but: %w", err)
}

// theirRefusal holds a reason why containerd alone refuses a stack against what follows from the order of its work: it
// looks for the target of a hard link when the whiteout of the target is applied already, and goes through a lower file
// before the entry that replaces a directory above it.
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
		if tree.refused != nil {
			continue
		}
		entries, err := k.list(int64(tree.disk.Offset), int64(tree.disk.DataBlocks)*4096)
		if err != nil {
			t.Fatalf("%s: %v", tree.name, err)
		}
		if theirs := listing.Text(entries); theirs != tree.text {
			t.Fatalf("%s: %s", tree.name, diff(tree.text, theirs))
		}
	}
}

// The guest opens one in asTheAgent stacks, and images of up to smallImage bytes, as the agent does, through dm-verity and
// under an overlay. That takes an emulated machine much longer than a plain mount.
const (
	asTheAgent = 25
	smallImage = 16 << 20
)

func (s *set) againstTheGuest(t *testing.T) {
	var trees []*tree
	var disks []guestDisk
	for i, tree := range s.trees {
		if tree.refused != nil {
			continue
		}
		trees, disks = append(trees, tree), append(disks, tree.disk)
		if tree.whole && tree.disk.Size > smallImage || !tree.whole && i%asTheAgent != 0 {
			disks[len(disks)-1].RootHash = ""
		}
	}
	for i, seen := range bootObserver(t, s.file.Name(), disks) {
		if seen != disks[i].Listing {
			t.Fatalf("%s: %s", trees[i].name, diff(trees[i].text, seen))
		}
	}
}
