// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
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

// answerTimeout is how long a registry may think about a request that it has in full.
const answerTimeout = 2 * time.Minute

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
}

// newWay returns the way to a registry.
func newWay(registry name.Registry) *way {
	w := &way{registry: registry}
	w.at.Store(int32(zoneOpen))
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 15 * time.Second}
	direct := newTransport(dialer.DialContext)
	direct.Proxy = nil
	w.proxied = newTransport(dialer.DialContext)
	if isLocal(hostOf(registry)) {
		w.at.Store(int32(zoneLocal))
		w.home = direct
	} else {
		w.home = newTransport(w.remember(dialer.DialContext))
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
		TLSHandshakeTimeout:    30 * time.Second,
		ResponseHeaderTimeout:  answerTimeout,
		ExpectContinueTimeout:  time.Second,
	}
}

// remember notes in which zone the registry is, unless a proxy hides it.
func (w *way) remember(d dial) dial {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := d(ctx, network, address)
		if err != nil {
			return nil, err
		}
		host, _, _ := net.SplitHostPort(address)
		peer, isTCP := conn.RemoteAddr().(*net.TCPAddr)
		if isTCP && strings.EqualFold(host, hostOf(w.registry)) {
			w.at.Store(int32(zoneOf(peer.AddrPort().Addr())))
		}
		return conn, nil
	}
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

// zone is how far an address is away.
type zone int32

const (
	zoneNever   zone = iota // link-local, multicast, unspecified
	zoneLocal               // this host
	zonePrivate             // a private network
	zoneOpen                // the Internet
)

func zoneOf(addr netip.Addr) zone {
	addr = addr.Unmap()
	if nat64 := netip.MustParsePrefix("64:ff9b::/96"); nat64.Contains(addr) {
		b := addr.As16()
		addr = netip.AddrFrom4([4]byte(b[12:]))
	}
	shared := netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
	switch {
	case addr.IsLoopback():
		return zoneLocal
	case addr.IsPrivate() || shared.Contains(addr):
		return zonePrivate
	case addr.IsGlobalUnicast():
		return zoneOpen
	}
	return zoneNever
}

// zoneOfHost is zoneOf for a host that is written as an address, or is this one by name.
func zoneOfHost(host string) (z zone, known bool) {
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return zoneLocal, true
	}
	addr, err := netip.ParseAddr(host)
	return zoneOf(addr), err == nil
}

func isLocal(host string) bool {
	z, known := zoneOfHost(host)
	return known && z == zoneLocal
}
