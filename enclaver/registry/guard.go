// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// guard keeps a registry from sending us where we did not mean to go (threats REG-07 to REG-09): plain HTTP
// is for registries on the local host alone, and a registry elsewhere cannot point us, by redirect, realm
// or upload location, at this host or at a link-local address. Go's client and the registry library keep
// credentials from leaving the registry's own origin.
type guard struct {
	base  http.RoundTripper
	local bool // the registry is on the local host
}

func guarded(registry name.Registry) http.RoundTripper {
	base := http.DefaultTransport.(*http.Transport).Clone()
	host := registry.RegistryStr()
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	local := isLocal(host)
	if local {
		base.Proxy = nil
	}
	return guard{base, local}
}

var errNotPlain = errors.New("a registry on the local host speaks plain HTTP")

func (g guard) RoundTrip(req *http.Request) (*http.Response, error) {
	host, secure := req.URL.Hostname(), req.URL.Scheme == "https"
	switch {
	case g.local && isLocal(host) && secure:
		return nil, errNotPlain
	case g.local && isLocal(host):
		return g.base.RoundTrip(req)
	case !secure:
		return nil, fmt.Errorf("refuse plain HTTP to %s: only a registry on the local host may do without TLS", host)
	case isLocal(host) || isLinkLocal(host):
		return nil, fmt.Errorf("refuse to be sent to %s by a registry elsewhere", host)
	}
	return g.base.RoundTrip(req)
}

func isLocal(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback()
}

func isLinkLocal(host string) bool {
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && (addr.IsLinkLocalUnicast() || addr.IsUnspecified())
}
