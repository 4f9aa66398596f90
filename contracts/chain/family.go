// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
)

// TEE is whose processors the family is of.
func (f Family) TEE() attest.TEE { return attest.TEE(f[0]) }

// Whole is the family that stands for the TEE as a whole.
func (f Family) Whole() Family { return Family{f[0]} }

// String writes a family as ParseFamily reads it.
func (f Family) String() string {
	rest := f[1:]
	switch {
	case f == AllTDX:
		return "tdx"
	case f == AllSNP:
		return "snp"
	case f.TEE() == attest.TDX:
		return "tdx:" + hex.EncodeToString(rest)
	case f.TEE() == attest.SNP:
		return "snp:" + strings.ToValidUTF8(strings.TrimRight(string(rest), "\x00"), "?")
	}
	return hex.EncodeToString(f[:])
}

// ParseFamily reads a family: `tdx` and `snp` are the TEEs as a whole, `tdx:50806f000000` are the processors with an
// FMSPC, `snp:Milan` those of a product.
func ParseFamily(text string) (Family, error) {
	tee, rest, one := strings.Cut(text, ":")
	switch {
	case tee == "tdx" && !one:
		return AllTDX, nil
	case tee == "snp" && !one:
		return AllSNP, nil
	case tee == "tdx":
		return parseFMSPC(rest)
	case tee == "snp":
		return parseProduct(rest)
	}
	return Family{}, fmt.Errorf("%.80q is no family of platforms: want tdx, snp, tdx:FMSPC or snp:PRODUCT", text)
}

func parseFMSPC(text string) (Family, error) {
	family := AllTDX
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(family)-1 {
		return Family{}, fmt.Errorf("%.80q is no FMSPC: want 12 hexadecimal digits", text)
	}
	copy(family[1:], raw)
	if family == AllTDX {
		return Family{}, errors.New("the FMSPC 000000000000 stands for all of TDX: write tdx")
	}
	return family, nil
}

// parseProduct takes AMD's spelling alone, in whatever case: a denial of a misspelt product would deny nothing.
func parseProduct(text string) (Family, error) {
	products := kds.Products()
	names := make([]string, len(products))
	for i, product := range products {
		if names[i] = string(product); strings.EqualFold(text, names[i]) {
			family := AllSNP
			copy(family[1:], names[i])
			return family, nil
		}
	}
	return Family{}, fmt.Errorf("%.80q is no product with SEV-SNP: want one of %s", text, strings.Join(names, ", "))
}

// ParseFloor reads a floor of a TEE: of TDX the date of a TCB level, of SEV-SNP security versions.
func ParseFloor(tee attest.TEE, text string) (uint64, error) {
	if tee == attest.TDX {
		return ParseTDXFloor(text)
	}
	return ParseSNPFloor(text)
}

// FormatFloor writes a floor as ParseFloor reads it; `none` if it is zero.
func FormatFloor(tee attest.TEE, floor uint64) string {
	switch {
	case floor == 0:
		return "none"
	case tee == attest.TDX:
		return formatDate(floor)
	}
	return formatVersions(floor)
}

// maxDate is the last second of year 9999.
const maxDate = 253402300799

// ParseTDXFloor reads the oldest date of a TCB level, `2024-11-13` or in RFC 3339, as seconds since the epoch.
func ParseTDXFloor(text string) (uint64, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil && t.Unix() > 0 {
			return uint64(t.Unix()), nil
		}
	}
	return 0, fmt.Errorf("%.80q is no date since 1970: want 2024-11-13 or 2024-11-13T00:00:00Z", text)
}

func formatDate(floor uint64) string {
	if floor > maxDate {
		return fmt.Sprintf("second %d", floor)
	}
	t := time.Unix(int64(floor), 0).UTC()
	if floor%(24*3600) == 0 {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// versionNames are the security versions of SEV-SNP firmware in the order of their bytes; three bytes more are reserved.
func versionNames() []string { return []string{"bootloader", "tee", "snp", "microcode", "fmc"} }

// ParseSNPFloor reads least security versions, `bootloader=4,tee=0,snp=24,microcode=220,fmc=0`; each may be left away and is
// zero then, but not all.
func ParseSNPFloor(text string) (uint64, error) {
	var floor, seen uint64
	for _, part := range strings.Split(text, ",") {
		name, value, found := strings.Cut(part, "=")
		lane := laneOf(name)
		version, err := strconv.ParseUint(value, 10, 8)
		if !found || err != nil || lane < 0 {
			return 0, fmt.Errorf("%.80q is no security version: want NAME=0…255 with one of %s", part, strings.Join(versionNames(), ", "))
		}
		if seen&(1<<lane) != 0 {
			return 0, fmt.Errorf("the security version %s is there twice", name)
		}
		seen |= 1 << lane
		floor |= version << lane
	}
	if floor == 0 {
		return 0, errors.New("a floor of zeros is none")
	}
	return floor, nil
}

// laneOf is the number of bits to the right of a version in a floor; negative if no version has that name.
func laneOf(name string) int {
	for i, known := range versionNames() {
		if name == known {
			return 56 - 8*i
		}
	}
	return -1
}

func formatVersions(floor uint64) string {
	if floor&0xffffff != 0 {
		return fmt.Sprintf("%#018x", floor)
	}
	var parts []string
	for _, name := range versionNames() {
		parts = append(parts, fmt.Sprintf("%s=%d", name, byte(floor>>laneOf(name))))
	}
	return strings.Join(parts, ",")
}
