// SPDX-License-Identifier: Apache-2.0

package spec

import "fmt"

// supported refuses what the measured config can say and the guest does not do yet: an author who asked for it would
// not get it. Whoever teaches the guest one of these takes its line out.
func (s Spec) supported() error {
	for _, lacking := range []struct {
		field string
		asked bool
	}{
		{"tasks.perBoot above 1 with a network", s.Tasks.PerBoot > 1 && !s.Network.None()},
	} {
		if lacking.asked {
			return fmt.Errorf("%s: this version's guest cannot do that yet", lacking.field)
		}
	}
	return nil
}
