// SPDX-License-Identifier: Apache-2.0

package merge_test

import (
	"archive/tar"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "github.com/escrin/escrin/imagebuild/internal/imagetest"
)

// The model knows no trees and no EROFS: a file system is a map of paths. It says what a stack of layers means, one
// rule after the other, and is compared with what the packages make of the same tar streams.
type model map[string]*item

type item struct {
	kind  byte // 'd', 'f', 'l', or 'w' for a device, which does not exist
	tag   int64
	text  string
	lower string // the lower file that a hard link names
	named bool   // of a directory: by an entry, not only by what is in it
}

var errModel = errors.New("refused by the model")

func under(dir, name string) bool {
	return dir == "." && name != "." || strings.HasPrefix(name, dir+"/")
}

func (m model) remove(name string) {
	for other := range m {
		if other == name || under(name, other) {
			delete(m, other)
		}
	}
}

// own is what one layer says: its items, which names it hides, and whose contents.
type own struct {
	items         model
	hides, clears map[string]bool
}

// parents makes the directories on the way to name.
func (o own) parents(name string) error {
	parts := strings.Split(name, "/")
	for i := 1; i < len(parts); i++ {
		dir := strings.Join(parts[:i], "/")
		switch it := o.items[dir]; {
		case it == nil || it.kind == 'w':
			o.items[dir] = &item{kind: 'd'}
		case it.kind != 'd':
			return errModel
		}
	}
	return nil
}

func (o own) add(e Entry) error {
	name := path.Clean(e.Name)
	if base := path.Base(name); base == ".wh..wh..opq" {
		if err := o.parents(name); err != nil {
			return err
		}
		o.clears[path.Dir(name)] = true
		return nil
	} else if strings.HasPrefix(base, ".wh.") {
		o.hides[path.Join(path.Dir(name), base[4:])] = true
		return o.parents(name)
	}
	it := &item{tag: e.ModTime.Unix(), text: e.Content + e.Linkname, named: true}
	switch e.Typeflag {
	case tar.TypeDir:
		it.kind, it.text = 'd', ""
		if old := o.items[name]; old != nil && old.kind == 'd' {
			o.items[name] = it
			return nil
		} else if old != nil {
			o.hides[name] = true
		}
	case tar.TypeReg:
		it.kind = 'f'
	case tar.TypeSymlink:
		it.kind = 'l'
	case tar.TypeChar:
		it.kind = 'w'
	case tar.TypeLink:
		var err error
		if it, err = o.target(e.Linkname); err != nil || e.Linkname == name {
			return errModel
		}
	}
	if err := o.parents(name); err != nil {
		return err
	}
	if it.kind != 'd' {
		o.items.remove(name)
		o.hides[name] = true
	}
	o.items[name] = it
	return nil
}

func (o own) target(name string) (*item, error) {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if it := o.items[dir]; it != nil && it.kind != 'd' && it.kind != 'w' {
			return nil, errModel
		}
	}
	it := o.items[name]
	if it == nil {
		return &item{kind: 'f', lower: name}, nil
	}
	if it.kind == 'd' {
		return nil, errModel
	}
	return it, nil // a device too: the link is as little as it is
}

// apply returns the tree with one more layer on it.
func (m model) apply(entries []Entry) (model, error) {
	o := own{model{}, map[string]bool{}, map[string]bool{}}
	for _, e := range entries {
		if err := o.add(e); err != nil {
			return nil, err
		}
	}
	result := maps.Clone(m)
	for name := range o.hides {
		result.remove(name)
	}
	for dir := range o.clears {
		for name := range m {
			if under(dir, name) {
				delete(result, name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.items)) {
		it := o.items[name]
		old := result[name]
		switch {
		case it.kind == 'w':
			continue
		case it.kind == 'd' && !it.named && old != nil:
			if old.kind != 'd' {
				return nil, errModel
			}
			continue
		case it.lower != "":
			if it = m[it.lower]; it == nil || it.kind == 'd' {
				return nil, errModel
			}
		}
		if it.kind == 'd' && old != nil && old.kind != 'd' {
			result.remove(name)
		}
		result[name] = it
	}
	return result, nil
}

func (m model) String() string {
	var b strings.Builder
	first := map[*item]string{}
	for _, name := range slices.SortedFunc(maps.Keys(m), comparePaths) {
		it := m[name]
		if first[it] == "" {
			first[it] = name
		}
		fmt.Fprintf(&b, "%s %c %d %s %s\n", name, it.kind, it.tag, first[it], it.text)
	}
	return b.String()
}

// comparePaths orders names as a walk meets them.
func comparePaths(a, b string) int {
	return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
}

func drawEntry(t *rapid.T, tag int64) Entry {
	names := []string{"a", "b", "a/a", "a/b", "b/a", "a/a/a", "a/b/c"}
	name := rapid.SampledFrom(names).Draw(t, "name")
	other := rapid.SampledFrom(names).Draw(t, "other")
	text := fmt.Sprint("content ", tag)
	e := rapid.SampledFrom([]Entry{
		File(name, text), File(name, text), Dir(name), Dir(name), Symlink(name, text), Link(name, other), Other(tar.TypeChar, name),
		File(path.Join(path.Dir(name), ".wh."+path.Base(name)), ""), File(path.Join(path.Dir(name), ".wh..wh..opq"), ""),
	}).Draw(t, "entry")
	e.ModTime = time.Unix(tag, 0)
	return e
}

func TestIMG11MergeEqualsTheModel(t *testing.T) {
	accepted := 0
	rapid.Check(t, func(rt *rapid.T) {
		want := model{}
		var refused error
		var layers [][]Entry
		tag := int64(0)
		for range rapid.IntRange(1, 4).Draw(rt, "layers") {
			entries := []Entry{}
			for range rapid.IntRange(0, 8).Draw(rt, "entries") {
				tag++
				entries = append(entries, drawEntry(rt, tag))
			}
			layers = append(layers, entries)
			if refused == nil {
				want, refused = want.apply(entries)
			}
		}
		disk, err := build(t, layers...)
		if (err != nil) != (refused != nil) {
			rt.Fatalf("packages: %v, model: %v", err, refused)
		}
		if err != nil {
			return
		}
		accepted++
		if got := summary(t, disk); got != want.String() {
			rt.Fatalf("packages:\n%s\nmodel:\n%s", got, want)
		}
	})
	if accepted == 0 {
		t.Error("no stack was accepted: the property was never tested")
	}
}
