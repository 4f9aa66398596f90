// SPDX-License-Identifier: Apache-2.0

package secret_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/secret"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/ibe"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// seal is version v of a secret under a key that the test knows.
func seal(t *testing.T, label string, v uint64) (secret.Sealed, curve.Scalar) {
	t.Helper()
	key, err := curve.RandomScalar(rand.Reader)
	check(t, err)
	s := secret.Sealed{ChainID: 1, Registry: wire.Address{1}, Identity: wire.Hash32{2}, Label: label, Version: v}
	s, err = secret.New(s, key.Public().Bytes(), []byte("open sesame"), time.Unix(1e9, 0))
	check(t, err)
	return s, key
}

// What is kept opens under the key of its name, and is what a task's manifest then names.
func TestSealedSecretOpens(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, key := seal(t, "TLS_KEY", 3)
	check(t, s.Save(dir))
	again, err := secret.Find(dir, s.Identity, "TLS_KEY", 0)
	check(t, err)
	in := again.Input()
	m := task.Manifest{
		Version: 1, Identity: s.Identity, Policy: wire.Hash32{9}, Inputs: []task.Input{in},
		ResultKey: make([]byte, task.ResultKeySize), GroupKey: s.GroupKey,
	}
	if _, err := m.Marshal(); err != nil || in.Digest != wire.DigestOf(s.Envelope) {
		t.Fatalf("no input: %v", err)
	}
	name, err := m.KeyName(s.ChainID, s.Registry, wire.Hash32{}, in)
	check(t, err)
	plain, err := envelope.OpenWithKey(bytes.NewReader(again.Envelope), ibe.HashName(name).Mul(key), name)
	check(t, err)
	if got, err := io.ReadAll(plain); err != nil || string(got) != "open sesame" {
		t.Errorf("opened %q, %v", got, err)
	}
}

func TestVersionsAreKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := secret.Find(dir, wire.Hash32{2}, "a", 0); !errors.Is(err, secret.ErrNone) {
		t.Errorf("none: %v", err)
	}
	for _, v := range []uint64{1, 10, 2} {
		s, _ := seal(t, "a", v)
		check(t, s.Save(dir))
		if s.Save(dir) == nil {
			t.Errorf("version %d was replaced", v)
		}
	}
	check(t, os.WriteFile(filepath.Join(dir, wire.Hash32{2}.String(), "a", "01.json"), nil, 0o600))
	if v, err := secret.Versions(dir, wire.Hash32{2}, "a"); err != nil || len(v) != 3 || v[2] != 10 {
		t.Errorf("versions %d, %v", v, err)
	}
	if s, err := secret.Find(dir, wire.Hash32{2}, "a", 0); err != nil || s.Version != 10 {
		t.Errorf("last is %d, %v", s.Version, err)
	}
	for identity, want := range map[wire.Hash32]int{{}: 3, {2}: 3, {3}: 0} {
		if list, err := secret.List(dir, identity); err != nil || len(list) != want {
			t.Errorf("%d of %s, %v", len(list), identity, err)
		}
	}
	for _, label := range []string{"..", "a/b", ""} {
		if _, err := secret.Find(dir, wire.Hash32{2}, label, 1); err == nil || errors.Is(err, secret.ErrNone) {
			t.Errorf("%q: %v", label, err)
		}
	}
}

// A file that says something else than its envelope is refused, and so is one of another form.
func TestAlteredFilesAreRefused(t *testing.T) {
	t.Parallel()
	s, _ := seal(t, "a", 1)
	path := filepath.Join(t.TempDir(), "x.json")
	check(t, s.Write(path))
	text, err := os.ReadFile(path)
	check(t, err)
	for name, change := range map[string][2]string{
		"another label":    {`"label": "a"`, `"label": "b"`},
		"another version":  {`"version": 1`, `"version": 2`},
		"another chain":    {`"chainId": 1`, `"chainId": 2`},
		"another identity": {`"identity": "0x02`, `"identity": "0x03`},
		"another policy":   {`"policy": "0x00`, `"policy": "0x01`},
		"another format":   {`"format": 1`, `"format": 2`},
		"a key too many":   {`"format": 1`, `"format": 1, "x": 1`},
		"a key twice":      {`"format": 1`, `"format": 1, "format": 1`},
		"homoglyph":        {`"label": "a"`, `"label": "а"`},
	} {
		changed := strings.Replace(string(text), change[0], change[1], 1)
		if changed == string(text) {
			t.Fatalf("%s changes nothing", name)
		}
		check(t, os.WriteFile(path, []byte(changed), 0o600))
		if _, err := secret.Read(path); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := secret.New(s, [96]byte(s.GroupKey), make([]byte, secret.MaxSize+1), time.Now()); err == nil {
		t.Error("too large a secret was sealed")
	}
	if _, err := secret.New(s, [96]byte{}, nil, time.Now()); err == nil {
		t.Error("sealed to no group key")
	}
}
