// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// writePair writes a certificate with a serial number of its own, and its key.
func writePair(t *testing.T, files TLSFiles, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "keyholder"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	replace(t, files.Certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	replace(t, files.Key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
}

// replace puts another file in the place of one, as certbot does.
func replace(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func newFiles(t *testing.T) TLSFiles {
	dir := t.TempDir()
	return TLSFiles{filepath.Join(dir, "certificate.pem"), filepath.Join(dir, "key.pem")}
}

// A new certificate is served without a restart; what is none is not, nor is the
// old one lost over it.
func TestCertificateIsReloaded(t *testing.T) {
	t.Parallel()
	files, w, log := newFiles(t), newWatch(), &logs{}
	writePair(t, files, 1)
	p, err := newPair(files, slog.New(slog.NewTextHandler(log, nil)), w.time)
	if err != nil {
		t.Fatal(err)
	}
	want := func(when string, serial int64) {
		t.Helper()
		got, err := p.get(nil)
		if err != nil || got.Leaf.SerialNumber.Int64() != serial || !p.expiry().Equal(got.Leaf.NotAfter) {
			t.Errorf("%s: serial %v, %v", when, got.Leaf.SerialNumber, err)
		}
	}
	want("at first", 1)
	writePair(t, files, 2)
	want("too early to look", 1)
	w.pass(tlsLook)
	want("a second later", 2)
	other := newFiles(t)
	writePair(t, other, 3)
	certificate, err := os.ReadFile(other.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	replace(t, files.Certificate, certificate)
	w.pass(tlsLook)
	want("half replaced", 2)
	w.pass(tlsLook)
	want("half replaced still", 2)
	if n := strings.Count(log.String(), "keep the old certificate"); n != 1 {
		t.Errorf("told %d times\n%s", n, log)
	}
	key, err := os.ReadFile(other.Key)
	if err != nil {
		t.Fatal(err)
	}
	replace(t, files.Key, key)
	w.pass(tlsLook)
	want("replaced as a whole", 3)
	if err := os.Remove(files.Key); err != nil {
		t.Fatal(err)
	}
	w.pass(tlsLook)
	want("gone", 3)
	if _, err := newPair(files, slog.New(slog.DiscardHandler), w.time); err == nil {
		t.Error("began without a key")
	}
	if strings.Contains(log.String(), "PRIVATE") {
		t.Error("KR-25: the key is in the log")
	}
}

// Files that were of no use for a moment are read again though they have not changed since: written in place within one
// tick of the file system's clock, or looked at while no descriptor was free. Why they were of no use is said once.
func TestCertificateIsTriedAgain(t *testing.T) {
	t.Parallel()
	if os.Getenv(partKey) == "tls" {
		triedAgain(t)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestCertificateIsTriedAgain$") // which may use up its descriptors
	cmd.Env = append(os.Environ(), partKey+"=tls")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func triedAgain(t *testing.T) {
	files, w, log := newFiles(t), newWatch(), &logs{}
	writePair(t, files, 1)
	p, err := newPair(files, slog.New(slog.NewTextHandler(log, nil)), w.time)
	if err != nil {
		t.Fatal(err)
	}
	want := func(when string, serial int64, told int) {
		t.Helper()
		for range 3 {
			w.pass(tlsLook)
			if got, err := p.get(nil); err != nil || got.Leaf.SerialNumber.Int64() != serial {
				t.Errorf("%s: serial %v, %v", when, got.Leaf.SerialNumber, err)
			}
		}
		if n := strings.Count(log.String(), "keep the old certificate"); n != told {
			t.Errorf("%s: told %d times\n%s", when, n, log)
		}
	}
	writePair(t, files, 2)
	whole, err := os.ReadFile(files.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(files.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	rewrite := func(content []byte) {
		if err := errors.Join(os.WriteFile(files.Certificate, content, 0o600), os.Chtimes(files.Certificate, info.ModTime(), info.ModTime())); err != nil {
			t.Fatal(err)
		}
	}
	rewrite(make([]byte, len(whole)))
	want("half written", 1, 1)
	rewrite(whole)
	want("written", 2, 1)

	writePair(t, files, 3)
	release := useUp(t)
	want("no descriptor is free", 2, 2)
	release()
	want("some are again", 3, 2)
	if err := os.Rename(files.Key, files.Key+".away"); err != nil {
		t.Fatal(err)
	}
	want("away", 3, 3)
	if err := os.Rename(files.Key+".away", files.Key); err != nil {
		t.Fatal(err)
	}
	want("back", 3, 3)
}

// useUp opens all descriptors that the process may have.
func useUp(t *testing.T) (release func()) {
	t.Helper()
	limit := syscall.Rlimit{Cur: 64, Max: 64}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	var open []*os.File
	for {
		f, err := os.Open(os.DevNull)
		if errors.Is(err, syscall.EMFILE) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, f)
	}
	return func() {
		for _, f := range open {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// The API is served with TLS 1.3 and nothing less, and goes on over a change of the
// certificate.
func TestServedWithTLS(t *testing.T) {
	t.Parallel()
	files := newFiles(t)
	writePair(t, files, 1)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	w := newWorld(t)
	go func() { done <- Serve(ctx, l, w.server.Handler(), &files, Drain, slog.New(slog.DiscardHandler)) }()
	get := func(most uint16) (serial int64, err error) {
		roots := x509.NewCertPool()
		b, err := os.ReadFile(files.Certificate)
		if err != nil || !roots.AppendCertsFromPEM(b) {
			t.Fatal(err)
		}
		client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MaxVersion: most}}}
		defer client.CloseIdleConnections()
		resp, err := client.Get("https://" + l.Addr().String() + "/healthz")
		if err != nil {
			return 0, err
		}
		defer resp.Body.Close()
		if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "ok\n" {
			t.Errorf("%q, %v", body, err)
		}
		return resp.TLS.PeerCertificates[0].SerialNumber.Int64(), nil
	}
	if serial, err := get(tls.VersionTLS13); err != nil || serial != 1 {
		t.Fatal(serial, err)
	}
	if _, err := get(tls.VersionTLS12); err == nil {
		t.Error("served with TLS 1.2")
	}
	if resp, err := http.Get("http://" + l.Addr().String() + "/healthz"); err == nil {
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			t.Error("served without TLS")
		}
	}
	writePair(t, files, 2)
	for serial, err := get(tls.VersionTLS13); serial != 2; serial, err = get(tls.VersionTLS13) {
		if err != nil && !strings.Contains(err.Error(), "certificate") { // the old one, until it looks again
			t.Fatal(err)
		}
		if t.Context().Err() != nil {
			t.Fatal("the new certificate is not served")
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
