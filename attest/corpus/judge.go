// SPDX-License-Identifier: Apache-2.0

package corpus

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/verify"
)

// Judge says of evidence what [Case.Expect] expects, by packages verify and
// appraise. Files that cases name are read from the corpus, each once.
type Judge struct {
	files     fs.FS
	verifiers map[string]*verify.Verifier
	policies  map[string]appraise.Policy
	reference map[string][]attest.Measurement
	bundles   map[string][]byte
}

// NewJudge returns a judge of the cases of a corpus.
func NewJudge(files fs.FS) *Judge {
	return &Judge{
		files: files, verifiers: map[string]*verify.Verifier{}, policies: map[string]appraise.Policy{},
		reference: map[string][]attest.Measurement{}, bundles: map[string][]byte{},
	}
}

// Evidence returns the evidence of c, without an envelope.
func (j *Judge) Evidence(c Case) (attest.Evidence, error) {
	bundle, err := load(j.files, j.bundles, c.Collateral, DecodeBase64)
	return attest.Evidence{TEE: c.TEE, Signed: c.Signed, Collateral: bundle}, err
}

// Judge returns the codes by which the evidence of c is refused, or
// [Acceptable]. An error means that the corpus itself is damaged.
func (j *Judge) Judge(c Case) (string, error) {
	evidence, evidenceErr := j.Evidence(c)
	verifier, verifierErr := load(j.files, j.verifiers, c.Roots, newVerifier)
	policy, policyErr := load(j.files, j.policies, c.Policy, appraise.ParsePolicy)
	reference, referenceErr := load(j.files, j.reference, c.Reference, parseReference)
	if err := errors.Join(evidenceErr, verifierErr, policyErr, referenceErr); err != nil {
		return "", fmt.Errorf("judge %s: %w", c.Name, err)
	}
	claims, err := verifier.Verify(evidence, c.Time)
	if refusal := (*verify.Error)(nil); errors.As(err, &refusal) {
		return string(refusal.Code), nil
	}
	if err != nil {
		return "", fmt.Errorf("judge %s: refused without a code: %w", c.Name, err)
	}
	var codes []string
	for _, r := range policy.Appraise(claims, appraise.Hardware(c.ReportData, reference).At(c.Time)) {
		codes = append(codes, string(r.Code))
	}
	if len(codes) == 0 {
		return Acceptable, nil
	}
	return strings.Join(codes, " "), nil
}

// load reads and parses a file that was not read before.
func load[V any](files fs.FS, known map[string]V, name string, parse func([]byte) (V, error)) (v V, err error) {
	if v, ok := known[name]; ok {
		return v, nil
	}
	text, err := readFile(files, name)
	if err != nil {
		return v, err
	}
	if v, err = parse(text); err != nil {
		return v, fmt.Errorf("%s: %w", name, err)
	}
	known[name] = v
	return v, nil
}

func newVerifier(pem []byte) (*verify.Verifier, error) {
	roots, err := verify.ParseRoots(pem)
	return verify.NewVerifier(roots), err
}

func parseReference(text []byte) (ms []attest.Measurement, err error) {
	err = json.Unmarshal(text, &ms)
	return ms, err
}
