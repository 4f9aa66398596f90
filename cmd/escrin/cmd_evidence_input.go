// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/describe"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/blob"
	"github.com/escrin/escrin/jobs/network"
)

// maxEvidenceInput is how much text an envelope in hexadecimal, with line breaks, may be, in bytes.
const maxEvidenceInput = 4 * attest.MaxEvidenceSize

// The forms of what was presented.
const (
	formEnvelope = "envelope"
	formSigned   = "signed" // a bare quote or report
	formBundle   = "collateral"
	formUnknown  = "unknown" // nothing else is said of it
)

// presented is evidence as somebody presents it: nothing about it is known.
type presented struct {
	form     string
	encoding string          // "bytes", "hex" or "base64"
	evidence attest.Evidence // of a bare quote or report: TEE, Signed and Collateral alone; of a bundle: TEE and Collateral
}

// errUnrecognised says that what was presented begins like nothing that is known.
var errUnrecognised = errors.New("neither an evidence envelope, nor a TDX quote, nor an SNP report, nor a bundle of collateral")

// present reads the evidence that a command is about.
func (f *evidenceFlags) present(cmd *cobra.Command, args []string) (presented, error) {
	tee, err := f.kind(cmd)
	if err != nil {
		return presented{}, err
	}
	raw, err := f.read(cmd, args)
	if err != nil {
		return presented{}, err
	}
	p, err := recognise(raw, tee)
	if err != nil || f.collateral == "" {
		return p, err
	}
	beside, err := f.beside()
	switch {
	case err != nil:
		return presented{}, err
	case p.form == formBundle:
		return presented{}, errors.New("there is no evidence: two bundles of collateral")
	case beside.TEE != p.evidence.TEE:
		return presented{}, fmt.Errorf("the evidence is of %v, the collateral is for %v", p.evidence.TEE, beside.TEE)
	}
	p.evidence.Collateral = beside.Collateral
	return p, nil
}

func (f *evidenceFlags) read(cmd *cobra.Command, args []string) ([]byte, error) {
	if err := f.oneSource(cmd, args); err != nil {
		return nil, err
	}
	if f.task != "" {
		return f.ofTask(cmd)
	}
	if args[0] == "-" {
		return readAtMost(stdin(cmd), maxEvidenceInput)
	}
	raw, err := readBounded(args[0], maxEvidenceInput)
	if err != nil {
		return nil, fmt.Errorf("read evidence: %w", err)
	}
	return raw, nil
}

// ofTask fetches the evidence of a task from the job service: that of the permit under which it was claimed, whoever runs it, or else the
// newest that the service's own guests have shown.
func (f *evidenceFlags) ofTask(cmd *cobra.Command) ([]byte, error) {
	id, err := parseHash32(cmd, "task", f.task)
	if err != nil {
		return nil, err
	}
	n, c, err := loadAndConnect(cmd)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	digest, err := claimedEvidence(cmd.Context(), c, id)
	if err == nil && digest == (common.Hash{}) {
		digest, err = toldEvidence(cmd.Context(), n, id)
	}
	if err != nil {
		return nil, unreachable(err)
	}
	raw, err := blob.NewClient(n.Jobs).Evidence(cmd.Context(), digest, attest.MaxEvidenceSize)
	return raw, unreachable(err)
}

// claimedEvidence is the digest of the evidence for which the guest that has the task, or had it to its result, got its permit; zero if
// nobody has.
func claimedEvidence(ctx context.Context, c *chain.Chain, id common.Hash) (common.Hash, error) {
	t, err := c.Task(ctx, id)
	if errors.Is(err, chain.ErrNoTask) || err == nil && t.State != chain.StateClaimed && t.State != chain.StateAccepted {
		return common.Hash{}, nil
	}
	if err != nil {
		return common.Hash{}, err
	}
	permits, err := c.Certificates(ctx, t.Terms.Identity, t.Requester)
	if err != nil || len(permits) == 0 {
		return common.Hash{}, err
	}
	return permits[len(permits)-1].EvidenceDigest, nil
}

// toldEvidence is the digest of the newest that the job service tells of.
func toldEvidence(ctx context.Context, n network.Network, id common.Hash) (common.Hash, error) {
	task, err := api.NewClient(n.Jobs).Task(ctx, id)
	if err != nil {
		return common.Hash{}, err
	}
	for _, attempt := range slices.Backward(task.Attempts) {
		if attempt.Evidence != (common.Hash{}) {
			return attempt.Evidence, nil
		}
	}
	return common.Hash{}, withHint(fmt.Errorf("no guest has shown evidence for task %s yet", id), "follow it: `escrin job status --watch %s`", id.Hex())
}

func readBounded(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAtMost(f, limit)
}

func readAtMost(r io.Reader, limit int64) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(raw)) > limit {
		return nil, fmt.Errorf("more than %d bytes", limit)
	}
	return raw, err
}

// recognise takes evidence or collateral out of its encoding. There must be exactly one reading of it. A bare quote or
// report is of the TEE that the user says, or else of the one that it begins like.
func recognise(raw []byte, tee attest.TEE) (presented, error) {
	var found []presented
	var problem error
	all := readings(raw)
	for _, reading := range all {
		p, err := parsePresented(reading.bytes)
		switch {
		case err != nil:
			problem = err
		case p.form != "":
			p.encoding = reading.encoding
			found = append(found, p)
		}
	}
	switch {
	case len(found) == 1:
		return found[0].of(tee)
	case len(found) > 1:
		return presented{}, errors.New("the evidence has two readings: give it as bytes")
	case problem != nil:
		return presented{}, problem
	case tee.Valid(): // the user knows better
		likeliest := all[min(1, len(all)-1)]
		return presented{formSigned, likeliest.encoding, attest.Evidence{TEE: tee, Signed: likeliest.bytes}}, nil
	}
	return presented{}, withHint(errUnrecognised, "it may be given as bytes, in hexadecimal or in base64; --tee says what a quote or report is of")
}

// of takes the user's word for the TEE of a bare quote or report; what says itself of which it is must agree.
func (p presented) of(tee attest.TEE) (presented, error) {
	switch {
	case !tee.Valid() || tee == p.evidence.TEE:
	case p.form == formSigned:
		p.evidence.TEE = tee
	default:
		return presented{}, fmt.Errorf("the %s is of %v, not of %v", p.form, p.evidence.TEE, tee)
	}
	return p, nil
}

// reading is one way to read a file.
type reading struct {
	encoding string
	bytes    []byte
}

// readings are the ways to read raw: as bytes and, if it is text, in hexadecimal and in base64. White space is not
// counted, and hexadecimal may have 0x in front; anything else that is not of the encoding is an error of it.
func readings(raw []byte) []reading {
	all := []reading{{"bytes", raw}}
	text := bytes.Join(bytes.Fields(raw), nil)
	if b, err := hex.DecodeString(string(bytes.TrimPrefix(text, []byte("0x")))); err == nil {
		all = append(all, reading{"hex", b})
	}
	if b, err := decodeBase64(string(text)); err == nil {
		all = append(all, reading{"base64", b})
	}
	return all
}

// decodeBase64 reads base64 in either alphabet, padded or not. No text has two readings.
func decodeBase64(text string) (raw []byte, err error) {
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if raw, err = e.Strict().DecodeString(text); err == nil {
			return raw, nil
		}
	}
	return nil, err
}

// parsePresented reads bytes; no form means that they begin like nothing that is known.
func parsePresented(raw []byte) (presented, error) {
	switch {
	case bytes.HasPrefix(raw, []byte("escrin.evidence")):
		e, err := attest.ParseEvidence(raw)
		return presented{form: formEnvelope, evidence: e}, err
	case bytes.HasPrefix(raw, []byte("escrin.collateral.snp")):
		return presented{form: formBundle, evidence: attest.Evidence{TEE: attest.SNP, Collateral: raw}}, nil
	case bytes.HasPrefix(raw, []byte("escrin.collateral")):
		return presented{form: formBundle, evidence: attest.Evidence{TEE: attest.TDX, Collateral: raw}}, nil
	}
	if tee := describe.Recognise(raw); tee.Valid() {
		return presented{form: formSigned, evidence: attest.Evidence{TEE: tee, Signed: raw}}, nil
	}
	return presented{}, nil
}

// knownNetwork returns the network file if there is one. One that is named and is not there, or is broken, is an error.
func knownNetwork(cmd *cobra.Command) (network.Network, bool, error) {
	named := cmd.Flags().Changed("network") || os.Getenv("ESCRIN_NETWORK") != ""
	n, err := loadNetwork(cmd)
	if errors.Is(err, network.ErrNotFound) && !named {
		return network.Network{}, false, nil
	}
	return n, err == nil, err
}
