// SPDX-License-Identifier: Apache-2.0

package merge_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/escrin/escrin/imagebuild/erofs"
)

// summary describes a tree in the words of the model.
func summary(t *testing.T, tree fs.ReadLinkFS) string {
	t.Helper()
	var b strings.Builder
	first := map[uint64]string{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		inode := info.Sys().(erofs.Stat)
		if first[inode.Number] == "" {
			first[inode.Number] = name
		}
		kind, text, tag := byte('d'), []byte(nil), inode.Mtime
		switch inode.Type() {
		case erofs.ModeRegular:
			kind = 'f'
			text, err = fs.ReadFile(tree, name)
		case erofs.ModeSymlink:
			var target string
			target, err = tree.ReadLink(name)
			kind, text = 'l', []byte(target)
		}
		fmt.Fprintf(&b, "%s %c %d %s %s\n", name, kind, tag, first[inode.Number], text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
