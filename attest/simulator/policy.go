// SPDX-License-Identifier: Apache-2.0

package simulator

import _ "embed"

//go:embed policy.json
var policy string

// Policy returns a policy file (package attest/appraise) for development networks:
// the simulated TDX machine and an SNP machine of the Genoa line are acceptable to
// it as they are at first, on any chip, and nothing that is less than they are.
func Policy() []byte { return []byte(policy) }
