// SPDX-License-Identifier: Apache-2.0

package difftest

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/imagebuild/difftest/listing"
)

// reader is a program that unpacks the archive "tar" of each of some directories into its directory "tree". Where it
// refuses, it leaves a file "refused".
type reader struct {
	name    string
	command []string
}

// eachDirectory runs a shell command in each directory that is an argument.
const eachDirectory = `for dir; do (cd "$dir/tree" && %s) >/dev/null 2>"$dir/said" || mv "$dir/said" "$dir/refused"; done`

func readers() []reader {
	sh := func(command string) []string { return []string{"sh", "-c", fmt.Sprintf(eachDirectory, command), "sh"} }
	return []reader{
		{"tar", sh("tar --extract --preserve-permissions --numeric-owner --file ../tar")},
		{"bsdtar", sh("bsdtar -x -p --numeric-owner -f ../tar")},
		{"python3", []string{"python3", "-c", pythonReader}},
	}
}

// pythonReader unpacks with Python's tarfile. It removes what an entry replaces, as the others do, and leading slashes.
const pythonReader = `
import os, shutil, sys, tarfile
def relative(member, path):
    link = member.linkname.lstrip("/") if member.islnk() else member.linkname
    return member.replace(name=member.name.lstrip("/"), linkname=link, deep=False)
def unpack(archive, tree):
    for member in archive:
        at = os.path.join(tree, member.name.strip("/"))
        if os.path.lexists(at) and not (member.islnk() and os.path.normpath(member.linkname) == os.path.normpath(member.name)):
            if not os.path.isdir(at) or os.path.islink(at):
                os.unlink(at)
            elif not member.isdir():
                shutil.rmtree(at)
        archive.extract(member, tree, numeric_owner=True, filter=relative)
for directory in sys.argv[1:]:
    try:
        with tarfile.open(directory + "/tar", "r:", errorlevel=2, encoding="utf-8") as archive:
            unpack(archive, directory + "/tree")
    except Exception as e:
        with open(directory + "/refused", "w") as f:
            f.write(repr(e))
`

// read gives all archives to one reader and returns what it makes of each: a listing, or "refused: " and why.
func (r reader) read(t *testing.T, archives map[string][]byte) map[string]string {
	t.Helper()
	base := scratch(t)
	dirs := map[string]string{}
	for i, name := range slices.Sorted(maps.Keys(archives)) {
		dir := filepath.Join(base, fmt.Sprint(i))
		dirs[name] = dir
		if err := errors.Join(os.MkdirAll(dir+"/tree", 0o755), os.WriteFile(dir+"/tar", archives[name], 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), r.command[0], append(r.command[1:], slices.Collect(maps.Values(dirs))...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", r.name, err, out)
	}
	seen := map[string]string{}
	for name, dir := range dirs {
		if why, err := os.ReadFile(dir + "/refused"); err == nil {
			seen[name] = "refused: " + string(why)
			continue
		}
		entries, err := listing.Directory(dir + "/tree")
		if err != nil {
			t.Fatal(err)
		}
		seen[name] = essence(entries)
	}
	return seen
}

// essence is a listing without what unpacking changes or programs do not restore: times of directories and symbolic links,
// the directory that it is all unpacked into, extended attributes.
func essence(entries []listing.Entry) string {
	for i := range entries {
		entries[i].Xattrs = nil
		if kind := entries[i].Mode & unix.S_IFMT; kind == unix.S_IFDIR || kind == unix.S_IFLNK {
			entries[i].Mtime = 0
		}
	}
	return listing.Text(entries[1:])
}

// ours is what this module makes of an archive.
func ours(archive []byte) string {
	d, err := merged([]io.Reader{bytes.NewReader(archive)})
	if err != nil {
		return "refused: " + err.Error()
	}
	entries, err := list(d.FS())
	if err != nil {
		return "refused: " + err.Error()
	}
	return essence(entries)
}

// differ are archives that are read in one way, but unpacked in several, or not by all.
var differ = map[string]string{
	"nothing":                         "a layer without a byte is an empty layer",
	"full directory, then file":       "GNU tar does not remove what is in the directory",
	"hard link to a dangling symlink": "Python cannot set its owner",
	"symlink, then directory":         "bsdtar keeps a symbolic link to a directory",
	"pax time \"-1.5\"":               "bsdtar rounds up",
	"pax time \"-0.5\"":               "bsdtar rounds up",
	"pax name that is not UTF-8":      "bsdtar wants names of its locale",
	"pax other names":                 "bsdtar wants names of its locale",
}

// TestIMG10NoTarIsReadInTwoWays gives tars that are odd in one way each to this module and to the other readers that this
// machine has. What this module takes, all others must take, and see the same.
func TestIMG10NoTarIsReadInTwoWays(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can unpack files of any owner: no other reader was asked")
	}
	archives := oddTars()
	mine := compare(t, archives)
	refused := 0
	for name, seen := range mine {
		if strings.HasPrefix(seen, "refused") {
			refused++
			t.Logf("%s: %s", name, seen)
		}
	}
	t.Logf("%d archives, %d refused", len(archives), refused)
}

// compare gives archives to this module and to all readers that this machine has, and returns what this module sees.
func compare(t *testing.T, archives map[string][]byte) map[string]string {
	t.Helper()
	mine := map[string]string{}
	for name, archive := range archives {
		mine[name] = ours(archive)
	}
	for _, r := range readers() {
		if _, err := exec.LookPath(r.name); err != nil {
			t.Logf("this machine has no %s: it was not asked", r.name)
			continue
		}
		for name, theirs := range r.read(t, archives) {
			blind := r.name == "bsdtar" && strings.Contains(theirs, "format not recognized") // it takes some for compressed
			if !strings.HasPrefix(mine[name], "refused") && mine[name] != theirs && differ[name] == "" && !blind {
				t.Errorf("%s: ours: %s%s: %s", name, mine[name], r.name, theirs)
			}
		}
	}
	return mine
}

// TestIMG09SparseFilesAreWhatGNUTarMeant has GNU tar write sparse files in each of its forms.
func TestIMG09SparseFilesAreWhatGNUTarMeant(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can unpack files of any owner: no other reader was asked")
	}
	dir := scratch(t)
	files := map[string][]int64{ // offsets of what is not a hole, and the length
		"empty": {0}, "hole": {1 << 20}, "start": {0, 1 << 20}, "end": {1<<20 - 1, 1 << 20}, "middle": {300_000, 1 << 20},
		"dense": {0, 1}, "many": nil, "long": {0, 4096, 1 << 22, 1<<23 + 5, 1<<23 + 6},
	}
	for i := range int64(200) {
		files["many"] = append(files["many"], i*20_000)
	}
	for name, offsets := range files {
		file, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, offset := range offsets[:len(offsets)-1] {
			if _, err := file.WriteAt([]byte("data"), offset); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(file.Truncate(offsets[len(offsets)-1]), file.Close()); err != nil {
			t.Fatal(err)
		}
	}
	archives := map[string][]byte{}
	for _, form := range []string{"--format=gnu", "--sparse-version=0.0", "--sparse-version=0.1", "--sparse-version=1.0"} {
		args := append([]string{"-c", "--sparse", "--numeric-owner", "-C", dir}, form)
		if form != "--format=gnu" {
			args = append(args, "--format=posix")
		}
		archive, err := exec.Command("tar", append(args, slices.Sorted(maps.Keys(files))...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		archives[form] = archive
	}
	mine := compare(t, archives)
	for form, seen := range mine {
		if strings.Count(seen, "\n") != len(files) || seen != mine["--format=gnu"] {
			t.Errorf("%s: %s", form, seen)
		}
		if len(archives[form]) > 1<<20 {
			t.Errorf("%s: %d bytes: nothing is sparse", form, len(archives[form]))
		}
	}
}

var mutants = flag.Int("mutants", 300, "how many changed archives to give to all readers of tars")

// TestIMG10NoChangedTarIsReadInTwoWays changes bytes of headers, where a checksum is a header's it is made right again.
func TestIMG10NoChangedTarIsReadInTwoWays(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can unpack files of any owner: no other reader was asked")
	}
	archives := map[string][]byte{}
	for n := range *mutants {
		archive, what := mutant(*first + n)
		archives[fmt.Sprintf("%d:%s", *first+n, what)] = archive
	}
	taken := 0
	for _, seen := range compare(t, archives) {
		if !strings.HasPrefix(seen, "refused") {
			taken++
		}
	}
	t.Logf("%d of %d taken", taken, len(archives))
}

// mutant changes up to two bytes of an archive and tells which.
func mutant(n int) (archive []byte, what string) {
	random := rand.New(rand.NewPCG(0x746172, uint64(n)))
	bases := [][]byte{
		join(file("a", "x"), block('5', "d/", "", 0), file("d/b", "y")),
		join(file("b", "x"), block('2', "c", "b", 0)),
		join(pax('x', "path=b", "mtime=5"), file("a", "x"), file("c", "z")),
		join(long('L', "b\x00"), file("a", "x"), file("c", "z")),
		join(pax('x', "size=3", "uid=5"), file("a", "xyz"), file("c", "z")),
		join(file("a", "x", field(fieldPrefix, "dir")), file("c", "z")),
	}
	starts := []int{0, 1, 2, 100, 106, 107, 108, 115, 116, 124, 130, 134, 135, 136, 146, 147, 156, 157, 158, 257, 262, 263, 264, 329, 337, 345, 346, 500, 508}
	archive = bases[random.IntN(len(bases))]
	for range 1 + random.IntN(2) {
		at := random.IntN(len(archive) - 1024)
		if random.IntN(2) == 0 {
			at = at/512*512 + starts[random.IntN(len(starts))]
		}
		const values = "\x00 0178x/.\x80\xff-+\n=52gLKSV"
		archive[at] = values[random.IntN(len(values))]
		what += fmt.Sprintf(" %d=%q", at, archive[at])
		if h := archive[at/512*512:][:512]; string(h[154:156]) == "\x00 " && (at%512 < 148 || at%512 >= 156) {
			checksum(h)
		}
	}
	return archive, what
}
