// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"slices"

	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
)

// SNP is what an SNP report and AMD's collateral say of a guest and its platform.
type SNP struct {
	Report snp.Report // what the secure processor signed
	Chip   kds.Chip   // from the certificate of the key that signed
}

func (s SNP) clone() SNP {
	s.Chip.HWID = slices.Clone(s.Chip.HWID)
	return s
}
