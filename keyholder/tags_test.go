// SPDX-License-Identifier: Apache-2.0

package keyholder_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// KR-08: the key network's tags are those in SPEC.md's table, and no tag is a prefix of another.
func TestKR08OneTableOfTags(t *testing.T) {
	t.Parallel()
	table, used := tagsInSpec(t), tagsInCode(t)
	if len(table) < 20 {
		t.Errorf("only %d tags in SPEC.md", len(table))
	}
	for _, tag := range slices.Sorted(maps.Keys(used)) {
		if !slices.Contains(table, tag) {
			t.Errorf("%s has the tag %q, which is not in SPEC.md", used[tag], tag)
		}
	}
	for i, a := range table {
		if used[a] == "" {
			t.Errorf("the tag %q is in SPEC.md, and nowhere in the code", a)
		}
		for j, b := range table {
			if i != j && strings.HasPrefix(a, b) {
				t.Errorf("%q is a prefix of %q, or is listed twice", b, a)
			}
		}
	}
}

// tagsInSpec are the words in the table of SPEC.md's section 13.
func tagsInSpec(t *testing.T) (tags []string) {
	t.Helper()
	spec, err := os.ReadFile("SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(spec), "\n## 13 ")
	section, _, _ = strings.Cut(section, "\n## ")
	for _, word := range regexp.MustCompile("`([eE][^`]+)`").FindAllStringSubmatch(section, -1) {
		tag, err := strconv.Unquote(`"` + word[1] + `"`)
		if err != nil {
			t.Fatal(err)
		}
		tags = append(tags, tag)
	}
	return tags
}

// tagged matches what is a tag among the strings of a program.
var tagged = regexp.MustCompile(`(?s)^(escrin[. ].*\bv[0-9]+\b.*|ESCRIN-V[0-9].*)$`)

// tagsInCode are the tags in the key network's packages, with the file that has them.
func tagsInCode(t *testing.T) map[string]string {
	t.Helper()
	tags := map[string]string{}
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
				if tag, err := strconv.Unquote(text.Value); err == nil && tagged.MatchString(tag) {
					tags[tag] = path
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tags
}
