// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/source/daemontest"
	"github.com/escrin/escrin/enclaver/source/sourcetest"
)

// places puts the image of a layout into every place that an image can be in, and returns its name there with the flags
// that lead there.
func places(t *testing.T, containerd, name, dir string) map[string][]string {
	t.Helper()
	archive := sourcetest.Archive(t, dir)
	sourcetest.IntoContainerd(t, containerd, name, "docker.io/library/"+name+":latest", dir)
	return map[string][]string{
		"layout":      {dir + ":latest"},
		"archive":     {archive},
		"oci-archive": {"oci-archive:" + archive + ":latest"},
		"registry":    {sourcetest.Registry(t, dir, nil) + "/image:latest"},
		"containerd":  {"containerd:" + name, "--containerd-address", containerd, "--containerd-namespace", name},
	}
}

// dockerPlaces are the places where an image has no manifest of its own.
func dockerPlaces(t *testing.T, dir string) map[string][]string {
	t.Helper()
	saved := sourcetest.Saved(t, dir)
	return map[string][]string{
		"saved":          {saved},
		"docker-archive": {"docker-archive:" + saved + ":image"},
		"docker-daemon":  {"docker-daemon:image:latest", "--docker-host", sourcetest.Docker(t, saved)},
	}
}

// enclaving runs `escrin enclave` with a guest base, each time with an empty store.
type enclaving struct{ base string }

func (e enclaving) run(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, notes bytes.Buffer
	args = append([]string{"enclave", "-t", "localhost:5000/app", "--guest-base", e.base, "--store", t.TempDir(), "--json"}, args...)
	status = run(args, strings.NewReader(""), &out, &notes)
	return status, out.String(), notes.String()
}

func newEnclaving(t *testing.T) enclaving {
	t.Helper()
	base := t.TempDir()
	if err := imagetest.GuestBase(base); err != nil {
		t.Fatal(err)
	}
	return enclaving{base}
}

// One image makes one measured disk, wherever it is taken from.
func TestEverySourceMakesTheSameEnclave(t *testing.T) {
	e := newEnclaving(t)
	dir := t.TempDir()
	imagetest.Flaws()["small"](dir)
	all := places(t, daemontest.Containerd(t), "small", dir)
	for place, args := range dockerPlaces(t, dir) {
		all[place] = args
	}
	var want string
	for place, args := range all {
		status, stdout, stderr := e.run(t, args...)
		var report struct {
			Config struct{ MeasurementRoot string }
		}
		if err := json.Unmarshal([]byte(stdout), &report); status != exitOK || err != nil {
			t.Errorf("%s: status %d, %v\n%s", place, status, err, stderr)
			continue
		}
		if want == "" {
			want = report.Config.MeasurementRoot
		}
		if got := report.Config.MeasurementRoot; got != want || got == "" {
			t.Errorf("%s: %s, want %s", place, got, want)
		}
	}
}

// REG-01 to REG-04, REG-07: an image that is not what it says is refused wherever it comes from.
func TestREGFlawedImagesAreRefusedFromEverySource(t *testing.T) {
	e := newEnclaving(t)
	containerd := daemontest.Containerd(t)
	inDocker := map[string]bool{ // the other flaws are of the manifest, which does not come from docker
		"arm64": true, "swapped-diff-ids": true, "corrupted-layer": true, "missing-layer": true, "escaping-names": true,
		"no-command": true, "no-user": true,
	}
	for flaw, write := range imagetest.Flaws() {
		if flaw == "small" || flaw == "changed" { // which are sound
			continue
		}
		dir := t.TempDir()
		write(dir)
		all := places(t, containerd, flaw, dir)
		if inDocker[flaw] {
			for place, args := range dockerPlaces(t, dir) {
				all[place] = args
			}
		}
		for place, args := range all {
			e.refuses(t, flaw+" from "+place, "", args...)
		}
	}
}

func (e enclaving) refuses(t *testing.T, what, message string, args ...string) {
	t.Helper()
	status, stdout, stderr := e.run(t, args...)
	if status != exitError || strings.Contains(stdout, "measurementRoot") || !strings.Contains(stderr, message) || !strings.Contains(stderr, `"error":`) {
		t.Errorf("%s: status %d, want %q\n%s", what, status, message, stderr)
	}
}

const (
	imageIndex  = `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s]}`
	forAMD64    = `MANIFEST,"platform":{"os":"linux","architecture":"amd64"}}`
	forARM64    = `MANIFEST,"platform":{"os":"linux","architecture":"arm64"}}`
	attestation = `MANIFEST,"platform":{"os":"unknown","architecture":"unknown"},"annotations":{"vnd.docker.reference.type":"attestation-manifest"}}`
	withURLs    = `MANIFEST,"urls":["http://169.254.169.254/"],"platform":{"os":"linux","architecture":"amd64"}}`
)

// REG-04, REG-06, REG-07: an index must lead to one image, whoever has it.
func TestREG06IndexMustHaveOneImage(t *testing.T) {
	e := newEnclaving(t)
	containerd := daemontest.Containerd(t)
	for i, c := range []struct{ what, document, message string }{
		{"one", fmt.Sprintf(imageIndex, forARM64+","+attestation+","+forAMD64), ""},
		{"none", fmt.Sprintf(imageIndex, forARM64), "only for linux/arm64"},
		{"nothing", fmt.Sprintf(imageIndex, ""), "no image with a platform"},
		{"attestations only", fmt.Sprintf(imageIndex, attestation), "no image with a platform"},
		{"two", fmt.Sprintf(imageIndex, forAMD64+","+forAMD64), "exactly one"},
		{"foreign", fmt.Sprintf(imageIndex, withURLs), "foreign URLs"},
		{"mixed", strings.Replace(fmt.Sprintf(imageIndex, forAMD64), `"manifests"`, `"layers":[],"manifests"`, 1), "belong to a manifest"},
		{"twice", strings.Replace(fmt.Sprintf(imageIndex, forAMD64), `"manifests"`, `"manifests":[],"manifests"`, 1), "twice"},
	} {
		dir := t.TempDir()
		imagetest.Flaws()["small"](dir)
		sourcetest.AddIndex(t, dir, c.document)
		for place, args := range places(t, containerd, fmt.Sprint("index", i), dir) {
			if c.message != "" {
				e.refuses(t, c.what+" from "+place, c.message, args...)
			} else if status, _, stderr := e.run(t, args...); status != exitOK {
				t.Errorf("%s from %s: status %d\n%s", c.what, place, status, stderr)
			}
		}
		sourcetest.AddIndex(t, dir, fmt.Sprintf(imageIndex, forAMD64)) // an index in an index
		e.refuses(t, "nested "+c.what, "", dir)
	}
}

// REG-05: a tag is asked for once, all else by digest.
func TestREG05TagIsResolvedOnce(t *testing.T) {
	e := newEnclaving(t)
	dir := t.TempDir()
	imagetest.Flaws()["small"](dir)
	sourcetest.AddIndex(t, dir, fmt.Sprintf(imageIndex, forAMD64))
	var tags atomic.Int32
	if status, _, stderr := e.run(t, sourcetest.Registry(t, dir, &tags)+"/image:latest"); status != exitOK || tags.Load() != 1 {
		t.Errorf("status %d, the tag was asked for %d times\n%s", status, tags.Load(), stderr)
	}
}

func TestSourceFlagsAreHeldTogether(t *testing.T) {
	e := newEnclaving(t)
	for args, message := range map[string]string{
		"":                        "missing argument IMAGE",
		"a b":                     "unexpected argument",
		"--rootfs . image":        "--rootfs takes the place of IMAGE",
		"--containerd-address":    "flag needs an argument",
		"--rootfs-owner=me image": "unknown flag",
	} {
		if status, _, stderr := e.run(t, strings.Fields(args)...); status != exitUsage || !strings.Contains(stderr, message) {
			t.Errorf("%q: status %d, want %q: %s", args, status, message, stderr)
		}
	}
	nobody := filepath.Join(t.TempDir(), "nobody")
	t.Setenv("CONTAINERD_ADDRESS", nobody)
	e.refuses(t, "containerd by environment", nobody, "containerd:image")
	t.Setenv("DOCKER_HOST", "unix://"+nobody)
	e.refuses(t, "docker by environment", nobody, "docker-daemon:image")
}

// TestSourceScripts runs the transcripts about where images come from. `archive DIR FILE` and `saved DIR FILE` pack a
// layout, `same KEY A B` says that two reports agree.
func TestSourceScripts(t *testing.T) {
	e := newEnclaving(t)
	packing := func(pack func(testing.TB, string) string) func(*testscript.TestScript, bool, []string) {
		return func(ts *testscript.TestScript, _ bool, args []string) {
			data, err := os.ReadFile(pack(t, ts.MkAbs(args[0])))
			ts.Check(err)
			ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o644))
		}
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "source"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("GUEST_BASE", e.base)
			env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
			env.Setenv("DOCKER_CONFIG", env.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"image":   writeImage,
			"archive": packing(sourcetest.Archive),
			"saved":   packing(sourcetest.Saved),
			"same":    sameInReports,
		},
	})
}

// sameInReports compares the lines of two reports that have a key.
func sameInReports(ts *testscript.TestScript, _ bool, args []string) {
	var lines [2]string
	for i, name := range args[1:] {
		for line := range strings.Lines(ts.ReadFile(name)) {
			if strings.Contains(line, `"`+args[0]+`"`) {
				lines[i] += line
			}
		}
	}
	if lines[0] == "" || lines[0] != lines[1] {
		ts.Fatalf("%s: %s and %s", args[0], lines[0], lines[1])
	}
}
