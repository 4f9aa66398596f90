// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every case has a row in TESTING.md, and every test that a row names is there.
func TestEveryCaseHasTests(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../TESTING.md")
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 25; n++ {
		row := regexp.MustCompile(fmt.Sprintf(`(?m)^\| KR-%02d \|.*$`, n)).FindString(string(page))
		if !strings.Contains(row, "`Test") {
			t.Errorf("KR-%02d has no test", n)
		}
		folder := ""
		for _, word := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row, -1) {
			if !strings.HasPrefix(word[1], "Test") {
				folder = word[1]
			} else if !declares(t, filepath.Join("../..", folder), word[1]) {
				t.Errorf("KR-%02d: %s has no %s", n, folder, word[1])
			}
		}
	}
}

// declares reports whether a folder has a test.
func declares(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := fs.Glob(os.DirFS(folder), "*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(folder, f))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "func "+name+"(") {
			return true
		}
	}
	return false
}
