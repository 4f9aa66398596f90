// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/escrin/escrin/enclaver/registry/evilreg"
)

// elsewhere are addresses that a registry on the Internet may not send us to.
func elsewhere() map[string]zone {
	all := map[string]zone{
		"fd00::1": zonePrivate, "fd00:ec2::254": zonePrivate, "fc00::1": zonePrivate,
		"fe80::1": zoneNever, "fe80::1%1": zoneNever, "ff02::1": zoneNever, "::": zoneNever, "fec0::1": zoneNever, "100::1": zoneNever,
		"5f00::1": zoneNever, "2001:db8::1": zoneNever, "3fff::1": zoneNever, "4000::1": zoneNever, "::1:0:0:1": zoneNever,
		"::1": zoneLocal, "64:ff9b::7f00:1%1": zoneLocal, "2002:7f00:1::%1": zoneLocal,
		// Teredo, to whomever: 8.8.8.8, 127.0.0.1
		"2001:0:808:808::f7f7:f7f7": zoneNever, "2001:0:7f00:1:0:ffff:80ff:fffe": zoneNever,
		// NAT64 with a prefix of this network's, of 48, 56 and 64 bits: 127.0.0.1, and 8.8.8.8, which we do not tell apart
		"64:ff9b:1:7f00:0:100::": zoneNever, "64:ff9b:1:7f:0:1::": zoneNever, "64:ff9b:1:0:7f:0:100:0": zoneNever, "64:ff9b:1:0:8:808:800:0": zoneNever,
	}
	for text, z := range map[string]zone{
		"127.0.0.1": zoneLocal, "127.8.9.10": zoneLocal,
		"10.0.0.1": zonePrivate, "172.16.0.1": zonePrivate, "192.168.1.1": zonePrivate, "100.64.0.1": zonePrivate, "100.127.255.254": zonePrivate,
		"198.18.0.1": zonePrivate, "198.19.255.254": zonePrivate,
		"0.0.0.0": zoneNever, "0.1.2.3": zoneNever, "169.254.169.254": zoneNever, "192.0.0.192": zoneNever, "224.0.0.1": zoneNever,
		"239.1.2.3": zoneNever, "240.0.0.1": zoneNever, "255.255.255.255": zoneNever, "168.63.129.16": zoneNever,
		"192.0.2.1": zoneNever, "198.51.100.1": zoneNever, "203.0.113.1": zoneNever, "192.88.99.1": zoneNever,
	} {
		for _, address := range inside(netip.MustParseAddr(text)) {
			if _, known := all[address]; !known {
				all[address] = z
			}
		}
	}
	return all
}

// inside are an IPv4 address and the IPv6 addresses that lead to it.
func inside(v4 netip.Addr) []string {
	b := v4.As4()
	high, low := uint16(b[0])<<8|uint16(b[1]), uint16(b[2])<<8|uint16(b[3])
	all := []string{v4.String(), fmt.Sprintf("2002:%x:%x::1", high, low)}
	for _, prefix := range []string{"::ffff:", "::ffff:0:", "64:ff9b::", "64:ff9b:1::", "64:ff9b:1:ffff::", "::"} {
		if prefix != "::" || high != 0 { // else it is an address of its own
			all = append(all, fmt.Sprintf("%s%x:%x", prefix, high, low))
		}
	}
	return all
}

func TestREG07ZonesOfTheInternet(t *testing.T) {
	open := []string{"2606:4700::1111", "2a00:1450::1", "2001:4860:4860::8888", "2400:cb00::1"}
	for _, v4 := range []string{"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "198.17.255.255", "198.20.0.1", "192.0.1.1", "223.255.255.255", "203.0.114.1"} {
		open = append(open, inside(netip.MustParseAddr(v4))...)
	}
	for _, address := range open {
		if got := zoneOf(netip.MustParseAddr(address)); got != zoneOpen {
			t.Errorf("%s is taken to be in zone %d", address, got)
		}
	}
	if got := zoneOf(netip.Addr{}); got != zoneNever {
		t.Errorf("no address is in zone %d", got)
	}
}

// An address that somebody on the way unpacks is not this host, whatever is inside.
func TestREG07PlainHTTPStaysOnThisHost(t *testing.T) {
	for _, address := range inside(netip.MustParseAddr("127.0.0.1")) {
		want := address == "127.0.0.1" || address == "::ffff:7f00:1"
		if got := isLocal(address); got != want {
			t.Errorf("%s is local: %t", address, got)
		}
	}
}

// What counts is the address that is dialled, whatever name led to it.
func TestREG07AddressesAreHeldAgainstTheRegistrysOwn(t *testing.T) {
	registry, err := name.NewRegistry("registry.example")
	if err != nil {
		t.Fatal(err)
	}
	w := newWay(registry)
	for _, at := range []zone{zoneUnknown, zoneOpen, zonePrivate, zoneLocal, zoneNever} {
		w.at.Store(int32(at))
		for address, want := range elsewhere() {
			if got := zoneOf(netip.MustParseAddr(address)); got != want {
				t.Errorf("%s is taken to be in zone %d", address, got)
			}
			err := w.control(context.Background(), "tcp", net.JoinHostPort(address, "443"), nil)
			if ok := want == at && want != zoneNever; (err == nil) != ok || err != nil && !errors.Is(err, errRefused) {
				t.Errorf("registry in zone %d sends to %s: %v", at, address, err)
			}
		}
		if err := w.control(context.Background(), "tcp", "203.0.114.1:443", nil); err != nil {
			t.Errorf("registry in zone %d sends to the Internet: %v", at, err)
		}
	}
}

// silent listens at an address and counts who comes.
func silent(t *testing.T, address string) (host string, visits *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	visits = new(atomic.Int32)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			visits.Add(1)
			conn.Close()
		}
	}()
	return listener.Addr().String(), visits
}

// ownAddresses are those of this machine that are not loopback.
func ownAddresses(t *testing.T) []string {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	var own []string
	for _, address := range all {
		prefix, err := netip.ParsePrefix(address.String())
		if z := zoneOf(prefix.Addr()); err == nil && z == zonePrivate {
			own = append(own, prefix.Addr().String())
		}
	}
	return own
}

// Nobody who is not meant to hears of us: not a word, not a connection.
func TestREG07NoConnectionToPrivateAddresses(t *testing.T) {
	places := map[string]*atomic.Int32{}
	for _, address := range ownAddresses(t) {
		host, visits := silent(t, address)
		places["https://"+host+"/blob"], places["http://"+host+"/blob"] = visits, visits
	}
	for _, to := range []string{"https://169.254.169.254/latest", "http://169.254.169.254/latest", "https://10.0.0.1/", "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:70/_x"} {
		places[to] = new(atomic.Int32)
	}
	for to, visits := range places {
		r := evilreg.Start(t)
		d := r.Put("a", blobType, []byte("content"))
		r.Tell(evilreg.When("", "/blobs/", evilreg.Redirect(307, to)))
		if _, err := fetch(open(t, r, "a"), d, nil); err == nil || visits.Load() != 0 {
			t.Errorf("redirect to %s: %v, %d connections", to, err, visits.Load())
		}
		r.Tell(evilreg.When("", "/v2/", evilreg.Login(`Bearer realm="`+to+`"`, "never")))
		if err := read(t, r); err == nil || visits.Load() != 0 {
			t.Errorf("realm %s: %v, %d connections", to, err, visits.Load())
		}
		r.Tell(evilreg.When("POST", "", evilreg.Answer(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusAccepted)
		})))
		if err := newPusher(t, r, "a").Blob(context.Background(), blobOf("x"), holding("x")); err == nil || visits.Load() != 0 {
			t.Errorf("upload to %s: %v, %d connections", to, err, visits.Load())
		}
		r.Tell(evilreg.When("GET", "/referrers/", evilreg.Alternate(evilreg.SetHeader("Link", "<"+to+`>; rel="next"`))))
		if _, err := open(t, r, "a").Referrers(context.Background(), d.Digest, 100); err == nil || visits.Load() != 0 {
			t.Errorf("list goes on at %s: %v, %d connections", to, err, visits.Load())
		}
	}
}

// A name of a host that is the local one is refused where it is dialled, if it was not before.
func TestREG07NameThatResolvesToThisHost(t *testing.T) {
	registry, err := name.NewRegistry("registry.example")
	if err != nil {
		t.Fatal(err)
	}
	host, visits := silent(t, "127.0.0.1")
	_, port, _ := net.SplitHostPort(host)
	for _, name := range []string{"localhost", "LOCALHOST", "localhost.", "ip6-localhost", "127.0.0.1", "0x7f.1", "2130706433", "127.1", "[::1]", "[::ffff:127.0.0.1]"} {
		req, err := http.NewRequest(http.MethodGet, "https://"+name+":"+port+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := newWay(registry).RoundTrip(req)
		if err == nil {
			resp.Body.Close()
		}
		if err == nil || visits.Load() != 0 {
			t.Errorf("%s: %v, %d connections", name, err, visits.Load())
		}
	}
}

func TestRedirectsEnd(t *testing.T) {
	r := evilreg.Start(t)
	d := r.Put("a", blobType, []byte("content"))
	r.Tell(evilreg.When("GET", "/blobs/", evilreg.Answer(func(w http.ResponseWriter, req *http.Request) {
		http.Redirect(w, req, req.URL.Path+"x", http.StatusFound)
	})))
	if _, err := fetch(open(t, r, "a"), d, nil); !errors.Is(err, errRefused) {
		t.Errorf("%v", err)
	}
	if n := len(r.Requests("GET", "")); n > maxRedirects+1 {
		t.Errorf("followed %d", n)
	}
}

func TestErrorNamesNoAddressWithASignature(t *testing.T) {
	r := evilreg.Start(t)
	d := r.Put("a", blobType, []byte("content"))
	r.Tell(evilreg.When("GET", "/blobs/", evilreg.Redirect(307, "http://127.0.0.1:1/x?signature=abc")))
	if _, err := fetch(open(t, r, "a"), d, nil); err == nil || strings.Contains(err.Error(), "abc") {
		t.Errorf("%v", err)
	}
}
