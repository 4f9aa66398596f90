// SPDX-License-Identifier: Apache-2.0

package claims_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/internal/mint"
)

const module = "github.com/escrin/escrin/"

// importers returns, for each package of this module that code outside of tests
// imports, the folders under attest/ that do so.
func importers(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel("..", filepath.Dir(path))
		for _, spec := range file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			if name, ok := strings.CutPrefix(name, module); ok && !slices.Contains(found[name], folder) {
				found[name] = append(found[name], folder)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Only verify makes claims: nothing else under attest/ imports the token, and the
// compiler keeps it from everything that is not under attest/.
func TestAT14OnlyVerifyMintsClaims(t *testing.T) {
	got := importers(t)["attest/internal/mint"]
	slices.Sort(got)
	if !slices.Equal(got, []string{"claims", "verify"}) {
		t.Errorf("attest/internal/mint is imported by %v", got)
	}
}

// Verification and appraisal know nothing of each other, and nothing that
// verifies knows the simulator (AT-16).
func TestAT16Walls(t *testing.T) {
	found := importers(t)
	for imported, allowed := range map[string][]string{
		"attest/verify":     {"crosscheck", "endorse", "corpus"}, // endorse keeps only what is authentic; corpus asks both halves
		"attest/crosscheck": nil,
		"attest/appraise":   {"corpus"},
		"attest/simulator":  nil,
		"attest/predict":    {"simulator"},
	} {
		for _, folder := range found[imported] {
			if !slices.Contains(allowed, folder) {
				t.Errorf("%s is imported by attest/%s", imported, folder)
			}
		}
	}
}

func TestAT14NoClaimsWithoutAToken(t *testing.T) {
	if claims.New(mint.Token{}, claims.Facts{}).Verified() || (claims.Claims{}).Verified() {
		t.Error("claims came from nowhere")
	}
}

// Package attest is linked into the guest: it imports a hash function and nothing
// else that is not in the standard library.
func TestAttestImportsOnlyAHash(t *testing.T) {
	files, err := filepath.Glob("../*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if strings.Contains(path, ".") && path != "golang.org/x/crypto/sha3" {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}
