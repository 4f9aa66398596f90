// SPDX-License-Identifier: Apache-2.0

// Package corpus reads the evidence in testdata: some that is genuine, and many
// that have exactly one flaw each, with the code by which a verifier must refuse
// them. README.md says how other projects can use it.
package corpus

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/escrin/escrin/attest"
)

// maxFile bounds a file of the corpus, in bytes.
const maxFile = 512 << 10

// Acceptable is what is expected of evidence without a flaw.
const Acceptable = "acceptable"

// Extension is that of the names of files with cases.
const Extension = ".evidence"

// Case is one evidence and what is expected of it. Files are named by their path
// in the corpus.
type Case struct {
	Name   string // in kebab case
	Says   string // what is wrong, in a sentence
	Threat string // id of the threat, such as "AT-09"
	// Expect is [Acceptable] or the code of the refusal: one of package verify, or
	// all of package appraise that apply, separated by spaces.
	Expect     string
	TEE        attest.TEE
	Time       time.Time // at which it is judged
	Roots      string    // file of the trusted root certificates, PEM
	Policy     string    // file of the policy
	Reference  string    // file of the measurements that are accepted, JSON
	ReportData [64]byte  // that is expected
	Collateral string    // file of the collateral bundle, base64
	Signed     []byte    // quote or report
}

// keys are those of the header lines, in their order.
func keys() []string {
	return []string{"name", "says", "threat", "expect", "tee", "time", "roots", "policy", "reference", "report-data", "collateral"}
}

// Format returns the file of c.
func (c Case) Format() []byte {
	values := []string{
		c.Name, c.Says, c.Threat, c.Expect, c.TEE.String(), c.Time.UTC().Format(time.RFC3339), c.Roots, c.Policy, c.Reference,
		hex.EncodeToString(c.ReportData[:]), c.Collateral,
	}
	var out strings.Builder
	for i, key := range keys() {
		fmt.Fprintf(&out, "%s: %s\n", key, values[i])
	}
	out.WriteByte('\n')
	return append([]byte(out.String()), EncodeBase64(c.Signed)...)
}

// Parse reads a file that [Case.Format] wrote.
func Parse(text []byte) (Case, error) {
	head, body, ok := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(lines) != len(keys()) {
		return Case{}, fmt.Errorf("parse case: %d header lines and an empty one are wanted", len(keys()))
	}
	for i, key := range keys() {
		if lines[i], ok = strings.CutPrefix(lines[i], key+": "); !ok {
			return Case{}, fmt.Errorf("parse case: line %d is not %q", i+1, key)
		}
	}
	c := Case{
		Name: lines[0], Says: lines[1], Threat: lines[2], Expect: lines[3],
		Roots: lines[6], Policy: lines[7], Reference: lines[8], Collateral: lines[10],
	}
	data, err := hex.DecodeString(lines[9])
	if err == nil && len(data) != len(c.ReportData) {
		err = fmt.Errorf("report data of %d bytes", len(data))
	}
	copy(c.ReportData[:], data)
	teeErr := c.TEE.UnmarshalText([]byte(lines[4]))
	var timeErr, bodyErr error
	c.Time, timeErr = time.Parse(time.RFC3339, lines[5])
	c.Signed, bodyErr = DecodeBase64([]byte(body))
	if err := errors.Join(err, teeErr, timeErr, bodyErr); err != nil {
		return Case{}, fmt.Errorf("parse case: %w", err)
	}
	return c, nil
}

// width is how many characters of base64 a line has.
const width = 76

// EncodeBase64 returns data in lines of 76 characters.
func EncodeBase64(data []byte) []byte {
	var out []byte
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(data)), width) {
		out = append(append(out, line...), '\n')
	}
	return out
}

// DecodeBase64 is the inverse of [EncodeBase64].
func DecodeBase64(text []byte) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
}

// Read returns all cases in a corpus, in the order of their files' names.
func Read(files fs.FS) (cases []Case, err error) {
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != Extension {
			return err
		}
		text, err := readFile(files, name)
		if err != nil {
			return err
		}
		c, err := Parse(text)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if path.Base(name) != c.Name+Extension {
			return fmt.Errorf("%s: holds the case %q", name, c.Name)
		}
		cases = append(cases, c)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read corpus: %w", err)
	}
	return cases, nil
}

// readFile reads a file of the corpus, of at most maxFile bytes.
func readFile(files fs.FS, name string) ([]byte, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s: more than %d bytes", name, maxFile)
	}
	return text, err
}
