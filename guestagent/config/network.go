// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

const (
	// MaxDestinations is the largest number of destinations.
	MaxDestinations = 128
	// MaxServices is the largest number of services.
	MaxServices = 16

	maxHostName = 253 // bytes, as in the domain name system
	maxLabel    = 63  // bytes between dots

	// destinationsPrefix is where a guest puts names: reserved for benchmarks of networks.
	destinationsPrefix = "198.18.0.0/15"
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
	if address, err := netip.ParseAddr(d.Name); err == nil {
		return d.validAddress(address)
	}
	if !validHostName(d.Name) {
		return fmt.Errorf("network.egress: %q is neither a host name in lower case nor an IPv4 address", d.Name)
	}
	if d.Name == "localhost" || strings.HasSuffix(d.Name, ".localhost") || d.Name == "enclave" {
		return fmt.Errorf("network.egress: %q is the guest itself", d.Name)
	}
	return nil
}

// validAddress refuses what does not leave a machine or its wire, and where names are put in a guest.
func (d Destination) validAddress(a netip.Addr) error {
	switch {
	case !a.Is4() || a.String() != d.Name:
		return fmt.Errorf("network.egress: %q: want a host name in lower case or an IPv4 address", d.Name)
	case !a.IsGlobalUnicast() || a.As4()[0] == 0 || a.As4()[0] >= 240 || netip.MustParsePrefix(destinationsPrefix).Contains(a):
		return fmt.Errorf("network.egress: %q is no address of another machine", d.Name)
	}
	return nil
}

// validHostName accepts labels of 1 to 63 letters, digits and hyphens, no hyphen at an end, a letter first in the last one.
func validHostName(name string) bool {
	letter := func(c byte) bool { return c >= 'a' && c <= 'z' }
	alphanumeric := func(c byte) bool { return letter(c) || c >= '0' && c <= '9' }
	last := ""
	for last = range strings.SplitSeq(name, ".") {
		if last == "" || len(last) > maxLabel || !alphanumeric(last[0]) || !alphanumeric(last[len(last)-1]) {
			return false
		}
		for _, c := range []byte(last) {
			if !alphanumeric(c) && c != '-' {
				return false
			}
		}
	}
	return letter(last[0]) && len(name) <= maxHostName
}
