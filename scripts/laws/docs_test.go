// SPDX-License-Identifier: Apache-2.0

package laws

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

var link = regexp.MustCompile(`\]\(([^)#]+)\)`)

// TestDocumentsPointAtWhatExists follows every relative link of every Markdown file.
func TestDocumentsPointAtWhatExists(t *testing.T) {
	root := os.DirFS("../..")
	links := 0
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "build") {
			return fs.SkipDir
		}
		if path.Ext(name) != ".md" {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		for _, match := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			links++
			if _, err := fs.Stat(root, path.Join(path.Dir(name), match[1])); err != nil {
				t.Errorf("%s points at %s: %v", name, match[1], err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if links < 5 {
		t.Errorf("found only %d links: the walk is broken", links)
	}
}
