// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"math/big"
	"text/tabwriter"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
)

// claimsShown are claims for --json and for people: what the vendor of the hardware vouches for.
type claimsShown struct {
	TEE         attest.TEE         `json:"tee"`
	Measurement attest.Measurement `json:"measurement"` // the shape is not vouched for
	ReportData  hexutil.Bytes      `json:"reportData"`
	TDX         *tdxShown          `json:"tdx,omitempty"`
	SNP         *snpShown          `json:"snp,omitempty"`
	Collateral  []editionShown     `json:"collateral"` // how new the documents are that vouch
}

type tdxShown struct {
	QuoteVersion     uint16        `json:"quoteVersion"`
	PPID             hexutil.Bytes `json:"ppid"`
	FMSPC            hexutil.Bytes `json:"fmspc"`
	TDAttributes     hexutil.Bytes `json:"tdAttributes"`
	XFAM             hexutil.Bytes `json:"xfam"`
	MRSEAM           hexutil.Bytes `json:"mrSeam"`
	RTMR3            hexutil.Bytes `json:"rtmr3"`
	Platform         verdictShown  `json:"platformTcb"`
	Module           verdictShown  `json:"moduleTcb"`
	QE               verdictShown  `json:"qeTcb"`
	EvaluationNumber uint32        `json:"tcbEvaluation"`
}

type verdictShown struct {
	Status     string    `json:"status"`
	Date       time.Time `json:"date"`
	Advisories []string  `json:"advisories"`
}

type snpShown struct {
	ReportVersion uint32        `json:"reportVersion"`
	Product       string        `json:"product"`
	Signer        string        `json:"signer"`
	HWID          hexutil.Bytes `json:"hwId,omitempty"`
	CSPID         string        `json:"cspId,omitempty"`
	Policy        string        `json:"policy"`
	PlatformInfo  string        `json:"platformInfo"`
	VMPL          uint32        `json:"vmpl"`
	HostData      hexutil.Bytes `json:"hostData"`
	ReportedTCB   string        `json:"reportedTcb"`
}

type editionShown struct {
	Document string    `json:"document"`
	Number   string    `json:"number"`
	Issued   time.Time `json:"issued"`
}

// claimed shows claims, or returns nil where there are none.
func claimed(c claims.Claims) *claimsShown {
	if !c.Verified() {
		return nil
	}
	data := c.ReportData()
	s := &claimsShown{TEE: c.Evidence().TEE, Measurement: c.Measurement(), ReportData: data[:], Collateral: []editionShown{}}
	if t, ok := c.TDX(); ok {
		r := t.Report
		s.TDX = &tdxShown{
			QuoteVersion: t.Version, PPID: t.Platform.PPID[:], FMSPC: t.Platform.FMSPC[:], TDAttributes: r.TDAttributes[:], XFAM: r.XFAM[:],
			MRSEAM: r.MRSEAM[:], RTMR3: r.RTMR[3][:], Platform: verdictOf(t.TCB.Platform), Module: verdictOf(t.TCB.Module), QE: verdictOf(t.TCB.QE),
			EvaluationNumber: t.TCB.EvaluationNumber,
		}
	}
	if g, ok := c.SNP(); ok {
		r := g.Report
		s.SNP = &snpShown{
			ReportVersion: r.Version, Product: string(g.Chip.Product), Signer: g.Chip.Signer.String(), HWID: g.Chip.HWID, CSPID: g.Chip.CSPID,
			Policy: fmt.Sprintf("%#x", uint64(r.Policy)), PlatformInfo: fmt.Sprintf("%#x", uint64(r.PlatformInfo)), VMPL: r.VMPL,
			HostData: r.HostData[:], ReportedTCB: fmt.Sprintf("%#016x", uint64(r.ReportedTCB)),
		}
	}
	for _, e := range c.Editions() {
		s.Collateral = append(s.Collateral, editionShown{e.Series.Document.String(), new(big.Int).SetBytes(e.Number[:]).String(), e.Issued.UTC()})
	}
	return s
}

func verdictOf(v collateral.Verdict) verdictShown {
	return verdictShown{v.Status.String(), v.Date, append([]string{}, v.AdvisoryIDs...)}
}

// print is for people.
func (s *claimsShown) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(name string, value any) { fmt.Fprintf(w, "%s\t%s\n", name, oneLine(fmt.Sprint(value))) }
	line("tee", s.TEE)
	if t := s.TDX; t != nil {
		line("platform", fmt.Sprintf("PPID %s, FMSPC %s", t.PPID, t.FMSPC))
		line("platform TCB", t.Platform)
		line("module TCB", t.Module)
		line("QE TCB", t.QE)
		line("TCB evaluation", t.EvaluationNumber)
		m := s.Measurement.Registers
		line("mrtd", m.MRTD)
		line("rtmr0", m.RTMR0)
		line("rtmr1", m.RTMR1)
		line("rtmr2", m.RTMR2)
	}
	if g := s.SNP; g != nil {
		line("chip", fmt.Sprintf("%s, signed by a %s, id %s%s", g.Product, g.Signer, g.HWID, g.CSPID))
		line("reported TCB", g.ReportedTCB)
		line("guest policy", fmt.Sprintf("%s, VMPL %d", g.Policy, g.VMPL))
		line("launch digest", s.Measurement.LaunchDigest)
	}
	line("report data", s.ReportData)
	for _, e := range s.Collateral {
		line(e.Document, fmt.Sprintf("number %s of %s", e.Number, e.Issued.Format(time.RFC3339)))
	}
	w.Flush()
}

// String is a verdict in words.
func (v verdictShown) String() string {
	words := v.Status
	if !v.Date.IsZero() {
		words += " (" + v.Date.UTC().Format(time.DateOnly) + ")"
	}
	for _, id := range v.Advisories {
		words += " " + id
	}
	return words
}
