// SPDX-License-Identifier: Apache-2.0

package standing_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/standing"
)

func keys(t *testing.T) *keystore.Keystore {
	t.Helper()
	k, err := keystore.Create(t.Context(), filepath.Join(t.TempDir(), "holder"), keystore.Key([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return k
}

func load(t *testing.T, k *keystore.Keystore) *standing.Standing {
	t.Helper()
	s, err := standing.Load(k)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func may(t *testing.T, s *standing.Standing, epoch uint64, want bool) {
	t.Helper()
	if s.MayServe(epoch) != want {
		t.Errorf("epoch %d: %v", epoch, !want)
	}
}

// KR-22: a holder that was put back does not serve before it knows the newest
// epoch, and then only in later ones, also after restarts.
func TestKR22BarredEpochs(t *testing.T) {
	t.Parallel()
	k := keys(t)
	s := load(t, k)
	may(t, s, 1, true)
	if err := errors.Join(s.Observe(4), s.Doubt(standing.Restored)); err != nil {
		t.Fatal(err)
	}
	may(t, load(t, k), 1, false)
	may(t, load(t, k), 1<<63, false)
	if reason, barred := load(t, k).Why(); reason != standing.Restored || barred != 0 {
		t.Fatal(reason, barred)
	}
	if err := load(t, k).Observe(5); err != nil {
		t.Fatal(err)
	}
	s = load(t, k)
	if err := s.Observe(6); err != nil { // the first observation counts
		t.Fatal(err)
	}
	may(t, s, 5, false)
	may(t, s, 6, true)
	if err := errors.Join(s.Doubt(standing.RolledBack), s.Observe(3)); err != nil { // never fewer
		t.Fatal(err)
	}
	may(t, load(t, k), 5, false)
	may(t, load(t, k), 6, true)
	if reason, barred := load(t, k).Why(); reason != standing.RolledBack || barred != 5 {
		t.Fatal(reason, barred)
	}
}

// KR-22: a keystore that comes from a backup says so from its first moment on, and
// keeps what was barred before.
func TestKR22RestoredKeystoreIsMarked(t *testing.T) {
	t.Parallel()
	k := keys(t)
	if err := errors.Join(load(t, k).Doubt(standing.RolledBack), load(t, k).Observe(7), load(t, k).SetLeaving(true)); err != nil {
		t.Fatal(err)
	}
	source := keystore.Key([32]byte{2})
	b, err := k.Backup(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	saved, err := keystore.OpenBackup(t.Context(), b, source)
	if err != nil {
		t.Fatal(err)
	}
	mark, err := standing.Mark(saved)
	if err != nil {
		t.Fatal(err)
	}
	restored, err := saved.Restore(t.Context(), filepath.Join(t.TempDir(), "restored"), source, mark)
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	s := load(t, restored)
	may(t, s, 8, false)
	if err := s.Observe(3); err != nil {
		t.Fatal(err)
	}
	may(t, s, 7, false)
	may(t, s, 8, true)
	if reason, _ := s.Why(); reason != standing.Restored || !s.Leaving() {
		t.Errorf("%q, leaving %v", reason, s.Leaving())
	}
}

func TestLeavingCanBeTakenBack(t *testing.T) {
	t.Parallel()
	k := keys(t)
	for _, leaving := range []bool{true, true, false} {
		if err := load(t, k).SetLeaving(leaving); err != nil || load(t, k).Leaving() != leaving {
			t.Fatalf("%v: %v", leaving, err)
		}
	}
}

func TestDamagedRecord(t *testing.T) {
	t.Parallel()
	k := keys(t)
	for _, content := range []string{"", "{", `{"other":1}`, `{"barred":-1}`} {
		if err := k.Put("standing", []byte(content)); err != nil {
			t.Fatal(err)
		}
		if _, err := standing.Load(k); err == nil {
			t.Errorf("%q: loaded", content)
		}
	}
}
