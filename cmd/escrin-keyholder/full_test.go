// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/escrin/escrin/keyholder"
)

// A keyholder whose disk is full releases nothing that it cannot record, and the
// others go on; killed on a full disk, it comes back when there is room, and has
// forgotten nothing.
func TestFullDisk(t *testing.T) {
	withNamespaces(t, func(t *testing.T) {
		w := newWorld(t)
		h := w.network.holders[0]
		before := w.claimed(1)
		before.bindEverywhere(before.task)
		h.moveToSmallDisk()
		filler := h.fillDisk()

		meanwhile := w.claimed(2)
		meanwhile.mustRelease()
		if status := meanwhile.ask(t, 1); status == http.StatusOK {
			t.Error("released without a record")
		}
		h.kill()
		must(t, os.Remove(filler))
		h.start()
		h.await(`"ready"`)

		meanwhile.bindEverywhere(meanwhile.task)
		for _, a := range []applicant{before, meanwhile} {
			if status := a.ask(t, 1); status != http.StatusOK {
				t.Errorf("asked again: %d", status)
			}
			clone := applicant{w.boot(a.key), a.task}
			if status := clone.ask(t, 1); status != http.StatusForbidden && status != http.StatusConflict {
				t.Errorf("a clone: %d", status)
			}
		}
		h.stop()
		if _, err := os.Stat(filepath.Join(h.dir, "keys.sealed.new")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("something half written stays behind: %v", err)
		}
	})
}

// ask returns one keyholder's status for a new request.
func (a applicant) ask(t *testing.T, holder uint32) int {
	t.Helper()
	status, _, err := a.w.transport().Do(t.Context(), holder, keyholder.PathRelease, a.request(a.task))
	must(t, err)
	return status
}

// moveToSmallDisk puts the directory of a holder that runs on a file system of a
// few megabytes, and goes on.
func (h *holder) moveToSmallDisk() {
	h.t.Helper()
	h.stop()
	aside := h.t.TempDir()
	copyDir(h.t, aside, h.dir)
	run(h.t, "mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", h.dir)
	h.t.Cleanup(func() { must(h.t, syscall.Unmount(h.dir, syscall.MNT_DETACH)) })
	copyDir(h.t, h.dir, aside)
	h.start()
	h.await(`"ready"`)
}

// fillDisk writes a file until nothing more fits.
func (h *holder) fillDisk() (path string) {
	h.t.Helper()
	path = filepath.Join(h.dir, "filler")
	f, err := os.Create(path)
	must(h.t, err)
	defer f.Close()
	if _, err := io.Copy(f, endless{}); !errors.Is(err, syscall.ENOSPC) {
		h.t.Fatalf("fill the disk: %v", err)
	}
	return path
}

// endless has no end of zeros.
type endless struct{}

// Read implements io.Reader.
func (endless) Read(p []byte) (int, error) { return len(p), nil }
