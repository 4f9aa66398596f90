// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
)

// Check is one line of a report: what was derived again, and the error if it came out differently.
type Check struct {
	Name   string // for example "disk: verity root"
	Detail string
	Err    error // nil if it came out as the enclave says
}

// Report is what Verify found, in the order in which it looked.
type Report []Check

// Err returns the first failure, or nil if there is at least one check and all came out well.
func (r Report) Err() error {
	if len(r) == 0 {
		return errors.New("nothing was checked")
	}
	for _, c := range r {
		if c.Err != nil {
			return c.Err
		}
	}
	return nil
}

// Verify derives every digest and every register of the enclave again, from its parts alone.
func Verify(ctx context.Context, e *Enclave) Report {
	return Report{{Name: "enclave", Err: errors.New("verify: not built yet")}}
}
