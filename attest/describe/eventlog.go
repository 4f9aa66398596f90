// SPDX-License-Identifier: Apache-2.0

package describe

import "github.com/escrin/escrin/attest"

// eventLog describes the event log of an envelope.
func eventLog(e attest.Evidence) Description {
	s := Section{Name: "eventLog", Title: "Event log: how the registers came about, says the host"}
	s.add("size", len(e.EventLog), "bytes")
	return Description{s}
}
