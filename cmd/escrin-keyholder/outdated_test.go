// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"testing"

	"github.com/escrin/escrin/keyholder"
)

// outdate has evidence from after a TCB recovery accepted, and expects that
// evidence from before it is refused then, also by new processes.
func (w *world) outdate(t *testing.T) {
	before := w.boot(nil)
	w.tdx.Vendor().Recover()
	if err := w.tdx.Update(); err != nil {
		t.Fatal(err)
	}
	after := w.boot(nil)
	ask := func(e *enclave, status int, code keyholder.Code) {
		t.Helper()
		body := w.certificateRequest(t, e)
		for _, h := range w.keys.Holders {
			var refused keyholder.Error
			got, reply, err := w.transport().Do(t.Context(), h.Index, keyholder.PathCertificate, body)
			if err != nil || got != status || status != 200 && (json.Unmarshal(reply, &refused) != nil || refused.Code != code) {
				t.Errorf("keyholder %d: %d %s, %v", h.Index, got, reply, err)
			}
		}
	}
	ask(before, 403, keyholder.CodeEvidenceRefused) // by the policy, and nothing is remembered
	ask(after, 200, "")
	ask(before, 403, keyholder.CodeCollateralOutdated)
	for _, h := range w.network.holders {
		h.kill()
		h.start()
		h.await(`"ready"`)
	}
	ask(before, 403, keyholder.CodeCollateralOutdated)
	ask(after, 200, "")
}
