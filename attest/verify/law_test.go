// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/escrin/escrin/"

// listed is what the go command says of a package.
type listed struct {
	ImportPath, Dir string
	Standard        bool
	GoFiles         []string
}

// dependencies returns everything that package verify is linked with.
func dependencies(t *testing.T) (all []listed) {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,Standard,GoFiles", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// tolerated are the hash function of the EVM, what it needs, and the DER reader
// that the standard library carries a copy of.
func tolerated() []string {
	return []string{"golang.org/x/crypto/sha3", "golang.org/x/sys/cpu", "golang.org/x/crypto/cryptobyte"}
}

// AT-15: what decides about authenticity is the standard library and this
// project's own code. It can neither look at a clock, a network or a file, nor
// write a log and go on.
func TestAT15NothingButTheStandardLibrary(t *testing.T) {
	forbidden := []string{"log", "log/slog", "net", "net/http", "os", "os/exec", "syscall", "unsafe", "context"}
	own := 0
	for _, p := range dependencies(t) {
		switch {
		case p.Standard:
			continue
		case !strings.HasPrefix(p.ImportPath, module):
			if !slices.ContainsFunc(tolerated(), func(prefix string) bool { return strings.HasPrefix(p.ImportPath, prefix) }) {
				t.Errorf("verify is linked with %s", p.ImportPath)
			}
			continue
		}
		own++
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range file.Imports {
				if path, _ := strconv.Unquote(spec.Path.Value); slices.Contains(forbidden, path) {
					t.Errorf("%s/%s imports %s", p.ImportPath, name, path)
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && forbiddenCall(s) {
					t.Errorf("%s/%s uses %s", p.ImportPath, name, s.Sel.Name)
				}
				return true
			})
		}
	}
	if own < 8 {
		t.Errorf("only %d packages were looked at", own)
	}
}

// forbiddenCall tells the functions that ask the clock or print from the rest of
// their packages.
func forbiddenCall(s *ast.SelectorExpr) bool {
	pkg, ok := s.X.(*ast.Ident)
	if !ok {
		return false
	}
	switch pkg.Name {
	case "time":
		return slices.Contains([]string{"Now", "Since", "Until", "After", "Tick", "Sleep", "NewTimer", "AfterFunc"}, s.Sel.Name)
	case "fmt":
		return strings.HasPrefix(s.Sel.Name, "Print") || strings.HasPrefix(s.Sel.Name, "Fprint")
	}
	return false
}
