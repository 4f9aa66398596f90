// SPDX-License-Identifier: Apache-2.0

package spec_test

import (
	"os"
	"strings"
	"testing"

	"github.com/escrin/escrin/enclaver/spec"
)

// TestTheReadmesExamplesAreTaken parses each file that README and SPEC show.
func TestTheReadmesExamplesAreTaken(t *testing.T) {
	for _, path := range []string{"../../README.md", "SPEC.md"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		blocks := strings.Split(string(text), "```yaml\n")[1:]
		if len(blocks) == 0 {
			t.Errorf("%s shows no file", path)
		}
		for _, block := range blocks {
			document, _, _ := strings.Cut(block, "```")
			if _, _, err := spec.Parse([]byte(document)); err != nil {
				t.Errorf("%s: %v\n%s", path, err, document)
			}
		}
	}
}
