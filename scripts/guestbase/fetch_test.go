// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// archive is a machine whose distribution offers what a test says. Its scripts are the real ones; apt is not.
type archive struct {
	t   *testing.T
	dir string
}

func newArchive(t *testing.T, pins string) archive {
	t.Helper()
	a := archive{t, t.TempDir()}
	for _, name := range []string{"apt.sh", "inputs.sh"} {
		copyFile(t, filepath.Join("..", name), filepath.Join(a.dir, "scripts", name))
	}
	a.put("scripts/guestbase/pins.lock", "# comment\n"+pins)
	a.put("scripts/mirror.sh", "#!/bin/sh\necho http://archive.invalid/debian bookworm /keyring.gpg\n")
	a.put("bin/apt-get", `#!/bin/sh
case " $* " in
*" install "*) printf 'Inst gcc-14 (9 Debian:trixie [amd64])\nConf gcc-14 (9)\n' ;;
*" source "*)
	for last; do :; done
	cp "$ARCHIVE/${last%%=*}.source" "${last%%=*}.orig.tar.gz" ;;
*" download "*)
	until [ "$1" = download ]; do shift; done; shift
	for a; do [ -e "$ARCHIVE/show/$a" ] || exit 100; done
	for a; do cp "$ARCHIVE/${a%%=*}" "${a%%=*}_${a#*=}_amd64.deb"; done ;;
esac
`)
	a.put("bin/apt-cache", "#!/bin/sh\nfor a; do last=$a; done; cat \"$ARCHIVE/show/$(echo $last | tr / @)\" 2>/dev/null\n")
	a.put("bin/dpkg-deb", "#!/bin/sh\n")
	return a
}

func (a archive) put(name, content string) {
	a.t.Helper()
	path := filepath.Join(a.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		a.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		a.t.Fatal(err)
	}
}

// offer puts a package into the archive, as the present version of trixie.
func (a archive) offer(name, version, content string) {
	a.put("archive/"+name, content)
	about := fmt.Sprintf("Package: %s\nVersion: %s\nSize: %d\nSHA256: %x\n\nPackage: %[1]s\nVersion: 0\n", name, version, len(content), sha256.Sum256([]byte(content)))
	a.put("archive/show/"+name+"="+version, about)
	a.put("archive/show/"+name+"@trixie", about)
}

// offerSource puts the source of a package into the archive.
func (a archive) offerSource(name, version, content string) {
	a.put("archive/"+name+".source", content)
	sum := fmt.Sprintf("%x %d", sha256.Sum256([]byte(content)), len(content))
	a.put("archive/show/"+name, fmt.Sprintf("Package: %s\nVersion: %s\nFiles:\n 00 1 %[1]s.orig.tar.gz\nChecksums-Sha256:\n 00 1 %[1]s.dsc\n %[3]s %[1]s.orig.tar.gz\nSection: misc\n\n", name, version, sum))
}

// TestSC01SourceArchivesAreFetchedOnce, and neither another file under a pinned version nor another version passes for one.
func TestSC01SourceArchivesAreFetchedOnce(t *testing.T) {
	a := newArchive(t, pinLine("runtime-source", "crun", "1", "a source"))
	a.offerSource("crun", "1", "a source")
	if out, err := a.fetch(""); err != nil || a.get(fmt.Sprintf("cache/guest-inputs/sources/%x.tar.gz", sha256.Sum256([]byte("a source")))) != "a source" {
		t.Fatalf("%v %s", err, out)
	}
	if out, err := a.fetch(""); err != nil || out != "" {
		t.Errorf("the second time: %v %s", err, out)
	}
	a = newArchive(t, pinLine("runtime-source", "crun", "1", "a source"))
	a.offerSource("crun", "1", "another source")
	if out, err := a.fetch(""); err == nil || !strings.Contains(out, "not the file that was pinned") {
		t.Errorf("another file: error %v, said %s", err, out)
	}
	a.offerSource("crun", "2", "a source of today")
	if out, err := a.fetch(""); err == nil || !strings.Contains(out, "crun 1 is pinned") {
		t.Errorf("another version: error %v, said %s", err, out)
	}
	if out, err := a.fetch("1"); err != nil || !strings.Contains(out, "NOT the pinned guest base") {
		t.Errorf("asked for what there is: %v %s", err, out)
	}
}

// TestPinsAreTheNewestVersions: security updates come before the release they are for.
func TestPinsAreTheNewestVersions(t *testing.T) {
	a := newArchive(t, "")
	copyFile(t, "../pins.sh", filepath.Join(a.dir, "scripts/pins.sh"))
	for _, name := range []string{"libseccomp-dev", "musl-dev", "ovmf", "linux-image-6.12.9", "linux-source-6.12", "gcc-14"} {
		a.offer(name, "9", "old "+name)
	}
	a.offer("linux-image-6.12.10", "10", "new kernel")
	a.put("archive/show/linux-image-6.12.10@trixie-security", a.get("archive/show/linux-image-6.12.10@trixie"))
	if err := os.Remove(filepath.Join(a.dir, "archive/show/linux-image-6.12.10@trixie")); err != nil {
		t.Fatal(err)
	}
	a.put("archive/show/linux-image-cloud-amd64@trixie", "Depends: linux-image-6.12.9 (= 9), other\n")
	a.put("archive/show/linux-image-cloud-amd64@trixie-security", "Depends: linux-image-6.12.10 (= 10)\n")
	a.put("archive/show/libseccomp-dev@trixie-security", strings.ReplaceAll(a.get("archive/show/libseccomp-dev@trixie"), "Version: 9", "Version: 8"))
	a.offerSource("crun", "9", "a source")
	a.put("archive/show/crun", a.get("archive/show/crun")+strings.ReplaceAll(a.get("archive/show/crun"), "Version: 9", "Version: 8"))
	cmd := exec.Command("sh", filepath.Join(a.dir, "scripts/pins.sh"))
	cmd.Env = a.environment("")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	pins, err := parsePins(a.get("scripts/guestbase/pins.lock"))
	if err != nil || len(pins) != 7 {
		t.Fatalf("%d pins, %v", len(pins), err)
	}
	for _, p := range pins {
		want, from := "9", "trixie"
		if p.input == kernelInput {
			want, from = "10", "trixie-security"
		}
		if p.version != want || p.suite != from {
			t.Errorf("%s %s of %s", p.name, p.version, p.suite)
		}
	}
}

func (a archive) get(name string) string {
	a.t.Helper()
	content, err := os.ReadFile(filepath.Join(a.dir, name))
	if err != nil {
		a.t.Fatal(err)
	}
	return string(content)
}

func (a archive) environment(unpinned string) []string {
	return append(os.Environ(), "PATH="+filepath.Join(a.dir, "bin")+":"+os.Getenv("PATH"), "ARCHIVE="+filepath.Join(a.dir, "archive"),
		"ESCRIN_CACHE="+filepath.Join(a.dir, "cache"), unpinnedVariable+"="+unpinned)
}

// fetch runs the part of setup.sh that fetches the guest base's packages.
func (a archive) fetch(unpinned string) (string, error) {
	cmd := exec.Command("sh", "-euc", `. "$(dirname "$0")/apt.sh"; . "$scripts/inputs.sh"; mkdir -p "$cache"; fetch_inputs`, filepath.Join(a.dir, "scripts", "setup.sh"))
	cmd.Env = a.environment(unpinned)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// unpacked is the lines of what tests get of an input.
func (a archive) unpacked(input string) string {
	text, _ := os.ReadFile(filepath.Join(a.dir, "cache/guest-inputs", input, "unpacked"))
	return string(text)
}

func pinLine(input, name, version, content string) string {
	return fmt.Sprintf("%s %s %s trixie %d %x\n", input, name, version, len(content), sha256.Sum256([]byte(content)))
}

func TestSC01PinnedPackagesAreFetchedOnce(t *testing.T) {
	pins := pinLine("ovmf", "crun", "1", "a program") + pinLine("ovmf", "libc6", "2", "a library")
	a := newArchive(t, pins)
	a.offer("crun", "1", "a program")
	a.offer("libc6", "2", "a library")
	if out, err := a.fetch(""); err != nil || a.unpacked("ovmf") != pins {
		t.Fatalf("%v %s\nunpacked %s", err, out, a.unpacked("ovmf"))
	}
	if out, err := a.fetch(""); err != nil || out != "" {
		t.Errorf("the second time: %v %s", err, out)
	}
	for _, other := range []string{pinLine("ovmf", "crun", "1", "a program"), pins} { // as other checkouts have them
		a.put("scripts/guestbase/pins.lock", other)
		if out, err := a.fetch(""); err != nil || out != "" || a.unpacked("ovmf") != other {
			t.Errorf("other pins: %v %s\nunpacked %s", err, out, a.unpacked("ovmf"))
		}
	}
}

func TestSC01ALostVersionIsAnErrorUnlessAskedFor(t *testing.T) {
	a := newArchive(t, pinLine("ovmf", "crun", "1", "a program"))
	a.offer("crun", "2", "another program")
	if out, err := a.fetch(""); err == nil || !strings.Contains(out, "crun 1 is pinned") || !strings.Contains(out, "make pins") {
		t.Errorf("error %v, said %s", err, out)
	}
	if out, err := a.fetch("1"); err != nil || !strings.Contains(out, "NOT the pinned guest base") {
		t.Errorf("asked for what there is: %v %s", err, out)
	}
	if want := pinLine("ovmf", "crun", "2", "another program"); a.unpacked("ovmf") != want {
		t.Errorf("unpacked %s, want %s", a.unpacked("ovmf"), want)
	}
	if out, err := a.fetch(""); err == nil {
		t.Errorf("what took the place of a pin passes for it later: %s", out)
	}
}

func TestSC01AnotherFileUnderAPinnedVersionIsRefused(t *testing.T) {
	for _, unpinned := range []string{"", "1"} {
		a := newArchive(t, pinLine("ovmf", "crun", "1", "a program"))
		a.offer("crun", "1", "another program")
		if out, err := a.fetch(unpinned); err == nil || !strings.Contains(out, "not the file that was pinned") {
			t.Errorf("unpinned %q: error %v, said %s", unpinned, err, out)
		}
	}
}

func TestSC01AnEmptyArchiveIsAnError(t *testing.T) {
	a := newArchive(t, pinLine("kernel", "linux-image-6.12.1", "1", "a kernel"))
	for _, unpinned := range []string{"", "1"} {
		if out, err := a.fetch(unpinned); err == nil {
			t.Errorf("unpinned %q: %s", unpinned, out)
		}
	}
}
