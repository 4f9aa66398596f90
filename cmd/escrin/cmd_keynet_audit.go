// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/keynet"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/plural"
)

// keynetAudit are the flags of `keynet audit`.
type keynetAudit struct {
	boardFlags
	at     string
	strict bool
}

func newKeynetAuditCommand() *cobra.Command {
	var f keynetAudit
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Re-check every epoch from what was posted on the chain, and name who deviated",
		Long: `Re-check every epoch from what was posted on the chain, and name who deviated.

From the messages of each epoch it computes anew who dealt rightly, the group key and the public shares, and holds that against the
certificate, the board, the permitter and the network file. It asks no keyholder, and needs no key.

The exit status is 0 if everything that is certified follows from the messages. Members that deviated are named; the protocol bears
them, so they alone are no failure but with --strict.`,
		Example: `  escrin keynet audit
  escrin keynet audit --rpc https://rpc.example --board 0x5FbD… --at finalized --strict --json`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.add(cmd)
	cmd.Flags().StringVar(&f.at, "at", "latest", "audit the board as of the `BLOCK` that is latest, safe or finalized")
	cmd.Flags().BoolVar(&f.strict, "strict", false, "fail also if a member deviated")
	return cmd
}

// keynetAuditReport is an audit for --json.
type keynetAuditReport struct {
	ChainID   uint64         `json:"chainId"`
	Board     common.Address `json:"board"`
	Block     uint64         `json:"block"` // that this is as of
	BlockHash common.Hash    `json:"blockHash"`
	GroupKey  string         `json:"groupKey"` // compressed, in hex; empty if there is none
	Sound     bool           `json:"sound"`
	Faultless bool           `json:"faultless"`
	Problems  []string       `json:"problems"` // of the board as a whole
	Epochs    []auditedEpoch `json:"epochs"`
}

type auditedEpoch struct {
	Epoch       uint64         `json:"epoch"`
	Previous    uint64         `json:"previous"` // whose members dealt; 0 if a key was made
	Phase       chain.Phase    `json:"phase"`
	Threshold   int            `json:"threshold"`
	Members     int            `json:"members"`
	GroupKey    string         `json:"groupKey"`    // that follows, compressed, in hex; empty if none does
	Commitments string         `json:"commitments"` // digest of the public shares, in hex; likewise
	Why         string         `json:"why,omitempty"`
	Qualified   []uint32       `json:"qualified"`   // dealers
	Silent      []uint32       `json:"silent"`      // dealers
	Unconfirmed []uint32       `json:"unconfirmed"` // members
	Signed      bool           `json:"signed"`      // whether the group key's signature was seen, and is valid
	Faults      []auditedFault `json:"faults"`
	Problems    []string       `json:"problems"`
}

type auditedFault struct {
	Phase   chain.Phase    `json:"phase"`
	Epoch   uint64         `json:"epoch"` // in which it is a member
	Index   uint32         `json:"index"`
	Account common.Address `json:"account"`
	Reason  dkg.Reason     `json:"reason"`
	Means   string         `json:"means"`
}

func (f keynetAudit) run(cmd *cobra.Command) error {
	o, err := f.open(cmd)
	if err != nil {
		return err
	}
	defer o.chain.Close()
	p := newProgress(cmd)
	p.step("read the board")
	v, err := o.view(cmd, f.at, keynet.All)
	p.done()
	if err != nil {
		return err
	}
	report := keynet.Audit(v, o.network.KeyNetwork)
	d := describeAudit(v, report)
	if wantJSON(cmd) {
		err = printJSON(cmd.OutOrStdout(), d)
	} else {
		d.print(cmd.OutOrStdout())
	}
	switch {
	case err != nil:
		return err
	case !d.Sound:
		return withHint(errors.New("what is certified does not follow from what was posted"),
			"do not use this key before its members have explained this; ask another node first, with --rpc: this one may lie")
	case f.strict && !d.Faultless:
		return withHint(errors.New("members deviated"), "without --strict this is no failure: the protocol bears it")
	}
	return nil
}

func describeAudit(v keynet.View, r keynet.Report) keynetAuditReport {
	d := keynetAuditReport{ChainID: v.ChainID, Board: v.Board, Block: v.Block.Number, BlockHash: v.Block.Hash,
		GroupKey: hex.EncodeToString(compressed(v.GroupKey)), Sound: r.Sound(), Faultless: r.Faultless(),
		Problems: append([]string{}, r.Problems...), Epochs: []auditedEpoch{}}
	for _, e := range r.Epochs {
		d.Epochs = append(d.Epochs, describeAudited(e))
	}
	return d
}

func describeAudited(e keynet.EpochReport) auditedEpoch {
	d := auditedEpoch{Epoch: e.Number, Previous: e.Previous, Phase: e.Phase, Threshold: e.Threshold, Members: e.Size, Why: e.Why,
		Qualified: []uint32{}, Silent: append([]uint32{}, e.Silent...), Unconfirmed: append([]uint32{}, e.Unconfirmed...), Signed: e.Signed,
		Faults: []auditedFault{}, Problems: append([]string{}, e.Problems...)}
	if e.Outcome != nil {
		key, commitments := e.Outcome.GroupKey.Bytes(), e.Outcome.CommitmentsDigest()
		d.GroupKey, d.Commitments = hex.EncodeToString(key[:]), hex.EncodeToString(commitments[:])
		d.Qualified = append(d.Qualified, e.Outcome.Qualified...)
	}
	for _, f := range e.Faults {
		d.Faults = append(d.Faults, auditedFault{f.Phase, f.Epoch, f.Index, f.Account, f.Reason, faultMeaning(f.Reason)})
	}
	return d
}

// faultMeaning is what a member did.
func faultMeaning(reason dkg.Reason) string {
	meaning, known := map[dkg.Reason]string{
		dkg.NotADealer:          "dealt, and is no dealer",
		dkg.DealingSize:         "dealt with another number of commitments or sub-shares than threshold and members want",
		dkg.CommitmentInvalid:   "dealt with a commitment that is no point of the group",
		dkg.PossessionInvalid:   "did not prove to know what it dealt",
		dkg.ShareNotOwn:         "handed on something else than its share",
		dkg.NotAMember:          "complained, and is no member",
		dkg.ComplaintMalformed:  "complained in a form that is none",
		dkg.ComplaintTooBroad:   "complained about so many that its own share would have become public",
		dkg.JustificationAbsent: "did not answer complaints",
		dkg.JustificationWrong:  "answered complaints with what contradicts its dealing, or answered others",
		keynet.ConfirmedOther:   "confirmed another outcome than follows from the messages",
	}[reason]
	if !known {
		return string(reason)
	}
	return meaning
}

func (d keynetAuditReport) print(w io.Writer) {
	fmt.Fprintf(w, "board      %s on chain %d, as of block %d (%s)\n", d.Board, d.ChainID, d.Block, d.BlockHash)
	if d.GroupKey != "" {
		fmt.Fprintf(w, "group key  %s\n", d.GroupKey)
	}
	for _, e := range d.Epochs {
		e.print(w)
	}
	for _, problem := range d.Problems {
		fmt.Fprintf(w, "PROBLEM    %s\n", oneLine(problem))
	}
	switch {
	case !d.Sound:
		fmt.Fprintln(w, "\nNot sound.")
	case d.GroupKey == "":
		fmt.Fprintln(w, "\nNothing is certified yet, and nothing contradicts.")
	case d.Faultless:
		fmt.Fprintln(w, "\nSound: key and shares follow from what was posted, and nobody deviated.")
	default:
		fmt.Fprintln(w, "\nSound: key and shares follow from what was posted. Who deviated is named above.")
	}
}

func (e auditedEpoch) print(w io.Writer) {
	what := "makes the key"
	if e.Previous != 0 {
		what = fmt.Sprintf("hands on the key of epoch %d", e.Previous)
	}
	fmt.Fprintf(w, "\nepoch %d    %s; %s, %s, threshold %d\n", e.Epoch, e.Phase, what, plural.Of(e.Members, "member"), e.Threshold)
	if e.GroupKey != "" {
		fmt.Fprintf(w, "  follows  group key %s…, public shares %s…\n", e.GroupKey[:16], e.Commitments[:16])
		fmt.Fprintf(w, "  dealers  %s qualified\n", indexes(e.Qualified))
	}
	if e.Why != "" {
		fmt.Fprintf(w, "  nothing follows: %s\n", oneLine(e.Why))
	}
	if len(e.Silent) > 0 {
		fmt.Fprintf(w, "  silent   dealer %s did not deal\n", indexes(e.Silent))
	}
	if len(e.Unconfirmed) > 0 {
		fmt.Fprintf(w, "  absent   member %s had not confirmed when this was certified, or failed\n", indexes(e.Unconfirmed))
	}
	if e.Signed {
		fmt.Fprintln(w, "  signed   by the group key")
	}
	for _, f := range e.Faults {
		fmt.Fprintf(w, "  FAULT    member %d of epoch %d (%s) %s\n", f.Index, f.Epoch, f.Account, f.Means)
	}
	for _, problem := range e.Problems {
		fmt.Fprintf(w, "  PROBLEM  %s\n", oneLine(problem))
	}
}

// indexes is a list in words.
func indexes(list []uint32) string {
	if len(list) == 0 {
		return "none"
	}
	words := make([]string, len(list))
	for i, index := range list {
		words[i] = fmt.Sprint(index)
	}
	return strings.Join(words, ", ")
}
