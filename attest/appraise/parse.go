// SPDX-License-Identifier: Apache-2.0

package appraise

import (
	"fmt"

	"github.com/escrin/escrin/strictjson"
)

// MaxPolicySize bounds a policy file, in bytes.
const MaxPolicySize = 1 << 20

// fileVersion is the version of policy files.
const fileVersion = 1

// file is a policy file.
type file struct {
	Version int `json:"version"`
	Rules
}

// ParsePolicy reads a policy file of at most MaxPolicySize bytes (SPEC.md §2,
// policy.schema.json). A key that is unknown, there twice or spelled in another
// case is an error, and so is everything that [NewPolicy] refuses.
func ParsePolicy(data []byte) (Policy, error) {
	f, err := strictjson.Decode[file](data, MaxPolicySize)
	if err != nil {
		return Policy{}, fmt.Errorf("parse policy: %w", err)
	}
	if f.Version != fileVersion {
		return Policy{}, fmt.Errorf("parse policy: version is %d, want %d", f.Version, fileVersion)
	}
	p, err := NewPolicy(f.Rules)
	if err != nil {
		return Policy{}, fmt.Errorf("parse policy: %w", err)
	}
	return p, nil
}
