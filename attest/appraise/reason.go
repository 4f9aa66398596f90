// SPDX-License-Identifier: Apache-2.0

package appraise

import "fmt"

// Reason is one way in which claims are not acceptable.
type Reason struct {
	Code   Code
	Detail string
}

// String returns code and detail.
func (r Reason) String() string { return string(r.Code) + ": " + r.Detail }

type reasons []Reason

func (r *reasons) add(code Code, format string, args ...any) {
	*r = append(*r, Reason{code, fmt.Sprintf(format, args...)})
}

// bitRule is what is wanted of one bit.
type bitRule struct {
	mask uint64
	code Code
	name string
	want Bit
}

// bits checks each bit for which there is a rule.
func (r *reasons) bits(field string, have uint64, rules []bitRule) {
	for _, rule := range rules {
		if isSet := have&rule.mask != 0; !rule.want.allows(isSet) {
			r.add(rule.code, "%s is %v in %s %#x, and must be %v", rule.name, bitOf(isSet), field, have, rule.want)
		}
	}
}

// value checks a field for which values are listed.
func (r *reasons) value(code Code, field string, have []byte, listed Values) {
	if !listed.contain(have) {
		r.add(code, "%s is %x, which is not listed", field, have)
	}
}

// floor checks a number that must not be lower.
func (r *reasons) floor(code Code, field string, have uint32, floor Floor) {
	if have < floor.least {
		r.add(code, "%s is %d, at least %d is required", field, have, floor.least)
	}
}

// floors checks 16 numbers that must not be lower, each of them.
func (r *reasons) floors(code Code, field string, have [16]byte, floors SVNs) {
	for i := range have {
		if have[i] < floors.least[i] {
			r.add(code, "component %d of %s is %d, at least %d is required", i, field, have[i], floors.least[i])
		}
	}
}
