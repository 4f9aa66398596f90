// SPDX-License-Identifier: Apache-2.0

package tdxtest_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/escrin/escrin/contracts/tdxtest"
)

var update = flag.Bool("update", false, "write the vectors and the gas snapshot instead of comparing them")

const vectorFile = "../testdata/tdx/vectors.json"

// TestVectorsAreCurrent makes the vectors anew: what is committed is what the simulator makes.
func TestVectorsAreCurrent(t *testing.T) {
	v, err := tdxtest.MakeVectors(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(vectorFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatal("the vectors are not what the simulator makes: go test ./contracts/tdxtest -update")
	}
}
