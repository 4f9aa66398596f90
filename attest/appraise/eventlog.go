// SPDX-License-Identifier: Apache-2.0

package appraise

import (
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/eventlog"
)

// checkEventLog holds the event log against the signed registers. There need not
// be one, for nothing is concluded from it here; but readers will believe one
// that stands beside accepted evidence (MB-24).
func checkEventLog(out *reasons, c claims.Claims) {
	raw := c.Evidence().EventLog
	if len(raw) == 0 {
		return
	}
	t, ok := c.TDX()
	if !ok {
		out.add(EventLog, "%v has no registers that an event log could come to", c.Evidence().TEE)
		return
	}
	log, err := eventlog.Parse(raw)
	if err != nil {
		out.add(EventLog, "%v", err)
		return
	}
	for _, f := range log.Check(t.Report.RTMR) {
		out.add(EventLog, "%v", f)
	}
}
