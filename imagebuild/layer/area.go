// SPDX-License-Identifier: Apache-2.0

package layer

import (
	"encoding/binary"
	"errors"

	"github.com/escrin/escrin/imagebuild/erofs"
)

// XattrArea is the extended attribute by which the root of a layer image says where its area is.
const XattrArea = "trusted.escrin.area"

// Area is what becomes part of a disk of a layer image: the blocks from erofs.HeadBlocks to End. Contents of files come
// first, and from block Inodes on inodes with one name.
type Area struct{ Inodes, End uint32 }

// areaBytes is the length of an area in an attribute.
const areaBytes = 8

// SetArea notes the area at the root of a layer image.
func SetArea(root *erofs.Node, a Area) {
	value := binary.LittleEndian.AppendUint32(make([]byte, 0, areaBytes), a.Inodes)
	root.SetXattr(XattrArea, binary.LittleEndian.AppendUint32(value, a.End))
}

// AreaOf is what SetArea noted. Whether there are such blocks is for the caller to check.
func AreaOf(root erofs.Attributes) (Area, error) {
	value, ok := root.Xattr(XattrArea)
	if !ok || len(value) != areaBytes {
		return Area{}, errors.New("the root does not say what becomes part of a disk")
	}
	return Area{Inodes: binary.LittleEndian.Uint32(value), End: binary.LittleEndian.Uint32(value[4:])}, nil
}
