// SPDX-License-Identifier: Apache-2.0

package spec

import _ "embed"

//go:embed escrin.schema.json
var schema string

// Schema is the JSON schema (draft 2020-12) of an escrin.yaml, for editors. Parse refuses more than it can say: SPEC.md
// lists what.
func Schema() string { return schema }
