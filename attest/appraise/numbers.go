// SPDX-License-Identifier: Apache-2.0

package appraise

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/escrin/escrin/attest/snp"
)

// Floor is the lowest number that is accepted. The zero Floor is a choice that
// was not made; a floor of 0 is AtLeast(0), in a policy file 0.
type Floor struct {
	chosen bool
	least  uint32
}

// AtLeast accepts n and every higher number.
func AtLeast(n uint32) Floor { return Floor{true, n} }

// UnmarshalJSON reads a number.
func (f *Floor) UnmarshalJSON(data []byte) error {
	n, err := strconv.ParseUint(string(data), 10, 32)
	if err != nil {
		return fmt.Errorf("%s is not a number from 0 to 2³²−1", excerpt(data))
	}
	*f = AtLeast(uint32(n))
	return nil
}

// SVNs are the lowest security versions that are accepted, one for each of 16
// components. The zero SVNs are a choice that was not made. In a policy file they
// are a list of 16 numbers.
type SVNs struct {
	chosen bool
	least  [16]uint8
}

// AtLeastEach accepts versions each of which is no lower than its floor.
func AtLeastEach(floors [16]uint8) SVNs { return SVNs{true, floors} }

// UnmarshalJSON reads a list of 16 numbers below 256.
func (s *SVNs) UnmarshalJSON(data []byte) error {
	var list []*uint8
	err := json.Unmarshal(data, &list)
	if err != nil || len(list) != len(s.least) {
		return fmt.Errorf("%s is not a list of %d numbers below 256", excerpt(data), len(s.least))
	}
	read := SVNs{chosen: true}
	for i, n := range list {
		if n == nil {
			return fmt.Errorf("component %d is null", i)
		}
		read.least[i] = *n
	}
	*s = read
	return nil
}

// Mask is a set of bits. The zero Mask is a choice that was not made; no bits at
// all are Bits(0), in a policy file "0x0".
type Mask struct {
	chosen bool
	bits   uint64
}

// Bits is the set of the bits that are 1 in n.
func Bits(n uint64) Mask { return Mask{true, n} }

// String returns 0x and the set as a lower-case hexadecimal number.
func (m Mask) String() string { return "0x" + strconv.FormatUint(m.bits, 16) }

// UnmarshalText accepts exactly what String writes.
func (m *Mask) UnmarshalText(text []byte) error {
	digits, _ := strings.CutPrefix(string(text), "0x")
	n, _ := strconv.ParseUint(digits, 16, 64)
	if Bits(n).String() != string(text) {
		return fmt.Errorf("%q is not 0x and a lower-case hexadecimal number of up to 64 bits", excerpt(text))
	}
	*m = Bits(n)
	return nil
}

// Bit is what one bit must be. The zero Bit is a choice that was not made and
// allows nothing.
type Bit uint8

// The choices.
const (
	MustBeSet Bit = iota + 1
	MustBeClear
	EitherWay
)

func (b Bit) allows(isSet bool) bool {
	return b == EitherWay || b == bitOf(isSet)
}

func bitOf(isSet bool) Bit {
	if isSet {
		return MustBeSet
	}
	return MustBeClear
}

// String returns "set", "clear" or "either", or nothing for no choice.
func (b Bit) String() string {
	switch b {
	case MustBeSet:
		return "set"
	case MustBeClear:
		return "clear"
	case EitherWay:
		return "either"
	}
	return ""
}

// UnmarshalText reads what String writes of a choice.
func (b *Bit) UnmarshalText(text []byte) error {
	for _, choice := range []Bit{MustBeSet, MustBeClear, EitherWay} {
		if choice.String() == string(text) {
			*b = choice
			return nil
		}
	}
	return fmt.Errorf(`%q is none of "set", "clear" and "either"`, excerpt(text))
}

// ABI is the version of the firmware ABI that a guest policy may name. The zero
// ABI is a choice that was not made. In a policy file it is major.minor or "any".
type ABI struct {
	chosen, any  bool
	major, minor uint8
}

// ExactABI accepts one version.
func ExactABI(major, minor uint8) ABI { return ABI{chosen: true, major: major, minor: minor} }

// AnyABI accepts every version, in so many words.
func AnyABI() ABI { return ABI{any: true} }

// String returns major.minor.
func (a ABI) String() string { return fmt.Sprintf("%d.%d", a.major, a.minor) }

// UnmarshalText reads the form of a policy file.
func (a *ABI) UnmarshalText(text []byte) error {
	if string(text) == wordAny {
		*a = AnyABI()
		return nil
	}
	n, err := parseDotted(text, 2)
	if err == nil {
		*a = ExactABI(n[0], n[1])
	}
	return err
}

// FirmwareFloor is the lowest version of the SNP firmware that is accepted. The
// zero FirmwareFloor is a choice that was not made. In a policy file it is
// major.minor.build.
type FirmwareFloor struct {
	chosen bool
	least  snp.Firmware
}

// AtLeastFirmware accepts f and every later version.
func AtLeastFirmware(f snp.Firmware) FirmwareFloor { return FirmwareFloor{true, f} }

// UnmarshalText reads major.minor.build.
func (f *FirmwareFloor) UnmarshalText(text []byte) error {
	n, err := parseDotted(text, 3)
	if err == nil {
		*f = AtLeastFirmware(snp.Firmware{Major: n[0], Minor: n[1], Build: n[2]})
	}
	return err
}

// parseDotted reads numbers below 256 with dots between them, as decimal digits
// without superfluous zeros.
func parseDotted(text []byte, count int) ([]uint8, error) {
	var numbers []uint8
	for word := range strings.SplitSeq(string(text), ".") {
		n, _ := strconv.ParseUint(word, 10, 8)
		if strconv.FormatUint(n, 10) != word {
			return nil, fmt.Errorf("%q has a part that is not a number below 256", excerpt(text))
		}
		numbers = append(numbers, uint8(n))
	}
	if len(numbers) != count {
		return nil, fmt.Errorf("%q has %d parts, want %d", excerpt(text), len(numbers), count)
	}
	return numbers, nil
}
