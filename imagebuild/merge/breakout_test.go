// SPDX-License-Identifier: Apache-2.0

package merge_test

import (
	"archive/tar"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/imagebuild/erofs"
	. "github.com/escrin/escrin/imagebuild/internal/imagetest"
)

// attempt is a stack of layers that tries to get at something outside its root, in one of the ways that containerd's
// archive code is tested against. Nothing here touches the machine's own files:
// what would have escaped shows as a name, a target or a mode that is not in the list.
type attempt struct {
	name   string
	layers [][]Entry
	want   string // the names of the tree, with "/" behind directories, or refusal
}

const refusal = "refused"

func one(entries ...Entry) [][]Entry { return [][]Entry{entries} }

func chmod(e Entry) Entry {
	e.Mode = 0o6777
	return e
}

func symlinkAttempts() []attempt {
	passwd := File("etc/passwd", "inside")
	return []attempt{
		{"absolute", one(passwd, Symlink("local", "/etc"), File("local/out", "")), refusal},
		{"up and out", one(passwd, Symlink("local", "../../etc"), File("local/out", "")), refusal},
		{"chain of absolute ones", one(Symlink("a", "/etc"), Symlink("b", "/a"), File("b/out", "")), refusal},
		{"chain of relative ones", one(Symlink("a", "../etc"), Symlink("b", "a"), File("b/out", "")), refusal},
		{"chain across layers", [][]Entry{{Symlink("a", "/etc")}, {Symlink("b", "a")}, {File("b/out", "")}}, refusal},
		{"to a file, then the file", one(Symlink("local", "/etc/out"), File("local", "mine")), "local"},
		{"to a file of a lower layer", [][]Entry{{passwd, Symlink("local", "/etc/passwd")}, {File("local", "mine")}}, "etc/ etc/passwd local"},
		{"to the parent", one(Symlink("a/up", ".."), File("a/up/out", "")), refusal},
		{"to the parent of the root", one(Symlink("up", ".."), File("up/out", "")), refusal},
		{"empty name", one(Symlink("", "/etc")), refusal},
		{"empty target", one(Symlink("a", "")), refusal},
		{"slash at the end of the name", one(Symlink("local/", "/etc"), File("local/out", "")), refusal},
		{"slash at the end of the target", one(Symlink("local", "/etc/"), File("local/out", "")), refusal},
		{"in the place of the root", one(Symlink("/", "/etc")), refusal},
		{"in the place of the root, as a dot", one(Symlink("./.", "/etc")), refusal},
		{"over a directory", one(Dir("a"), File("a/b", ""), Symlink("a", "/etc"), File("a/out", "")), refusal},
		{"over a directory, nothing more", one(Dir("a"), File("a/b", ""), Symlink("a", "/etc")), "a"},
		{"over a lower directory", [][]Entry{{Dir("a"), File("a/b", "")}, {Symlink("a", "/etc")}, {File("a/out", "")}}, refusal},
		{"directory over it", one(Symlink("a", "/etc"), Dir("a"), File("a/b", "")), "a/ a/b"},
		{"directory over a lower one", [][]Entry{{Symlink("a", "/etc")}, {Dir("a"), File("a/b", "")}}, "a/ a/b"},
		{"whiteout, then a directory", [][]Entry{{Symlink("a", "/etc")}, {File(".wh.a", ""), File("a/b", "")}}, "a/ a/b"},
	}
}

func hardlinkAttempts() []attempt {
	passwd := File("etc/passwd", "inside")
	return []attempt{
		{"relative, up", one(passwd, Link("local", "../etc/passwd")), refusal},
		{"relative, down and up", one(passwd, Link("local", "etc/../../etc/passwd")), refusal},
		{"relative, long", one(passwd, Link("local", strings.Repeat("../", 40)+"etc/passwd")), refusal},
		{"absolute", one(passwd, Link("local", "/etc/passwd")), "etc/ etc/passwd local"},
		{"absolute, up", one(passwd, Link("local", "/../etc/passwd")), refusal},
		{"through a symbolic link, absolute", one(passwd, Symlink("a", "/etc"), Link("local", "a/passwd")), refusal},
		{"through a symbolic link, relative", one(passwd, Symlink("a", "../etc"), Link("local", "a/passwd")), refusal},
		{"through a lower symbolic link", [][]Entry{{passwd, Symlink("a", "/etc")}, {Link("local", "a/passwd")}}, refusal},
		{"to a symbolic link, then the file", one(Symlink("a", "/etc/passwd"), Link("local", "a"), File("local", "mine")), "a local"},
		{"to a symbolic link, then chmod", one(Symlink("a", "/etc/passwd"), chmod(Link("local", "a"))), "a local"},
		{"to a file, then chmod", [][]Entry{{passwd}, {chmod(Link("local", "etc/passwd"))}}, "etc/ etc/passwd local"},
		{"before its target", one(Link("local", "etc/passwd"), passwd), refusal},
		{"to nothing", one(Link("local", "etc/passwd")), refusal},
		{"to a directory", one(Dir("a"), Link("local", "a")), refusal},
		{"to the root", one(Link("local", "/")), refusal},
		{"empty target", one(Link("local", "")), refusal},
		{"to what a whiteout hides", [][]Entry{{File("a", "below")}, {File(".wh.a", ""), Link("b", "a")}}, "b"},
		{"to what the layer replaced", [][]Entry{{File("a", "below")}, {Dir("a"), Link("b", "a")}}, refusal},
	}
}

func whiteoutAttempts() []attempt {
	below := []Entry{File("etc/passwd", "inside"), Dir("d"), File("d/x", "")}
	kept := "d/ d/x etc/ etc/passwd"
	on := func(e ...Entry) [][]Entry { return [][]Entry{below, e} }
	return []attempt{
		{"of the root", on(File(".wh.", "")), refusal},
		{"of the root's name", on(File(".wh..", "")), refusal},
		{"of the parent", on(File(".wh...", "")), refusal},
		{"of a directory's own name", on(File("d/.wh..", "")), refusal},
		{"of a directory's parent", on(File("d/.wh...", "")), refusal},
		{"in the parent", on(File("../.wh.etc", "")), refusal},
		{"through a symbolic link", on(Symlink("a", "/etc"), File("a/.wh.passwd", "")), refusal},
		{"through a lower symbolic link", [][]Entry{{File("etc/passwd", ""), Symlink("a", "/etc")}, {File("a/.wh.passwd", "")}}, refusal},
		{"of a symbolic link", [][]Entry{{File("etc/passwd", ""), Symlink("a", "/etc")}, {File(".wh.a", "")}}, "etc/ etc/passwd"},
		{"of what is not there", on(File(".wh.missing", "")), kept},
		{"of a whiteout", on(File(".wh..wh.d", "")), refusal},
		{"of a directory", on(File(".wh.d", "")), "etc/ etc/passwd"},
		{"opaque and of itself", on(File("d/.wh..wh..opq", ""), File(".wh.d", "")), "d/ etc/ etc/passwd"},
		{"of itself and opaque", on(File(".wh.d", ""), File("d/.wh..wh..opq", "")), "d/ etc/ etc/passwd"},
		{"opaque root", on(File(".wh..wh..opq", "")), ""},
		{"opaque through a symbolic link", on(Symlink("a", "/etc"), File("a/.wh..wh..opq", "")), refusal},
		{"of its own layer", one(File("a", ""), File(".wh.a", "")), "a"},
		{"with content", on(File(".wh.d", "x")), refusal},
		{"as a directory", on(Dir(".wh.d")), refusal},
		{"as a hard link", on(Link(".wh.d", "etc/passwd")), refusal},
		{"as the target of a link", on(File(".wh.d", ""), Link("a", ".wh.d")), refusal},
	}
}

func TestIMG01NamesThatLeadOut(t *testing.T) {
	var all []attempt
	for _, name := range []string{"../out", "../../out", "/../out", "a/../../out", "a/../out", "./../out", "..", "a/.."} {
		for _, e := range []Entry{File(name, ""), Dir(name), Symlink(name, "x"), Link(name, "x"), Other(tar.TypeFifo, name), Other(tar.TypeChar, name)} {
			all = append(all, attempt{name, one(File("x", ""), e), refusal})
		}
	}
	try(t, append(all, attempt{"/a", one(File("/a", "")), "a"}))
}

func TestIMG02SymbolicLinksThatLeadOut(t *testing.T) { try(t, symlinkAttempts()) }

func TestIMG03HardLinksThatLeadOut(t *testing.T) { try(t, hardlinkAttempts()) }

func TestIMG04WhiteoutsThatLeadOut(t *testing.T) { try(t, whiteoutAttempts()) }

func try(t *testing.T, all []attempt) {
	t.Helper()
	for _, a := range all {
		t.Run(a.name, func(t *testing.T) {
			tree, err := build(t, a.layers...)
			if (err != nil) != (a.want == refusal) {
				t.Errorf("error %v, want %q", err, a.want)
			}
			if err != nil {
				return
			}
			if got := Names(t, tree); !slices.Equal(got, strings.Fields(a.want)) {
				t.Errorf("got %q, want %q", got, a.want)
			}
			unchanged(t, tree)
		})
	}
}

// unchanged checks that no entry changed another's file, whatever names lead to it.
func unchanged(t *testing.T, tree fs.ReadLinkFS) {
	t.Helper()
	info, err := tree.Lstat("etc/passwd")
	if err != nil {
		return
	}
	content, err := fs.ReadFile(tree, "etc/passwd")
	if err != nil || len(content) > 0 && string(content) != "inside" {
		t.Errorf("etc/passwd is %q, %v", content, err)
	}
	if mode := info.Sys().(erofs.Stat).Mode; mode != erofs.ModeRegular|0o644 {
		t.Errorf("etc/passwd has mode %o", mode)
	}
}
