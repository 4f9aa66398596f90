// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/errgroup"

	"github.com/escrin/escrin/enclaver/ahead"
	"github.com/escrin/escrin/imagebuild/layer"
	"github.com/escrin/escrin/imagebuild/verity"
)

// layers compares the conversion of one large layer, plain and compressed, with the tools that a person would use, and
// the whole command with what no builder can do without: inflating and hashing.
func (b *bench) layers() error {
	plain, err := b.layerBlobs("large")
	if err != nil {
		return err
	}
	packed, err := b.layerBlobs("large-gzip")
	if err != nil {
		return err
	}
	bottom, packedBottom := plain[0], packed[0]
	peer := contender{name: "mkfs.erofs --tar=f + veritysetup", prepare: b.noImages, run: func() error { return b.mkfs(bottom, "--tar=f") }}
	hash := contender{name: "hashing the tar once", run: func() error { return hashFile(bottom) }}
	took, err := compare(contender{name: "our conversion", prepare: b.noImages, run: func() error { return b.convert(bottom, false) }}, peer, hash)
	if err != nil {
		return err
	}
	seconds("enclave.tar_vs_mkfs", took[0], took[1], peer.name)
	seconds("enclave.tar_vs_hash", took[0], took[2], hash.name)
	seconds("enclave.hash_vs_mkfs", took[2], took[1], peer.name) // what the diff id alone costs
	b.plainPeer = took[1]
	if err := b.convert(bottom, false); err != nil { // beside the peer's
		return err
	}
	if err := b.sizes(); err != nil {
		return err
	}
	if err := b.tree(); err != nil {
		return err
	}
	peer = contender{name: "mkfs.erofs --gzip --tar=f + veritysetup", prepare: b.noImages, run: func() error { return b.mkfs(packedBottom, "--gzip", "--tar=f") }}
	umoci := contender{name: "umoci unpack + mkfs.erofs + veritysetup", prepare: b.noBundle, run: func() error { return b.umoci("large-gzip") }}
	if took, err = compare(contender{name: "our conversion", prepare: b.noImages, run: func() error { return b.convert(packedBottom, true) }}, peer, umoci); err != nil {
		return err
	}
	seconds("enclave.gz_vs_mkfs", took[0], took[1], peer.name)
	seconds("enclave.gz_vs_umoci", took[0], took[2], umoci.name)
	return nil
}

// convert makes what mkfs.erofs and veritysetup make: an image and its hash tree.
func (b *bench) convert(blob string, packed bool) error {
	in, err := os.Open(blob)
	if err != nil {
		return err
	}
	defer in.Close()
	var tar io.Reader = in // the conversion reads ahead
	if packed {            // as the command does
		read := ahead.New(in)
		defer read.Close()
		if tar, err = gzip.NewReader(bufio.NewReaderSize(read, 64<<10)); err != nil {
			return err
		}
	}
	var files [4]*os.File
	for i, name := range []string{"image", "leaves", "scratch", "tree"} {
		if files[i], err = os.Create(filepath.Join(b.dir, "ours."+name)); err != nil {
			return err
		}
		defer files[i].Close()
	}
	info, err := layer.Convert(tar, layer.Output{Image: files[0], Leaves: files[1], Scratch: files[2]}, layer.DefaultLimits())
	if err != nil {
		return err
	}
	root, err := verity.WriteTree(files[1], uint64(info.Size/verity.BlockSize), make([]byte, 32), files[3])
	if err == nil && root != info.RootHash {
		err = errors.New("two root hashes")
	}
	return err
}

func (b *bench) sizes() error {
	ours, err := os.Stat(filepath.Join(b.dir, "ours.image"))
	if err != nil {
		return err
	}
	theirs, err := os.Stat(b.peerImage())
	if err != nil {
		return err
	}
	count("enclave.size_vs_mkfs", ours.Size(), theirs.Size(), "mkfs.erofs --tar=f")
	return nil
}

// tree builds the hash tree of the image and checks that veritysetup finds the same root.
func (b *bench) tree() error {
	image := filepath.Join(b.dir, "ours.image")
	var ours, theirs string
	err := versus("enclave.verity_vs_veritysetup",
		contender{name: "our hash tree", run: func() (err error) {
			ours, err = hashTree(image)
			return err
		}},
		contender{name: "veritysetup format", run: func() (err error) {
			theirs, err = b.veritysetup(image)
			return err
		}})
	if err == nil && ours != theirs {
		err = fmt.Errorf("root hash %s, veritysetup has %s", ours, theirs)
	}
	return err
}

func hashTree(image string) (string, error) {
	file, err := os.Open(image)
	if err != nil {
		return "", err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	out, err := os.Create(image + ".tree")
	if err != nil {
		return "", err
	}
	defer out.Close()
	root, err := verity.Tree(file, info.Size(), make([]byte, 32), out)
	return fmt.Sprintf("%x", root), err
}

// layerBlobs lists the layers of a fixture's image as files, bottom first.
func (b *bench) layerBlobs(fixture string) ([]string, error) {
	dir, err := b.fixture(fixture)
	if err != nil {
		return nil, err
	}
	path, err := layout.FromPath(dir)
	if err != nil {
		return nil, err
	}
	index, err := path.ImageIndex()
	if err != nil {
		return nil, err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	image, err := path.Image(manifest.Manifests[0].Digest)
	if err != nil {
		return nil, err
	}
	parts, err := image.Manifest()
	if err != nil {
		return nil, err
	}
	var blobs []string
	for _, l := range parts.Layers {
		blobs = append(blobs, filepath.Join(dir, "blobs/sha256", l.Digest.Hex))
	}
	return blobs, nil
}

// hashFile is what it takes to find a diff id.
func hashFile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(sha256.New(), file)
	return err
}

// inflateAll is what no builder can do without: all layers side by side, each blob hashed, inflated and hashed again.
func inflateAll(blobs []string) error {
	var group errgroup.Group
	for _, path := range blobs {
		group.Go(func() error {
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			defer file.Close()
			tar, err := inflate(io.TeeReader(file, sha256.New()))
			if err != nil {
				return err
			}
			_, err = io.Copy(sha256.New(), tar)
			return err
		})
	}
	return group.Wait()
}

// inflate unpacks what begins as gzip does, and passes on what does not.
func inflate(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(r, 1<<20)
	if head, err := buffered.Peek(2); err != nil || !strings.HasPrefix(string(head), "\x1f\x8b") {
		return buffered, nil
	}
	return gzip.NewReader(buffered)
}
