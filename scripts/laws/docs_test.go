// SPDX-License-Identifier: Apache-2.0

package laws

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	link     = regexp.MustCompile(`\]\(([^)#]+)\)`)
	testName = regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z0-9]\w*…?`)
	testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)[A-Z0-9]\w*)\(`)
)

// TestDocumentsNameTestsThatExist holds the name of each test in a Markdown file against the tests that there are.
func TestDocumentsNameTestsThatExist(t *testing.T) {
	exists := map[string]bool{}
	named := map[string][]string{} // by whom
	err := fs.WalkDir(os.DirFS("../.."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "build") {
			return fs.SkipDir
		}
		if contract, ok := strings.CutSuffix(d.Name(), ".sol"); ok {
			exists[contract] = true // some are named so
		}
		document := path.Ext(name) == ".md"
		if !document && !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path.Join("../..", name))
		if document {
			for _, test := range testName.FindAllString(string(text), -1) {
				named[test] = append(named[test], name)
			}
		}
		for _, match := range testFunc.FindAllStringSubmatch(string(text), -1) {
			exists[match[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for test, documents := range named {
		prefix, several := strings.CutSuffix(test, "…")
		begins := func(name string) bool { return strings.HasPrefix(name, prefix) }
		if !exists[test] && !(several && slices.ContainsFunc(slices.Collect(maps.Keys(exists)), begins)) {
			t.Errorf("%s: there is no %s", strings.Join(documents, ", "), test)
		}
	}
	if len(named) < 50 {
		t.Errorf("found only %d names of tests: the walk is broken", len(named))
	}
}

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
