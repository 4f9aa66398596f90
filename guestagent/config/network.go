// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	// MaxDestinations is the largest number of destinations.
	MaxDestinations = 128
	// MaxServices is the largest number of services.
	MaxServices = 16

	maxHostName = 253 // bytes, as in the domain name system
	maxLabel    = 63  // bytes between dots
)

// None says whether there is nothing to reach and nothing to be reached by.
func (n Network) None() bool { return len(n.Egress) == 0 && len(n.Ingress) == 0 }

func (n Network) validate() error {
	if n.Egress == nil || len(n.Egress) > MaxDestinations {
		return fmt.Errorf("network.egress: want a list of at most %d", MaxDestinations)
	}
	if n.Ingress == nil || len(n.Ingress) > MaxServices {
		return fmt.Errorf("network.ingress: want a list of at most %d", MaxServices)
	}
	for i, d := range n.Egress {
		if err := d.Validate(); err != nil {
			return err
		}
		if i > 0 && d.Compare(n.Egress[i-1]) <= 0 {
			return errors.New("network.egress must be sorted by name and port, and unique")
		}
	}
	for i, s := range n.Ingress {
		if s.Port == 0 || s.To == 0 {
			return errors.New("network.ingress: want ports in 1…65535")
		}
		if i > 0 && s.Port <= n.Ingress[i-1].Port {
			return errors.New("network.ingress must be sorted by port, and ports unique")
		}
	}
	return nil
}

// Compare orders destinations by name and port.
func (d Destination) Compare(other Destination) int {
	return cmp.Or(cmp.Compare(d.Name, other.Name), cmp.Compare(d.Port, other.Port))
}

// Validate requires a host name in lower case, or an IPv4 address that is no other machine's business and not the guest's
// own, and a port. A name whose last label begins with a digit is refused: programs disagree on which of those are
// addresses.
func (d Destination) Validate() error {
	if d.Port == 0 {
		return fmt.Errorf("network.egress: %q: want a port in 1…65535", d.Name)
	}
	address, ok := ParseAddress(d.Name)
	switch {
	case ok && !address.elsewhere():
		return fmt.Errorf("network.egress: %q is no address of another machine", d.Name)
	case !ok && !validHostName(d.Name):
		return fmt.Errorf("network.egress: %q is neither a host name in lower case nor an IPv4 address", d.Name)
	case d.Name == "localhost" || strings.HasSuffix(d.Name, ".localhost") || d.Name == "enclave":
		return fmt.Errorf("network.egress: %q is the guest itself", d.Name)
	}
	return nil
}

// Address is an IPv4 address. That of net/netip, for the sake of IPv6, fills tables whenever a guest starts.
type Address [4]byte

// ParseAddress reads an address in its one spelling; ok says whether the text is one.
func ParseAddress(text string) (a Address, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != len(a) {
		return a, false
	}
	for i, part := range parts {
		n, _ := strconv.ParseUint(part, 10, 8) // another spelling is noticed below
		a[i] = byte(n)
	}
	return a, a.String() == text
}

// String implements fmt.Stringer.
func (a Address) String() string { return fmt.Sprintf("%d.%d.%d.%d", a[0], a[1], a[2], a[3]) }

// elsewhere refuses what does not leave a machine or its wire, and 198.18.0.0/15, where a guest puts names: it is reserved for benchmarks.
func (a Address) elsewhere() bool {
	return a[0] != 0 && a[0] != 127 && a[0] < 224 && !(a[0] == 169 && a[1] == 254) && !(a[0] == 198 && a[1]&^1 == 18)
}

// validHostName accepts labels of 1 to 63 letters, digits and hyphens, no hyphen at an end, a letter first in the last one.
func validHostName(name string) bool {
	letter := func(r rune) bool { return r >= 'a' && r <= 'z' }
	other := func(r rune) bool { return !(letter(r) || r >= '0' && r <= '9' || r == '-') }
	last := ""
	for last = range strings.SplitSeq(name, ".") {
		if last == "" || len(last) > maxLabel || strings.Trim(last, "-") != last || strings.ContainsFunc(last, other) {
			return false
		}
	}
	return letter(rune(last[0])) && len(name) <= maxHostName
}
