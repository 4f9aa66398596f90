// SPDX-License-Identifier: Apache-2.0

// Command testreport reads the events of `go test -json` and prints what `go
// test` would, and at the end every test that was skipped, with its reason: a
// test that did not run must not look like one that passed. Its exit status is 1
// if anything failed.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	ok, err := report(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// event is one line of `go test -json`, as `go doc test2json` describes it.
type event struct {
	Action     string
	Package    string
	ImportPath string // of the events of a build
	Test       string
	Output     string
}

// name identifies the test or package of an event.
type name struct{ pkg, test string }

// reporter follows the events of one run.
type reporter struct {
	out     io.Writer
	output  map[name][]string // of what has not ended
	skipped []string
	failed  bool
	ended   int // packages
}

// report copies a run to out and says whether all of it passed. A run without a
// single package, or with a line that is no event, is an error.
func report(in io.Reader, out io.Writer) (ok bool, err error) {
	r := &reporter{out: out, output: map[name][]string{}}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				return false, fmt.Errorf("not an event of go test -json: %.200q", line)
			}
			r.take(e)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false, fmt.Errorf("read events: %w", err)
		}
	}
	if r.ended == 0 {
		return false, errors.New("no package was tested")
	}
	r.summarise()
	return !r.failed, nil
}

func (r *reporter) take(e event) {
	key := name{e.Package, e.Test}
	switch e.Action {
	case "output":
		if e.Test != "" || e.Output != "PASS\n" { // the package's own line says so too
			r.output[key] = append(r.output[key], e.Output)
		}
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "build-fail":
		r.failed = true
	case "pass", "skip", "fail":
		r.end(e.Action, key)
	}
}

// end prints what a package said, or a test that failed, and notes one that was
// skipped.
func (r *reporter) end(action string, key name) {
	lines := r.output[key]
	delete(r.output, key)
	r.failed = r.failed || action == "fail"
	if key.test == "" {
		r.ended++
	}
	if key.test != "" && action == "skip" {
		r.skipped = append(r.skipped, fmt.Sprintf("%s %s: %s", key.pkg, key.test, reason(lines)))
	}
	if key.test == "" || action == "fail" {
		fmt.Fprint(r.out, strings.Join(lines, ""))
	}
}

// reason is what a skipped test said, on one line.
func reason(lines []string) string {
	var said []string
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if l != "" && !strings.HasPrefix(l, "===") && !strings.HasPrefix(l, "--- ") {
			said = append(said, l)
		}
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.Join(said, " ")
}

func (r *reporter) summarise() {
	for _, s := range r.skipped {
		fmt.Fprintln(r.out, "SKIPPED", s)
	}
	fmt.Fprintf(r.out, "%d packages, %d tests skipped\n", r.ended, len(r.skipped))
}
