// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"
)

// TLSFiles names the PEM files of a certificate with its chain, and of its key.
type TLSFiles struct{ Certificate, Key string }

// tlsLook is how often the files are looked at, when somebody connects.
const tlsLook = time.Second

// pair is a certificate from files that may be replaced while it is served.
type pair struct {
	files TLSFiles
	log   *slog.Logger
	clock func() time.Time

	mu     sync.Mutex
	loaded *tls.Certificate
	looks  [2]look // of what is loaded, or could not be
	at     time.Time
}

// look is what tells one version of a file from another.
type look struct {
	info fs.FileInfo
	size int64
	time time.Time
}

func (l look) same(other look) bool {
	return l.info != nil && other.info != nil && os.SameFile(l.info, other.info) && l.size == other.size && l.time.Equal(other.time)
}

// newPair reads the files. They must be usable now; later they may be broken for
// a while.
func newPair(files TLSFiles, log *slog.Logger, clock func() time.Time) (*pair, error) {
	p := &pair{files: files, log: log, clock: clock}
	if err := p.load(); err != nil {
		return nil, err
	}
	return p, nil
}

// get implements tls.Config.GetCertificate.
func (p *pair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.clock(); now.Sub(p.at) >= tlsLook || now.Before(p.at) {
		p.at = now
		if looks, err := p.look(); err == nil && (!looks[0].same(p.looks[0]) || !looks[1].same(p.looks[1])) {
			p.reload()
		}
	}
	return p.loaded, nil
}

// reload keeps what is loaded if the files are no certificate: they may be half
// replaced.
func (p *pair) reload() {
	if err := p.load(); err != nil {
		p.log.Error("keep the old certificate", "error", err.Error())
		return
	}
	p.log.Info("certificate reloaded", "expires", p.loaded.Leaf.NotAfter.UTC())
}

// load reads the files. What it saw of them is remembered also if they are of no use.
func (p *pair) load() error {
	looks, err := p.look()
	if err != nil {
		return fmt.Errorf("read certificate: %w", err)
	}
	p.looks = looks
	loaded, err := tls.LoadX509KeyPair(p.files.Certificate, p.files.Key)
	if err != nil {
		return fmt.Errorf("read certificate: %w", err)
	}
	if loaded.Leaf == nil {
		if loaded.Leaf, err = x509.ParseCertificate(loaded.Certificate[0]); err != nil {
			return fmt.Errorf("read certificate: %w", err)
		}
	}
	p.loaded = &loaded
	return nil
}

func (p *pair) look() (looks [2]look, err error) {
	for i, name := range []string{p.files.Certificate, p.files.Key} {
		info, err := os.Stat(name)
		if err != nil {
			return looks, err
		}
		looks[i] = look{info, info.Size(), info.ModTime()}
	}
	return looks, nil
}

// expiry returns when the certificate that is served ends.
func (p *pair) expiry() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.loaded.Leaf.NotAfter
}

// tlsConfig is TLS 1.3 with the certificate of files.
func (p *pair) tlsConfig() *tls.Config {
	return &tls.Config{GetCertificate: p.get, MinVersion: tls.VersionTLS13}
}
