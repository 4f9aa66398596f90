// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sort"

	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/store"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/imagebuild/merge"
	"github.com/escrin/escrin/imagebuild/verity"
)

// disk is the data of an enclave's disk, in parts: the merged metadata, then each layer.
type disk struct {
	files []*os.File
	sizes []int64
	ends  []int64 // ends[i] is the offset on the disk behind part i
}

// openDisk opens the parts. Their contents must have been checked by whoever put them in the store, or
// must be held against the verity root by the caller.
func openDisk(from *store.Store, m artifact.Manifest) (*disk, error) {
	d := &disk{}
	var size int64
	for _, part := range append([]oci.Descriptor{m.Metadata}, m.Layers...) {
		if part.Size%config.BlockSize != 0 {
			d.Close()
			return nil, fmt.Errorf("open disk: %s: size %d is not a multiple of %d", part.Digest, part.Size, config.BlockSize)
		}
		f, err := from.Open(part)
		if err != nil {
			d.Close()
			return nil, fmt.Errorf("open disk: %w", err)
		}
		size += part.Size
		d.files, d.sizes, d.ends = append(d.files, f), append(d.sizes, part.Size), append(d.ends, size)
	}
	return d, nil
}

// Close closes the parts.
func (d *disk) Close() error {
	var all error
	for _, f := range d.files {
		all = errors.Join(all, f.Close())
	}
	return all
}

func (d *disk) size() int64 { return d.ends[len(d.ends)-1] }

// ReadAt implements io.ReaderAt over the parts laid end to end.
func (d *disk) ReadAt(p []byte, offset int64) (int, error) {
	if offset < 0 {
		return 0, errors.New("negative offset")
	}
	done := 0
	for i := sort.Search(len(d.ends), func(i int) bool { return d.ends[i] > offset }); done < len(p); i++ {
		if i == len(d.files) {
			return done, io.EOF
		}
		at := offset + int64(done) - (d.ends[i] - d.sizes[i])
		want := p[done:min(int64(len(p)), int64(done)+d.sizes[i]-at)]
		n, err := d.files[i].ReadAt(want, at)
		done += n
		if n < len(want) {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF // the file shrank
			}
			return done, err
		}
	}
	return done, nil
}

// tree is the merged file system.
func (d *disk) tree() (fs.FS, error) {
	parts := make([]merge.LayerImage, len(d.files))
	for i, f := range d.files {
		parts[i] = merge.LayerImage{Image: f, Size: d.sizes[i]}
	}
	return merge.Open(parts[0], parts[1:])
}

// verity computes the parameters of the dm-verity device. The tree follows the data at once, and the salt
// is zero: it would only hide which blocks two enclaves share, and layers are public.
func (d *disk) verity() (config.Disk, error) {
	blocks := uint64(d.size()) / config.BlockSize
	described := config.Disk{DataBlocks: blocks, HashOffsetBlocks: blocks}
	root, err := verity.Tree(d, d.size(), described.Salt[:], io.Discard)
	described.RootHash = root
	return described, err
}

// configOffset is where the measured config begins, in blocks: behind the verity tree.
func configOffset(d config.Disk) uint64 { return d.HashOffsetBlocks + verity.TreeBlocks(d.DataBlocks) }

// mergeLayers writes the merged metadata over the layers to the store.
func (b *builder) mergeLayers(layers []oci.Descriptor) (oci.Descriptor, error) {
	blob, err := b.store.Create()
	if err != nil {
		return oci.Descriptor{}, err
	}
	defer blob.Discard()
	if err := writeMetadata(blob.File, b.store, layers); err != nil {
		return oci.Descriptor{}, err
	}
	return blob.Commit(artifact.MediaTypeMetadata)
}

func writeMetadata(dst io.Writer, from *store.Store, layers []oci.Descriptor) error {
	images := make([]merge.LayerImage, len(layers))
	for i, layer := range layers {
		f, err := from.Open(layer)
		if err != nil {
			return err
		}
		defer f.Close()
		images[i] = merge.LayerImage{Image: f, Size: layer.Size}
	}
	_, err := merge.Metadata(dst, images)
	return err
}
