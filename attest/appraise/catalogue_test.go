// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
)

// constants returns the values of the constants of a type in a file.
func constants(t *testing.T, file, typeName string) (values []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || fmt.Sprint(spec.Type) != typeName {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
		return true
	})
	return values
}

// Every code that there is stands in the catalogue, once, with a sentence.
func TestEveryCodeHasASentence(t *testing.T) {
	var codes []string
	for _, c := range appraise.Codes() {
		codes = append(codes, string(c))
		if s := c.Sentence(); !regexp.MustCompile(`^[A-Z][^|]+\.$`).MatchString(s) {
			t.Errorf("%s means %q", c, s)
		}
		if !regexp.MustCompile(`^[a-z]+(\.[a-z0-9]+){1,2}$`).MatchString(string(c)) {
			t.Errorf("%s is not a code", c)
		}
	}
	want := constants(t, "code.go", "Code")
	slices.Sort(codes)
	slices.Sort(want)
	if !slices.Equal(codes, want) || len(slices.Compact(codes)) != len(want) || len(want) < 80 {
		t.Errorf("catalogue has %v, code.go %v", codes, want)
	}
	if s := appraise.Code("tdx").Sentence(); s != "" {
		t.Errorf("an unknown code means %q", s)
	}
}

// SPEC.md lists the same codes with the same sentences in the same order.
func TestSpecListsTheCodes(t *testing.T) {
	spec, err := os.ReadFile("SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, c := range appraise.Codes() {
		fmt.Fprintf(&want, "| `%s` | %s |\n", c, c.Sentence())
	}
	if !strings.Contains(string(spec), "| Code | Meaning |\n|---|---|\n"+want.String()+"\n") {
		t.Errorf("SPEC.md §6 is not:\n%s", want.String())
	}
}

// Every exception stands in SPEC.md with the checks that it lifts, and no other.
func TestSpecListsTheExceptions(t *testing.T) {
	spec, err := os.ReadFile("SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	known := constants(t, "exception.go", "Exception")
	quoted := func(c appraise.Code) string {
		if c == "" {
			return ""
		}
		return "`" + string(c) + "`"
	}
	for _, words := range known {
		e := appraise.Exception(words)
		row := fmt.Sprintf("| %s | %s | %s |\n", words, quoted(e.Code(attest.TDX)), quoted(e.Code(attest.SNP)))
		if !strings.Contains(string(spec), row) || e.Code(attest.TDX)+e.Code(attest.SNP) == "" {
			t.Errorf("SPEC.md §4 lacks %s", row)
		}
	}
	all := append(appraise.Exceptions(attest.TDX), appraise.Exceptions(attest.SNP)...)
	slices.Sort(all)
	if got := len(slices.Compact(all)); got != len(known) {
		t.Errorf("%d exceptions are in use, %d exist", got, len(known))
	}
	if rows := regexp.MustCompile("(?m)^\\| [a-z][^`|]+ \\| (`[a-z.]+`)? \\| (`[a-z.]+`)? \\|$").FindAll(spec, -1); len(rows) != len(known) {
		t.Errorf("SPEC.md §4 has %d rows, there are %d exceptions", len(rows), len(known))
	}
	if len(appraise.Exceptions(0)) != 0 || appraise.AcceptDebug.Code(0) != "" || appraise.Exception("").Code(attest.TDX) != "" {
		t.Error("there are exceptions for no TEE, or without words")
	}
}

// SPEC.md names every key of a policy file.
func TestSpecNamesEveryKey(t *testing.T) {
	spec, err := os.ReadFile("SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	keys := regexp.MustCompile(`json:"(\w+)"`)
	for _, file := range []string{"rules.go", "parse.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range keys.FindAllSubmatch(source, -1) {
			if !strings.Contains(string(spec), "`"+string(key[1])+"`") {
				t.Errorf("SPEC.md does not name %s", key[1])
			}
		}
	}
}

// Every code is given by some test of this package.
func TestEveryCodeIsTested(t *testing.T) {
	var all strings.Builder
	for _, name := range []string{"tdx_test.go", "snp_test.go", "expectation_test.go", "eventlog_test.go", "age_test.go", "flags_test.go"} {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(source)
	}
	names := regexp.MustCompile(`(?m)^\t(\w+)\s+Code = `)
	source, err := os.ReadFile("code.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names.FindAllSubmatch(source, -1) {
		if !strings.Contains(all.String(), "appraise."+string(name[1])) {
			t.Errorf("no test gives %s", name[1])
		}
	}
}
