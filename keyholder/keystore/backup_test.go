// SPDX-License-Identifier: Apache-2.0

package keystore

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
)

// KR-25: a backup beside the process that has the keystore open, and changes it,
// needs what opens it, and is whole.
func TestKR25BackupBesideARunningProcess(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "holder")
	own, other := Key([32]byte{1}), Key([32]byte{2})
	if _, err := BackupOf(t.Context(), dir, own, other); !errors.Is(err, ErrNone) {
		t.Errorf("of no keystore: %v", err)
	}
	k, err := Create(t.Context(), dir, own)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if _, err := BackupOf(t.Context(), dir, other, other); err == nil {
		t.Error("a backup without what opens the keystore")
	}
	if err := k.Put("record", []byte("0")); err != nil {
		t.Fatal(err)
	}
	stop, changed := make(chan struct{}), make(chan error, 1)
	go func() {
		for i := 1; ; i++ {
			select {
			case <-stop:
				changed <- nil
				return
			default:
			}
			if err := k.Put("record", fmt.Append(nil, i)); err != nil {
				changed <- err
				return
			}
		}
	}()
	for range 50 {
		b, err := BackupOf(t.Context(), dir, own, other)
		if err != nil {
			t.Fatal(err)
		}
		saved, err := OpenBackup(t.Context(), b, other)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := saved.Get("record"); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	if err := <-changed; err != nil {
		t.Error(err)
	}
}
