// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
)

// errRefused says that a registry asked for something that is never done.
var errRefused = errors.New("refused")

const (
	// answerTimeout is how long a registry may think about a request that it has in full.
	answerTimeout    = 2 * time.Minute
	handshakeTimeout = 30 * time.Second
)

// way leads to a registry and to where that registry sends us, and nowhere that we did not mean to go (threats
// REG-07 to REG-09). Plain HTTP is for registries on the local host alone. A registry elsewhere cannot point us,
// by redirect, realm or upload location, at this host or at a link-local address; nor can one on the Internet
// point us at a private network. The addresses are those that are dialled, so that a name that resolves to
// one of them is of no use.
type way struct {
	registry name.Registry
	home     http.RoundTripper // to the registry
	away     http.RoundTripper // to other hosts
	proxied  http.RoundTripper // to other hosts, where the user's proxy stands between
	at       atomic.Int32      // zone in which the registry was reached
	dial     dial              // to the registry, if it is not on this host
	trust    *tls.Config       // in the registry; nil is the system's
}

// newWay returns the way to a registry.
func newWay(registry name.Registry) *way {
	w := &way{registry: registry}
	w.at.Store(int32(zoneUnknown))
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 15 * time.Second}
	w.proxied = newTransport(dialer.DialContext)
	home := newTransport(dialer.DialContext)
	w.home = home
	if isLocal(hostOf(registry)) {
		w.at.Store(int32(zoneLocal))
		home.Proxy = nil
	} else {
		steady := &net.Dialer{Timeout: dialer.Timeout, KeepAlive: dialer.KeepAlive, ControlContext: w.controlHome}
		w.dial = steady.DialContext
		home.DialTLSContext = w.reach // which is not asked where the user's proxy stands between
	}
	strict := &net.Dialer{Timeout: dialer.Timeout, KeepAlive: dialer.KeepAlive, ControlContext: w.control}
	away := newTransport(strict.DialContext)
	away.Proxy = nil
	w.away = away
	return w
}

type dial func(ctx context.Context, network, address string) (net.Conn, error)

// newTransport asks for bytes as they are: a body that is decompressed on the way is not the one with the digest.
func newTransport(d dial) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            d,
		DisableCompression:     true,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    16,
		ReadBufferSize:         64 << 10,
		WriteBufferSize:        64 << 10,
		MaxResponseHeaderBytes: 256 << 10,
		IdleConnTimeout:        time.Minute,
		TLSHandshakeTimeout:    handshakeTimeout,
		ResponseHeaderTimeout:  answerTimeout,
		ExpectContinueTimeout:  time.Second,
	}
}

// reach connects to the registry, and notes in which zone it is once it has shown its certificate.
func (w *way) reach(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	raw, err := w.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{}
	if w.trust != nil {
		config = w.trust.Clone()
	}
	config.ServerName, config.NextProtos = host, []string{"h2", "http/1.1"}
	conn := tls.Client(raw, config)
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	if err = conn.HandshakeContext(ctx); err == nil {
		err = w.settle(raw.RemoteAddr())
	}
	if err != nil {
		raw.Close()
		return nil, err
	}
	return conn, nil
}

// settle notes the registry's zone. It is the first one for good: whoever answers for the name later cannot move it.
func (w *way) settle(peer net.Addr) error {
	at, err := netip.ParseAddrPort(peer.String())
	if err != nil {
		return fmt.Errorf("find where registry %s is: %w", w.registry.RegistryStr(), err)
	}
	w.at.CompareAndSwap(int32(zoneUnknown), int32(zoneOf(at.Addr())))
	return w.checkHome(at.Addr())
}

// controlHome sees each address of the registry's before it is dialled.
func (w *way) controlHome(_ context.Context, _, address string, _ syscall.RawConn) error {
	peer, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	return w.checkHome(peer.Addr())
}

func (w *way) checkHome(addr netip.Addr) error {
	if at := zone(w.at.Load()); at == zoneUnknown || at == zoneOf(addr) {
		return nil
	}
	return fmt.Errorf("%w: registry %s has moved to %s, another network than before", errRefused, w.registry.RegistryStr(), addr)
}

// control sees each address before it is dialled.
func (w *way) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	peer, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	return w.check(peer.Addr().String(), zoneOf(peer.Addr()))
}

func (w *way) check(host string, target zone) error {
	if target == zoneOpen || target != zoneNever && target == zone(w.at.Load()) {
		return nil
	}
	return fmt.Errorf("%w: registry %s may not send us to %s", errRefused, w.registry.RegistryStr(), host)
}

// RoundTrip implements http.RoundTripper.
func (w *way) RoundTrip(req *http.Request) (*http.Response, error) {
	host := req.URL.Hostname()
	local := isLocal(hostOf(w.registry)) && isLocal(host)
	switch {
	case req.URL.User != nil:
		return nil, fmt.Errorf("%w: a password in the address of %s", errRefused, host)
	case req.URL.Scheme != "https" && !(req.URL.Scheme == "http" && local):
		return nil, fmt.Errorf("%w: plain HTTP to %s: only a registry on the local host may do without TLS", errRefused, host)
	case isHome(w.registry, req.URL):
		return w.home.RoundTrip(req)
	}
	if target, literal := zoneOfHost(host); literal {
		if err := w.check(host, target); err != nil {
			return nil, err
		}
	}
	if proxy, err := http.ProxyFromEnvironment(req); err != nil || proxy != nil {
		return w.proxied.RoundTrip(req)
	}
	return w.away.RoundTrip(req)
}

// isHome says whether u is at the registry: same scheme, host and port, compared whole (threat REG-10).
func isHome(registry name.Registry, u *url.URL) bool {
	home := &url.URL{Scheme: schemeOf(registry), Host: registry.RegistryStr()}
	return sameOrigin(home, u)
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && portOf(a) == portOf(b)
}

func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

func hostOf(registry name.Registry) string {
	return (&url.URL{Host: registry.RegistryStr()}).Hostname()
}

// schemeOf is plain HTTP for registries on this host, whatever others take for local.
func schemeOf(registry name.Registry) string {
	if isLocal(hostOf(registry)) {
		return "http"
	}
	return "https"
}
