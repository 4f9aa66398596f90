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
	looks  [2]look         // of what is loaded, or could not be
	told   map[string]bool // why it could not be; empty when it is loaded
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
	p := &pair{files: files, log: log, clock: clock, told: map[string]bool{}}
	if _, err := p.load(); err != nil {
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
		p.reload()
	}
	return p.loaded, nil
}

// reload keeps what is loaded if the files are no certificate, and tries again at the next look: they may be half
// replaced, or the process out of descriptors for a moment. It says each reason once.
func (p *pair) reload() {
	loaded, err := p.load()
	switch {
	case err != nil && !p.told[err.Error()]:
		p.told[err.Error()] = true
		p.log.Error("keep the old certificate", "error", err.Error())
	case loaded:
		clear(p.told)
		p.log.Info("certificate reloaded", "expires", p.loaded.Leaf.NotAfter.UTC())
	}
}

// load reads the files, unless they are what is loaded. Changed ones may say again why they are of no use.
func (p *pair) load() (bool, error) {
	looks, err := p.look()
	if err != nil {
		return false, fmt.Errorf("read certificate: %w", err)
	}
	if !looks[0].same(p.looks[0]) || !looks[1].same(p.looks[1]) {
		p.looks = looks
		clear(p.told)
	} else if len(p.told) == 0 {
		return false, nil
	}
	loaded, err := tls.LoadX509KeyPair(p.files.Certificate, p.files.Key)
	if err != nil {
		return false, fmt.Errorf("read certificate: %w", err)
	}
	if loaded.Leaf == nil {
		if loaded.Leaf, err = x509.ParseCertificate(loaded.Certificate[0]); err != nil {
			return false, fmt.Errorf("read certificate: %w", err)
		}
	}
	p.loaded = &loaded
	return true, nil
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
