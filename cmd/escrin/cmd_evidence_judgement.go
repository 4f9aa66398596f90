// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/verify"
)

// judgement is what `evidence verify` found. The zero judgement says that nothing was verified.
type judgement struct {
	Authentic   bool         `json:"authentic"`
	Acceptable  bool         `json:"acceptable"`
	Conclusive  bool         `json:"conclusive"`            // false: it may well be authentic
	Code        string       `json:"code"`                  // why it is not authentic, or the first reason why it is not acceptable; else empty
	Reasons     []reason     `json:"reasons"`               // all of them
	NotCompared []string     `json:"notCompared,omitempty"` // fields of the statement that nothing is known about
	Fresh       bool         `json:"freshnessChecked"`      // the report data or the block of the statement was compared with what was demanded
	Time        time.Time    `json:"time"`                  // as of which it was verified
	Roots       string       `json:"roots,omitempty"`       // the root certificates that were trusted
	Policy      string       `json:"policy,omitempty"`      // the policy file
	Claims      *claimsShown `json:"claims,omitempty"`      // what is authentic
}

// reason is one way in which evidence was found wanting.
type reason struct {
	Code    string `json:"code"`
	Detail  string `json:"detail"`
	Meaning string `json:"meaning"`
}

// refusal is the judgement that follows from an error of verification.
func refusal(err error, at time.Time) judgement {
	j := judgement{Time: at.UTC(), Conclusive: true}
	code, detail := verify.Code("unknown"), err
	if refused, ok := errors.AsType[*verify.Error](err); ok {
		code, detail = refused.Code, refused.Err
		j.Conclusive = !code.Inconclusive()
	}
	j.Code = string(code)
	j.Reasons = []reason{{string(code), detail.Error(), code.Meaning()}}
	return j
}

// worded says what the reasons of an appraisal mean.
func worded(reasons []appraise.Reason) []reason {
	list := make([]reason, 0, len(reasons))
	for _, r := range reasons {
		list = append(list, reason{string(r.Code), r.Detail, r.Code.Sentence()})
	}
	return list
}

// status is the exit status. Only one judgement of all has 0.
func (j judgement) status() int {
	switch {
	case j.Authentic && j.Acceptable && len(j.Reasons) == 0 && j.Claims != nil:
		return exitOK
	case j.Authentic:
		return exitNotAcceptable
	case j.Conclusive:
		return exitNotAuthentic
	case j.Code != "":
		return exitCannotTell
	}
	return exitError
}

// verdict is the judgement in a few words.
func (j judgement) verdict() string {
	switch j.status() {
	case exitOK:
		return "authentic and acceptable"
	case exitNotAcceptable:
		return "authentic, and NOT acceptable"
	case exitNotAuthentic:
		return "NOT authentic"
	case exitCannotTell:
		return "cannot tell whether it is authentic"
	}
	return "nothing was verified"
}

// tell prints the judgement and returns the exit status as an error. What could not be printed was not told.
func (j judgement) tell(cmd *cobra.Command, t trusted) error {
	if wantJSON(cmd) {
		if err := printPlainJSON(cmd.OutOrStdout(), j); err != nil {
			return err
		}
	} else if _, err := io.WriteString(cmd.OutOrStdout(), j.text()); err != nil {
		return err
	} else {
		j.printNotes(cmd.ErrOrStderr(), t)
	}
	if status := j.status(); status != exitOK {
		return exitStatus(status)
	}
	return nil
}

// text is the judgement for people.
func (j judgement) text() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s, as of %s\n", j.verdict(), j.Time.Format(time.RFC3339))
	for _, r := range j.Reasons {
		fmt.Fprintf(&out, "  %s: %s\n", oneLine(r.Code), oneLine(r.Detail))
		if r.Meaning != "" {
			fmt.Fprintf(&out, "      %s\n", oneLine(r.Meaning))
		}
	}
	if j.Claims != nil {
		fmt.Fprintln(&out)
		j.Claims.print(&out)
	}
	if j.Roots != "" {
		fmt.Fprintf(&out, "\ntrusted: %s\n", oneLine(j.Roots))
	}
	if j.Authentic && j.Policy != "" {
		fmt.Fprintf(&out, "by the policy %s\n", oneLine(j.Policy))
	}
	if j.Authentic && len(j.NotCompared) > 0 {
		fmt.Fprintf(&out, "not compared with anything: %s\n", strings.Join(j.NotCompared, ", "))
	}
	if j.Authentic && !j.Fresh {
		fmt.Fprintln(&out, "freshness was NOT checked: it may be of any time, for neither report data nor the block's hash was demanded")
	}
	return out.String()
}

// printNotes says what is not about the evidence.
func (j judgement) printNotes(errs io.Writer, t trusted) {
	if t.simulated {
		fmt.Fprintln(errs, "note: the TEE of this network is simulated: whoever has the key of its root certificate can make any evidence")
	}
	if hint := j.hint(); hint != "" {
		fmt.Fprintf(errs, "hint: %s\n", hint)
	}
}

// hint says what to do about what was not given.
func (j judgement) hint() string {
	has := func(code string) bool {
		return slices.ContainsFunc(j.Reasons, func(r reason) bool { return r.Code == code })
	}
	switch {
	case j.Code == codeEnvelope:
		return "verify the envelope that the quote or report came in, or name registers and --report-data alone"
	case has(string(verify.CodeTEE)):
		return "it may be given as bytes, in hexadecimal or in base64; --tee says what a quote or report is of"
	case has(string(verify.CodeNoRoot)):
		return "name the vendor's root certificate with --roots; none is built in"
	case strings.HasSuffix(j.Code, ".collateral.absent"):
		return "get the vendor's endorsements with `escrin collateral fetch`, and give them with --collateral"
	case has(string(appraise.PolicyEmpty)):
		return "say what is acceptable with --policy"
	case has(string(appraise.ExpectationEmpty)), has(string(appraise.ExpectationIncomplete)):
		return "say which guest it must be with --measurement or --enclave, and what it must have said with --report-data"
	case strings.HasSuffix(j.Code, ".expired"), strings.HasSuffix(j.Code, ".future"):
		return "verify as of the time when the evidence was made with --time, or fetch newer endorsements"
	}
	return ""
}
