// SPDX-License-Identifier: Apache-2.0

package merge

import (
	"errors"
	"io"

	"github.com/escrin/escrin/imagebuild/erofs"
)

// Disk gives the file system as one image, without laying its parts end to end first: metadata, then layers, bottom
// layer first.
func Disk(metadata LayerImage, layers []LayerImage) LayerImage {
	d := make(disk, 0, 1+len(layers))
	var size int64
	for _, part := range append([]LayerImage{metadata}, layers...) {
		d = append(d, extent{LayerImage: part, start: size})
		size += part.Size
	}
	return LayerImage{Image: d, Size: size}
}

// Open reads the merged file system from its parts.
func Open(metadata LayerImage, layers []LayerImage) (*erofs.Image, error) {
	d := Disk(metadata, layers)
	return erofs.Open(d.Image, d.Size)
}

// disk is a sequence of images.
type disk []extent

type extent struct {
	LayerImage
	start int64
}

// ReadAt implements io.ReaderAt.
func (d disk) ReadAt(p []byte, offset int64) (int, error) {
	if offset < 0 {
		return 0, errors.New("negative offset")
	}
	n := 0
	for _, e := range d {
		at := offset + int64(n) - e.start
		if n == len(p) || at >= e.Size {
			continue
		}
		want := int(min(int64(len(p)-n), e.Size-at))
		got, err := e.Image.ReadAt(p[n:n+want], at)
		n += got
		if got < want {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return n, err
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
