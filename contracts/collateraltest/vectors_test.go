// SPDX-License-Identifier: Apache-2.0

package collateraltest_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/escrin/escrin/contracts/collateraltest"
)

var update = flag.Bool("update", false, "write contracts/testdata/collateral instead of comparing with it")

const (
	genuine = "../../attest/verify/testdata"
	vectors = "../testdata/collateral"
)

// What forge reads is what package collateral answers today.
func TestVectorsAreCurrent(t *testing.T) {
	files, err := collateraltest.Vectors(genuine)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		path := filepath.Join(vectors, name)
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Error(err)
			}
			continue
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs (%v): go test ./contracts/collateraltest -update", name, err)
		}
	}
}
