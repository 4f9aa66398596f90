// SPDX-License-Identifier: Apache-2.0

package enclaver_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/source"
	"github.com/escrin/escrin/enclaver/spec"
)

// buildElsewhere is a process of its own: it makes an enclave, prints its digest and measurement root or what is wrong, and
// leaves beside the store what the kernel says of it.
func buildElsewhere(layout, base, dir string) {
	code := 0
	if line, err := buildLine(layout, base, dir); err == nil {
		fmt.Println(line)
	} else {
		fmt.Println(err)
		code = 1
	}
	if status, err := os.ReadFile("/proc/self/status"); err != nil || os.WriteFile(dir+".status", status, 0o644) != nil {
		code = 2
	}
	os.Exit(code)
}

func buildLine(layout, base, dir string) (string, error) {
	store, err := enclaver.OpenStore(dir)
	if err != nil {
		return "", err
	}
	from, err := source.Parse(layout)
	if err != nil {
		return "", err
	}
	defer from.Close()
	e, err := enclaver.Build(context.Background(), []source.Source{from}, enclaver.BuildOptions{Store: store, GuestBase: base, Spec: spec.Default()})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %x", e.Digest(), e.MeasurementRoot()), nil
}

// elsewhere is a process that differs from another in what an enclave must not depend on.
type elsewhere struct {
	name   string
	layout string   // where the image is, if not where it was
	store  string   // where the store is, if not in a new folder
	dir    string   // where the process starts
	before []string // words before the command
	env    []string // beside the user's own
	system syscall.SysProcAttr
}

// TestSC01SameBytesUnderVariations makes an enclave as other people on other machines would.
func TestSC01SameBytesUnderVariations(t *testing.T) {
	layout := layoutOf(t, packedAs(types.OCIManifestSchema1, oci.MediaTypeLayerGzip, oci.MediaTypeLayerZstd, oci.MediaTypeLayer))
	want := ""
	for _, v := range variations(t, layout) {
		words := append(v.before, os.Args[0])
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Dir, cmd.SysProcAttr = v.dir, &v.system
		if v.store == "" {
			v.store = filepath.Join(t.TempDir(), "store")
		}
		if v.layout == "" {
			v.layout = layout
		}
		cmd.Env = append(os.Environ(), "ESCRIN_TEST_BUILD="+v.layout, "ESCRIN_TEST_BASE="+guestBase(t), "ESCRIN_TEST_STORE="+v.store)
		cmd.Env = append(cmd.Env, v.env...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", v.name, err, out)
			continue
		}
		if want == "" {
			want = string(out)
		}
		if string(out) != want || !strings.HasPrefix(want, "sha256:") {
			t.Errorf("%s: %s, want %s", v.name, out, want)
		}
	}
}

func variations(t *testing.T, layout string) []elsewhere {
	memory, err := os.MkdirTemp("/dev/shm", "escrin-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(memory) })
	warm := filepath.Join(t.TempDir(), "warm")
	return []elsewhere{
		{name: "plain", store: warm},
		{name: "again, with a cache", store: warm},
		{name: "umask", before: []string{"sh", "-c", `umask 077; exec "$@"`, "sh"}},
		{name: "locale", env: []string{"LC_ALL=tr_TR.UTF-8", "LANG=tr_TR.UTF-8", "LANGUAGE=tr"}},
		{name: "time zone", env: []string{"TZ=Pacific/Chatham"}},
		{name: "one core", before: []string{"taskset", "1"}},
		{name: "one thread", env: []string{"GOMAXPROCS=1"}},
		{name: "more threads than cores", env: []string{"GOMAXPROCS=61", "GOGC=1"}},
		{name: "memory file system", store: filepath.Join(memory, "store"), env: []string{"TMPDIR=" + memory}},
		{name: "other paths and another day", layout: otherDay(t, layout), dir: "/", env: []string{"HOME=/nonexistent", "SOURCE_DATE_EPOCH=1"}},
		{name: "other user", env: []string{"USER=other"}, system: syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 4711, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 4712, HostID: os.Getgid(), Size: 1}},
		}},
	}
}

// otherDay copies a layout to another place, with the times and modes of another machine.
func otherDay(t *testing.T, layout string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "another place", "with a longer name")
	if err := os.CopyFS(to, os.DirFS(layout)); err != nil {
		t.Fatal(err)
	}
	day := time.Unix(86400, 0)
	err := filepath.WalkDir(to, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			err = os.Chmod(path, 0o400)
		}
		if err != nil {
			return err
		}
		return os.Chtimes(path, day, day)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}
