// SPDX-License-Identifier: Apache-2.0

package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// Serving says how the API is served. On a loopback address it is served as it
// is; anywhere else the configuration names certificate files, or says that a
// proxy in front of the keyholder ends TLS.
type Serving struct {
	TLS *TLS `json:"tls,omitempty"`
	// Proxied says that a proxy ends TLS. TrustedProxies must be named then; nobody
	// else, but this machine, is accepted.
	Proxied bool `json:"proxied,omitempty"`
	// TrustedProxies are addresses whose word is taken, in X-Forwarded-For, for who
	// asks; limits are by that address.
	TrustedProxies []netip.Prefix `json:"trustedProxies,omitempty"`
	Limits         Limits         `json:"limits,omitzero"`
	// Metrics is the host:port at which Prometheus finds metrics. Optional; nothing
	// in them is secret, but they are nobody else's business.
	Metrics string `json:"metrics,omitempty"`
	Audit   Audit  `json:"audit,omitzero"`
}

// TLS names PEM files. They are read again when they change.
type TLS struct {
	Certificate string `json:"certificate"` // with its chain, leaf first
	Key         string `json:"key"`
}

// Limits bound how often a keyholder is asked. What is left out has a default.
type Limits struct {
	PerAddress   Rate `json:"perAddress,omitzero"`   // an IPv4 address or an IPv6 /64, and eight times as much an IPv6 /48; default 100/s, burst 1000
	PerRequester Rate `json:"perRequester,omitzero"` // who signed; default 2/s, burst 20
}

// Rate is a number of requests per second on average, and of requests at once.
type Rate struct {
	PerSecond Frequency `json:"perSecond"`
	Burst     int       `json:"burst"`
}

// Frequency is a number of times per second, which may have a fraction.
type Frequency float64

// UnmarshalJSON reads a number, of which strictjson reads whole ones only.
func (f *Frequency) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, (*float64)(f)) }

// Audit says what is done with the audit log.
type Audit struct {
	// AnchorEvery is after how many seconds the log's newest hash is put on chain, if
	// there is news. Zero: never.
	AnchorEvery uint32 `json:"anchorEvery,omitempty"`
}

// AnchorInterval returns AnchorEvery as a duration.
func (a Audit) AnchorInterval() time.Duration { return time.Duration(a.AnchorEvery) * time.Second }

// Default limits. A job service asks for all of its enclaves, from one address.
const (
	defaultAddressRate, defaultAddressBurst     = 100, 1000
	defaultRequesterRate, defaultRequesterBurst = 2, 20
	maxRate                                     = 1_000_000
)

// OrDefault returns the limits with defaults for what is left out.
func (l Limits) OrDefault() Limits {
	if l.PerAddress == (Rate{}) {
		l.PerAddress = Rate{defaultAddressRate, defaultAddressBurst}
	}
	if l.PerRequester == (Rate{}) {
		l.PerRequester = Rate{defaultRequesterRate, defaultRequesterBurst}
	}
	return l
}

// validate checks what is said about serving at an address.
func (s Serving) validate(listen string) error {
	local, err := loopback(listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	switch {
	case s.TLS != nil && s.Proxied:
		return errors.New("tls and proxied exclude each other: either the keyholder ends TLS or a proxy does")
	case s.TLS == nil && !s.Proxied && !local:
		return fmt.Errorf(`%s is reached from elsewhere: name "tls" files, or say "proxied": true if a proxy ends TLS`, listen)
	case s.TLS != nil && (s.TLS.Certificate == "" || s.TLS.Key == ""):
		return errors.New("tls: certificate and key are required")
	case s.Proxied && len(s.TrustedProxies) == 0:
		return errors.New("proxied: trustedProxies is missing")
	}
	if s.Metrics != "" {
		if _, _, err := net.SplitHostPort(s.Metrics); err != nil {
			return fmt.Errorf("metrics: %w", err)
		}
	}
	for _, r := range []Rate{s.Limits.OrDefault().PerAddress, s.Limits.OrDefault().PerRequester} {
		if !(r.PerSecond > 0 && r.PerSecond <= maxRate) || r.Burst < 1 || r.Burst > maxRate {
			return fmt.Errorf("limits: %g a second and %d at once is no rate", r.PerSecond, r.Burst)
		}
	}
	return nil
}

// loopback reports whether only this machine reaches an address.
func loopback(listen string) (bool, error) {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false, err
	}
	if host == "localhost" {
		return true, nil
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback(), nil
}
