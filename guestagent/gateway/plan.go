// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"errors"
	"fmt"
	"io"

	"github.com/escrin/escrin/guestagent/gateway/plan"
	"github.com/escrin/escrin/guestagent/session/exchange"
	"github.com/escrin/escrin/guestagent/wire"
)

// maxPlan bounds a plan in bytes.
const maxPlan = 1 << 20

// ReadPlan reads a plan to the end of r.
func ReadPlan(r io.Reader) (plan.Plan, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxPlan+1))
	if err != nil {
		return plan.Plan{}, fmt.Errorf("read plan: %w", err)
	}
	var p plan.Plan
	if err := wire.Decode(raw, maxPlan, &p); err != nil {
		return plan.Plan{}, fmt.Errorf("read plan: %w", err)
	}
	if len(p.Evidence) > exchange.MaxEvidence {
		return plan.Plan{}, errors.New("read plan: the evidence is too large")
	}
	return p, nil
}
