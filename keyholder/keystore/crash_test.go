// SPDX-License-Identifier: Apache-2.0

package keystore_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/keyholder/keystore"
)

const (
	childMode = "ESCRIN_KEYSTORE_TEST_CHILD"
	childDir  = "ESCRIN_KEYSTORE_TEST_DIR"
)

// TestMain lets the test binary be a process that changes a keystore.
func TestMain(m *testing.M) {
	mode := os.Getenv(childMode)
	if mode == "" {
		os.Exit(m.Run())
	}
	if err := childMain(mode, os.Getenv(childDir)); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// childMain changes the record "share" from old to new, and the keystore of a
// plugin's life is the plugin itself.
func childMain(mode, dir string) error {
	if strings.HasPrefix(mode, "plugin") {
		return pluginMain(mode)
	}
	k, err := keystore.Unlock(ctx(), dir, source())
	if err != nil {
		return err
	}
	switch mode {
	case "full":
		return fillDisk(k)
	case "starved":
		return starve(k)
	}
	keystore.OnStep(k, func(step string) {
		if step == mode {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	})
	return k.Apply(keystore.Change{Name: "share", Secret: []byte("new")}, keystore.Change{Name: "polynomial"})
}

// fillDisk allows files of no more than the keystore's size, and writes more.
func fillDisk(k *keystore.Keystore) error {
	limit := unix.Rlimit{Cur: 2 << 10, Max: math.MaxUint64}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	if err := k.Put("large", make([]byte, 8<<10)); !errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("wrote more than the disk has room for: %v", err)
	}
	if b, err := k.Get("share"); err != nil || string(b) != "old" {
		return fmt.Errorf("share is %q, %v", b, err)
	}
	return k.Put("small", []byte("x"))
}

// starve writes without a file descriptor that is free from one step on, and then with some again.
func starve(k *keystore.Keystore) error {
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &before); err != nil {
		return err
	}
	for _, from := range []string{"write", "half", "written", "link", "rename", "sync", "shred"} {
		var limited error
		keystore.OnStep(k, func(step string) {
			if step == from {
				limited = unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Max: before.Max})
			}
		})
		put := k.Put("share", []byte(from))
		if err := errors.Join(limited, unix.Setrlimit(unix.RLIMIT_NOFILE, &before)); err != nil {
			return err
		}
		b, err := k.Get("share")
		if err != nil || (put == nil) != (string(b) == from) {
			return fmt.Errorf("from %q on: %v; then the share is %q, %v", from, put, b, err)
		}
	}
	return k.Put("share", []byte("new"))
}

func childCommand(t *testing.T, mode, dir string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childMode+"="+mode, childDir+"="+dir)
	return cmd
}

// before is the state that the child finds: a share and a polynomial.
func before(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "holder")
	k := createIn(t, dir)
	err := k.Apply(keystore.Change{Name: "share", Secret: []byte("old")}, keystore.Change{Name: "polynomial", Secret: []byte("secret")})
	if err := errors.Join(err, k.Close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A process that is killed at any step of a change leaves the old records or the
// new ones, all of them, and nothing else once the keystore was opened again; and
// then all goes on.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	for step, done := range map[string]bool{
		"write": false, "half": false, "written": false, "link": false, "rename": false, "sync": true, "shred": true, "end": true,
	} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			dir := before(t)
			out, err := childCommand(t, step, dir).CombinedOutput()
			if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("%v: %s", err, out)
			}
			for range 2 {
				k, err := keystore.Unlock(t.Context(), dir, source())
				if err != nil {
					t.Fatal(err)
				}
				if done {
					want(t, k, "share", "new")
					if _, err := k.Get("polynomial"); !errors.Is(err, keystore.ErrNone) {
						t.Errorf("polynomial: %v", err)
					}
				} else {
					want(t, k, "share", "old")
					want(t, k, "polynomial", "secret")
				}
				if err := k.Close(); err != nil {
					t.Fatal(err)
				}
				onlyKeystore(t, dir)
			}
			k, err := keystore.Unlock(t.Context(), dir, source())
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(k.Put("share", []byte("newer")), k.Close()); err != nil {
				t.Fatal(err)
			}
			onlyKeystore(t, dir)
		})
	}
}

// A process that has no descriptor left at any step of a change knows what is on the disk all the same: the keyholder of a
// keystore that does not know it ends.
func TestNoDescriptorsAtAnyStep(t *testing.T) {
	t.Parallel()
	dir := before(t)
	if out, err := childCommand(t, "starved", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	k, err := keystore.Unlock(t.Context(), dir, source())
	if err != nil {
		t.Fatal(err)
	}
	want(t, k, "share", "new")
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	onlyKeystore(t, dir)
}

// onlyKeystore expects that nothing lies beside the keystore.
func onlyKeystore(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != keystore.KeysFile && e.Name() != "lock" {
			t.Errorf("%s stays behind", e.Name())
		}
	}
}

// What a crash without an orderly disk leaves of a new file does not matter, and
// is gone after the next start.
func TestTornNewFile(t *testing.T) {
	t.Parallel()
	dir := before(t)
	whole, err := os.ReadFile(filepath.Join(dir, keystore.KeysFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, torn := range [][]byte{nil, whole[:1], whole[:len(whole)/2], make([]byte, len(whole)), whole} {
		if err := os.WriteFile(filepath.Join(dir, keystore.KeysFile+".new"), torn, 0o600); err != nil {
			t.Fatal(err)
		}
		k, err := keystore.Unlock(t.Context(), dir, source())
		if err != nil {
			t.Fatal(err)
		}
		want(t, k, "share", "old")
		if err := k.Close(); err != nil {
			t.Fatal(err)
		}
		onlyKeystore(t, dir)
	}
}

// What is replaced is overwritten, not only unlinked.
func TestReplacedFileIsOverwritten(t *testing.T) {
	t.Parallel()
	dir := before(t)
	old, err := os.Open(filepath.Join(dir, keystore.KeysFile)) // keeps what is unlinked readable
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	k, err := keystore.Unlock(t.Context(), dir, source())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(k.Delete("polynomial"), k.Close()); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 4096)
	n, _ := old.Read(b)
	if n == 0 || strings.Trim(string(b[:n]), "\x00") != "" {
		t.Errorf("%d bytes of the old file are still there", n)
	}
}

// A full disk refuses the change; the keystore goes on with what it had, and takes
// what fits.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := before(t)
	if out, err := childCommand(t, "full", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	k, err := keystore.Unlock(t.Context(), dir, source())
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	want(t, k, "share", "old")
	want(t, k, "small", "x")
	if _, err := k.Get("large"); !errors.Is(err, keystore.ErrNone) {
		t.Errorf("large: %v", err)
	}
	onlyKeystore(t, dir)
}
