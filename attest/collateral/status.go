// SPDX-License-Identifier: Apache-2.0

package collateral

import "fmt"

// Status is the vendor's verdict on one part of a platform, in the words of
// Intel's TCB info. The zero value is no verdict and never acceptable.
type Status uint8

// The verdicts, from best to worst.
const (
	UpToDate Status = iota + 1
	SWHardeningNeeded
	ConfigurationNeeded
	ConfigurationAndSWHardeningNeeded
	OutOfDate
	OutOfDateConfigurationNeeded
	Revoked
)

// ParseStatus returns the verdict of this name, spelled as Intel does.
func ParseStatus(name string) (Status, error) {
	for s := UpToDate; s <= Revoked; s++ {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("parse TCB status: unknown status %q", name)
}

// Valid reports whether s is one of the verdicts.
func (s Status) Valid() bool { return s >= UpToDate && s <= Revoked }

// outOfDate reports whether s says that there is something better to update to.
func (s Status) outOfDate() bool { return s == OutOfDate || s == OutOfDateConfigurationNeeded }

// BetterThan reports whether s comes before other in the order of the verdicts.
func (s Status) BetterThan(other Status) bool { return s < other }

// String returns Intel's name for s.
func (s Status) String() string {
	switch s {
	case UpToDate:
		return "UpToDate"
	case SWHardeningNeeded:
		return "SWHardeningNeeded"
	case ConfigurationNeeded:
		return "ConfigurationNeeded"
	case ConfigurationAndSWHardeningNeeded:
		return "ConfigurationAndSWHardeningNeeded"
	case OutOfDate:
		return "OutOfDate"
	case OutOfDateConfigurationNeeded:
		return "OutOfDateConfigurationNeeded"
	case Revoked:
		return "Revoked"
	}
	return fmt.Sprintf("status(%d)", uint8(s))
}

// UnmarshalText is [ParseStatus], for JSON.
func (s *Status) UnmarshalText(text []byte) (err error) {
	*s, err = ParseStatus(string(text))
	return err
}

// MarshalText is the inverse of UnmarshalText.
func (s Status) MarshalText() ([]byte, error) {
	if !s.Valid() {
		return nil, fmt.Errorf("encode TCB status: unknown status %d", uint8(s))
	}
	return []byte(s.String()), nil
}
