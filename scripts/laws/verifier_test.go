// SPDX-License-Identifier: Apache-2.0

package laws

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Only tests may give a keyholder's rules another verifier: whatever calls itself one decides who is genuine.
func TestOnlyTestsReplaceTheVerifier(t *testing.T) {
	found := false
	err := filepath.WalkDir("../../keyholder", func(path string, _ fs.DirEntry, err error) error {
		return calls(t, path, err, &found)
	})
	if err == nil {
		err = filepath.WalkDir("../../cmd", func(path string, _ fs.DirEntry, err error) error {
			return calls(t, path, err, &found)
		})
	}
	if err != nil || !found {
		t.Fatalf("release.NewWithVerifier is defined: %t, %v", found, err)
	}
}

func calls(t *testing.T, path string, err error, found *bool) error {
	if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
		return err
	}
	b, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(b), "NewWithVerifier(") {
		return err
	}
	*found = true
	if !strings.HasSuffix(filepath.ToSlash(path), "keyholder/release/rules.go") {
		t.Errorf("%s gives keyholders another verifier", path)
	}
	return nil
}
