// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"errors"
	"io"
	"io/fs"
)

// Image reads an EROFS image of the profile that this package writes.
type Image struct{}

// Open checks the superblock of the image of size bytes in r. It refuses every feature that this package does not write.
func Open(r io.ReaderAt, size int64) (*Image, error) { return nil, errors.New("not built yet") }

// FS gives the tree as an fs.FS, which also implements fs.ReadDirFS and fs.ReadLinkFS. Open and Stat follow symbolic
// links inside the image (an absolute target starts at the image's root, nothing leaves it); Lstat and ReadLink do not.
func (im *Image) FS() fs.FS { return nil }
