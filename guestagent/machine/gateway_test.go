// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"fmt"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
)

// TestEachNameHasAnAddressOfItsOwn: also when there are as many as there can be.
func TestEachNameHasAnAddressOfItsOwn(t *testing.T) {
	n := config.Network{Egress: []config.Destination{{Name: "1.2.3.4", Port: 80}, {Name: "a.example", Port: 80}, {Name: "a.example", Port: 443}}}
	for i := len(n.Egress); i < config.MaxDestinations; i++ {
		n.Egress = append(n.Egress, config.Destination{Name: fmt.Sprintf("n%d.example", i), Port: 443})
	}
	places, names := placesOf(n), map[config.Address]string{}
	for i, p := range places {
		if p.name != n.Egress[i].Name || p.port != n.Egress[i].Port || names[p.address] != "" && names[p.address] != p.name {
			t.Errorf("%v is at %s port %d at %v, as %s is", n.Egress[i], p.name, p.port, p.address, names[p.address])
		}
		names[p.address] = p.name
	}
	if len(places) != config.MaxDestinations || len(names) != config.MaxDestinations-1 || names[config.Address{1, 2, 3, 4}] != "1.2.3.4" || names[config.Address{198, 18, 0, 1}] != "a.example" {
		t.Errorf("%d places, addresses %v", len(places), names)
	}
	if got, want := hostsLines(places[:3]), "198.18.0.1\ta.example\n"; got != want {
		t.Errorf("/etc/hosts has %q, want %q", got, want)
	}
}
