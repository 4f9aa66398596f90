// SPDX-License-Identifier: Apache-2.0

package origin

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

// A client cannot choose by which address it is limited.
func TestOrigin(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		peer      string
		forwarded []string
		want      string
	}{
		{"192.0.2.1:99", nil, "192.0.2.1/32"},
		{"192.0.2.1:99", []string{"198.51.100.1"}, "192.0.2.1/32"},
		{"10.0.0.1:99", []string{"198.51.100.1"}, "198.51.100.1/32"},
		{"10.0.0.1:99", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1/32"},
		{"10.0.0.1:99", []string{"203.0.113.9", "198.51.100.1, 10.0.0.2"}, "198.51.100.1/32"},
		{"10.0.0.1:99", []string{"203.0.113.9, nonsense"}, "10.0.0.1/32"},
		{"10.0.0.1:99", []string{""}, "10.0.0.1/32"},
		{"10.0.0.1:99", nil, "10.0.0.1/32"},
		{"10.0.0.1:99", []string{"10.1.1.1"}, "10.1.1.1/32"},
		{"[fd00::1]:99", []string{"2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64"},
		{"[2001:db8:1:2:ffff::1]:99", nil, "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.1]:99", nil, "192.0.2.1/32"},
		{"[fe80::1%eth0]:99", nil, "fe80::/64"},
		{"@", []string{"198.51.100.1"}, "invalid Prefix"},
	} {
		r := httptest.NewRequest("POST", "/", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = c.peer, c.forwarded
		if got := Of(r, trusted).String(); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}

func FuzzForwardedFor(f *testing.F) {
	f.Add("203.0.113.9, 198.51.100.1", "10.0.0.1:99")
	f.Add(",,::1%x,", "[::1]:1")
	f.Fuzz(func(t *testing.T, forwarded, peer string) {
		r := httptest.NewRequest("POST", "/", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = peer, []string{forwarded}
		if a, b := Of(r, nil), Of(r, []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}); a.IsValid() != b.IsValid() {
			t.Fatal(a, b)
		}
	})
}
