// SPDX-License-Identifier: Apache-2.0

package appraise

import (
	"fmt"
	"strconv"
	"time"

	"github.com/escrin/escrin/attest/collateral"
)

// Age is how long ago something may have been issued. The zero Age is a choice
// that was not made. In a policy file it is a number of days or "any".
type Age struct {
	chosen, any bool
	days        uint32
}

// WithinDays accepts what was issued at most n days of 24 hours ago.
func WithinDays(n uint32) Age { return Age{chosen: true, days: n} }

// AnyAge accepts everything, in so many words.
func AnyAge() Age { return Age{any: true} }

// UnmarshalJSON reads the form of a policy file.
func (a *Age) UnmarshalJSON(data []byte) error {
	if string(data) == `"`+wordAny+`"` {
		*a = AnyAge()
		return nil
	}
	n, err := strconv.ParseUint(string(data), 10, 32)
	if err != nil {
		return fmt.Errorf("%s is neither %q nor a number of days", excerpt(data), wordAny)
	}
	*a = WithinDays(uint32(n))
	return nil
}

func (a Age) check() error {
	if !a.any && (a.days < 1 || a.days > maxDays) {
		return fmt.Errorf("is %d, want 1 to %d", a.days, maxDays)
	}
	return nil
}

// ages checks how old each document of the collateral is at a time. Where there
// is no time or no document, nobody can say, and that is too old.
func (r *reasons) ages(code Code, documents []collateral.Edition, limit Age, at time.Time) {
	switch {
	case limit.any:
		return
	case at.IsZero():
		r.add(code, "collateral must not be older than %d days, and there is no time of appraisal", limit.days)
		return
	case len(documents) == 0:
		r.add(code, "collateral must not be older than %d days, and nothing says how old it is", limit.days)
	}
	for _, d := range documents {
		if at.Sub(d.Issued) > time.Duration(limit.days)*24*time.Hour {
			r.add(code, "%v was issued at %s, more than %d days ago", d.Series.Document, d.Issued.UTC().Format(time.RFC3339), limit.days)
		}
	}
}
