// SPDX-License-Identifier: Apache-2.0

package difftest

import (
	"archive/tar"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/containerd/containerd/v2/pkg/archive"
	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/imagebuild/difftest/listing"
	. "github.com/escrin/escrin/imagebuild/internal/imagetest"
)

// exception is one way in which our tree differs by intent from the one that containerd's code makes without help. It
// shows what becomes of one name.
type exception struct {
	rule         string // of layer/SPEC.md
	layers       [][]Entry
	look         string
	ours, theirs string
}

// at returns an entry with another time, mode or owner.
func at(e Entry, seconds int64, mode int64, owner int) Entry {
	e.ModTime, e.Mode, e.Uid, e.Gid = time.Unix(seconds, 0), mode, owner, owner
	return e
}

func exceptions() map[string]exception {
	setgid := at(Dir("d"), 5, 0o2755, 7)
	device := Other(tar.TypeChar, "a")
	device.Devmajor, device.Devminor = 1, 3
	return map[string]exception{
		"attributes of the root":  {"8", [][]Entry{{at(Dir("."), 5, 0o700, 7)}}, ".", "40700 7:7 5", "40755 0:0 now"},
		"a device":                {"6", [][]Entry{{File("a", "x")}, {device}}, "a", "nothing", "20644 0:0 0"},
		"what is below a device":  {"6", [][]Entry{{device, File("a/b", "x")}}, "a/b", "100644 0:0 1, 1 bytes", "refused"},
		"a label":                 {"11", [][]Entry{{File("a", "").With("security.selinux", "x")}}, "a", "100644 0:0 1, 0 bytes", "100644 0:0 1, 0 bytes, security.selinux"},
		"attributes for overlays": {"11", [][]Entry{{Dir("a").With("user.overlay.opaque", "y")}}, "a", "40750 0:0 2", "40750 0:0 2, user.overlay.opaque"},
		"attributes of a directory that is described again": {"8", [][]Entry{{Dir("a").With("user.x", "1")}, {Dir("a").With("user.y", "2")}}, "a",
			"40750 0:0 2, user.y", "40750 0:0 2, user.x, user.y"},
		"attributes of a hard link":        {"10", [][]Entry{{File("a", "x"), at(Link("b", "a"), 9, 0o600, 7)}}, "a", "100644 0:0 1, 1 bytes", "100600 7:7 9, 1 bytes"},
		"a hard link to what is hidden":    {"10, 12", [][]Entry{{File("a", "x")}, {File(".wh.a", ""), Link("b", "a")}}, "b", "100644 0:0 1, 1 bytes", "refused"},
		"a whiteout after its name":        {"12", [][]Entry{{File("a", "old")}, {File("a", "x"), File(".wh.a", "")}}, "a", "100644 0:0 1, 1 bytes", "nothing"},
		"an opaque directory, marked late": {"12", [][]Entry{{}, {File("d/e/f", "x"), File("d/.wh..wh..opq", "")}}, "d/e/f", "100644 0:0 1, 1 bytes", "nothing"},
		"a whiteout with content":          {"12", [][]Entry{{File("a", "x")}, {File(".wh.a", "x")}}, "a", "refused", "nothing"},
		"a whiteout of a whiteout":         {"13", [][]Entry{{File("a", "x")}, {File(".wh..wh.a", "")}}, "a", "refused", "100644 0:0 1, 1 bytes"},
		"a directory that nothing names":   {"16", [][]Entry{{File("d/a", "x")}}, "d", "40755 0:0 0", "40755 0:0 now"},
		"... below one with a group":       {"16", [][]Entry{{setgid, File("d/e/a", "x")}}, "d/e", "40755 0:0 0", "40755 0:7 now"},
		"a directory that gets a name":     {"8", [][]Entry{{Dir("d")}, {File("d/a", "x")}}, "d", "40750 0:0 2", "40750 0:0 now"},
		"a file for a directory":           {"8", [][]Entry{{at(Dir("d"), 5, 0o755, 0), File("d", "x")}}, "d", "100644 0:0 1, 1 bytes", "100644 0:0 5, 1 bytes"},
		"a time before 1970":               {"3", [][]Entry{{at(File("a", "x"), -5, 0o644, 0)}}, "a", "100644 0:0 -5, 1 bytes", "100644 0:0 0, 1 bytes"},
		"a time after 2262":                {"3", [][]Entry{{at(File("a", "x"), 1<<34, 0o644, 0)}}, "a", "100644 0:0 17179869184, 1 bytes", "100644 0:0 0, 1 bytes"},
		"a path through a link":            {"9", [][]Entry{{Dir("d"), Symlink("l", "d"), File("l/a", "x")}}, "d/a", "refused", "100644 0:0 1, 1 bytes"},
		"a path through a lower link":      {"18", [][]Entry{{Dir("d"), Symlink("l", "d")}, {File("l/a", "x")}}, "d/a", "refused", "100644 0:0 1, 1 bytes"},
		"a lower link that is replaced, after what is in it": {"18", [][]Entry{{Dir("d"), Symlink("l", "d")}, {File("l/a", "x"), Dir("l")}}, "l/a",
			"100644 0:0 1, 1 bytes", "nothing"},
		"a path with two dots": {"4", [][]Entry{{Dir("d"), File("d/../a", "x")}}, "a", "refused", "100644 0:0 1, 1 bytes"},
	}
}

// TestEveryExceptionIsOne shows how our trees differ from containerd's: by these rules, and by nothing else that the other
// tests find.
func TestEveryExceptionIsOne(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can unpack files of any owner and set file capabilities: containerd's code was not run")
	}
	for name, e := range exceptions() {
		t.Run(name, func(t *testing.T) {
			start := time.Now().Unix() - 1
			mine := "refused"
			if merged, err := merged(streams(t, e.layers)); err == nil {
				entries, err := list(merged.FS())
				if err != nil {
					t.Fatal(err)
				}
				mine = glimpse(entries, e.look, start)
			}
			if theirs := applied(t, e, start); mine != e.ours || theirs != e.theirs {
				t.Errorf("rule %s: ours %q, want %q; theirs %q, want %q", e.rule, mine, e.ours, theirs, e.theirs)
			}
		})
	}
}

// applied is what containerd's code makes of it without help.
func applied(t *testing.T, e exception, start int64) string {
	dir := scratch(t)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, stream := range streams(t, e.layers) {
		if _, err := archive.Apply(t.Context(), dir, stream); err != nil {
			return "refused"
		}
	}
	entries, err := listing.Directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	return glimpse(entries, e.look, start)
}

// glimpse describes one entry.
func glimpse(entries []listing.Entry, name string, start int64) string {
	for _, e := range entries {
		if e.Name != name {
			continue
		}
		text := fmt.Sprintf("%o %d:%d %d", e.Mode, e.UID, e.GID, e.Mtime)
		if e.Mtime >= start && e.Mtime <= time.Now().Unix() {
			text = fmt.Sprintf("%o %d:%d now", e.Mode, e.UID, e.GID)
		}
		if e.Mode&unix.S_IFMT == unix.S_IFREG {
			text += fmt.Sprintf(", %d bytes", e.Size)
		}
		for _, x := range e.Xattrs {
			text += ", " + x.Name
		}
		return strings.TrimSpace(text)
	}
	return "nothing"
}
