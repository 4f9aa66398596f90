// SPDX-License-Identifier: Apache-2.0

package control_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/keyholder/control"
	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/member"
	"github.com/escrin/escrin/keyholder/standing"
)

// serve runs a holder in a directory of a long name until the test ends or stop
// is called.
func serve(t *testing.T) (dir string, h control.Holder, stop func()) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), strings.Repeat("long", 40))
	keys, err := keystore.Create(t.Context(), dir, keystore.Key([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := member.MakeSigner(keys); err != nil {
		t.Fatal(err)
	}
	s, err := standing.Load(keys)
	if err != nil {
		t.Fatal(err)
	}
	h = control.Holder{Keys: keys, Standing: s, Version: "v1", Network: func() control.NetworkStatus { return control.NetworkStatus{Active: 7} }}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- control.Serve(ctx, dir, h, slog.New(slog.DiscardHandler)) }()
	stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		ended <- nil
	}
	t.Cleanup(func() { stop(); _ = keys.Close() })
	for end := time.Now().Add(time.Minute); ; {
		if _, err := control.To(dir).Status(t.Context()); !errors.Is(err, control.ErrNotRunning) {
			return dir, h, stop
		}
		if time.Now().After(end) {
			t.Fatal("does not serve")
		}
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	dir, h, stop := serve(t)
	c := control.To(dir)
	if err := errors.Join(h.Standing.Doubt(standing.RolledBack), h.Standing.Observe(3)); err != nil {
		t.Fatal(err)
	}
	profile := member.Profile{Account: [20]byte{5}, URL: "https://holder.example"}
	entry, err := c.Join(t.Context(), profile)
	if err != nil || entry.Account != profile.Account || entry.URL != profile.URL {
		t.Fatalf("%+v, %v", entry, err)
	}
	if err := c.Leave(t.Context()); err != nil || !h.Standing.Leaving() {
		t.Fatal(err)
	}
	s, err := c.Status(t.Context())
	if err != nil || s.Signer != entry.Signer || s.Member != profile || !s.Leaving || s.Barred != 3 || s.Reason != standing.RolledBack ||
		s.Version != "v1" || s.Generation != h.Keys.Generation() || s.Network == nil || s.Network.Active != 7 {
		t.Fatalf("%+v, %v", s, err)
	}
	if again, err := c.Join(t.Context(), member.Profile{}); err != nil || again != entry || h.Standing.Leaving() {
		t.Fatalf("%+v, %v", again, err)
	}
	stop()
	if _, err := c.Status(t.Context()); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("after the end: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	dir, _, _ := serve(t)
	c := control.To(dir)
	if _, err := c.Join(t.Context(), member.Profile{URL: "ftp://x"}); err == nil {
		t.Error("took a strange address")
	}
	if _, err := c.Join(t.Context(), member.Profile{URL: "http://x/" + strings.Repeat("x", 70<<10)}); err == nil {
		t.Error("took a large request")
	}
	if _, err := control.To(filepath.Join(dir, "none")).Status(t.Context()); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("no directory: %v", err)
	}
}

// KR-25: only the owner of the directory reaches the socket.
func TestKR25SocketIsPrivate(t *testing.T) {
	t.Parallel()
	dir, _, _ := serve(t)
	info, err := os.Stat(filepath.Join(dir, "control.sock"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := os.Lstat(filepath.Join(dir, "control.new")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("where it was made is there still: %v", err)
	}
}

// KR-25: no process gets the keystore over the socket.
func TestKR25NoBackupOverTheSocket(t *testing.T) {
	t.Parallel()
	dir, _, _ := serve(t)
	dial := func(context.Context, string, string) (net.Conn, error) {
		f, err := os.Open(dir)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return net.Dial("unix", fmt.Sprintf("/proc/self/fd/%d/control.sock", f.Fd()))
	}
	client := http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	r, err := client.Post("http://keyholder/backup", "application/json", strings.NewReader(`{"passphrase":"Y29ycmVjdCBob3JzZSBiYXR0ZXJ5"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusNotFound {
		t.Error(r.Status)
	}
}
