// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"errors"
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
	return map[string]zone{
		"127.0.0.1": zoneLocal, "127.8.9.10": zoneLocal, "::1": zoneLocal, "::ffff:127.0.0.1": zoneLocal, "64:ff9b::7f00:1": zoneLocal,
		"10.0.0.1": zonePrivate, "172.16.0.1": zonePrivate, "192.168.1.1": zonePrivate, "100.64.0.1": zonePrivate, "fd00::1": zonePrivate,
		"::ffff:10.0.0.1": zonePrivate, "64:ff9b::a00:1": zonePrivate,
		"169.254.169.254": zoneNever, "fe80::1": zoneNever, "::ffff:169.254.169.254": zoneNever, "64:ff9b::a9fe:a9fe": zoneNever, "fd00:ec2::254": zonePrivate,
		"0.0.0.0": zoneNever, "::": zoneNever, "224.0.0.1": zoneNever, "ff02::1": zoneNever, "255.255.255.255": zoneNever,
	}
}

// What counts is the address that is dialled, whatever name led to it.
func TestREG07AddressesAreHeldAgainstTheRegistrysOwn(t *testing.T) {
	registry, err := name.NewRegistry("registry.example")
	if err != nil {
		t.Fatal(err)
	}
	w := newWay(registry)
	for _, at := range []zone{zoneOpen, zonePrivate, zoneLocal, zoneNever} {
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
