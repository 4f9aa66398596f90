// SPDX-License-Identifier: Apache-2.0

package erofs_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/escrin/escrin/imagebuild/erofs"
)

func TestIMG08TreesShareABudget(t *testing.T) {
	root := erofs.NewDir(erofs.Attributes{Mode: erofs.ModeDir | 0o755})
	root.SetChild("link", &erofs.Node{Attributes: erofs.Attributes{Mode: erofs.ModeSymlink | 0o777}, Target: strings.Repeat("t", 4000)})
	file := &erofs.Node{Attributes: erofs.Attributes{Mode: erofs.ModeRegular, Xattrs: []erofs.Xattr{{Name: "user.a", Value: make([]byte, 3000)}}}}
	root.SetChild("one", file)
	root.SetChild("two", file)
	image := encode(t, root)
	all := erofs.Budget{Entries: 1000, Bytes: 1 << 20}
	left := all
	if _, err := open(t, image).LoadWithin(&left); err != nil {
		t.Fatal(err)
	}
	entries, bytes := all.Entries-left.Entries, all.Bytes-left.Bytes
	if entries != 5 || bytes < 7000 || bytes > 10_000 { // ".", "..", and three names
		t.Errorf("%d entries and %d bytes", entries, bytes)
	}
	for _, c := range []struct {
		budget erofs.Budget
		twice  bool
		ok     bool
	}{
		{erofs.Budget{}, false, false},
		{erofs.Budget{Entries: entries, Bytes: bytes}, false, true},
		{erofs.Budget{Entries: entries - 1, Bytes: bytes}, false, false},
		{erofs.Budget{Entries: entries, Bytes: bytes - 1}, false, false},
		{erofs.Budget{Entries: 2 * entries, Bytes: 2 * bytes}, true, true},
		{erofs.Budget{Entries: 2*entries - 1, Bytes: 2 * bytes}, true, false},
		{erofs.Budget{Entries: 2 * entries, Bytes: 2*bytes - 1}, true, false},
	} {
		left := c.budget
		_, err := open(t, image).LoadWithin(&left)
		if err == nil && c.twice {
			_, err = open(t, image).LoadWithin(&left)
		}
		if (err == nil) != c.ok || err != nil && !errors.Is(err, erofs.ErrBudget) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
