// SPDX-License-Identifier: Apache-2.0

package oci_test

import (
	"testing"

	"github.com/escrin/escrin/guestagent/workload/oci"
	"github.com/escrin/escrin/strictjson/strictjsontest"
)

// TestSpecsAreThoseOfGo: a container runtime is given what encoding/json makes of it.
func TestSpecsAreThoseOfGo(t *testing.T) { strictjsontest.Compare[oci.Spec](t, 500) }
