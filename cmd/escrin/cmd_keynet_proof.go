// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/jobs/keynet"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/client"
)

// keynetProof are the flags of `keynet proof`.
type keynetProof struct {
	boardFlags
	at string
}

func newKeynetProofCommand() *cobra.Command {
	var f keynetProof
	cmd := &cobra.Command{
		Use:   "proof FILE",
		Short: "Check the proof that a keyholder lied",
		Long: `Check the proof that a keyholder lied: a wrong share that it signed.

Who held which share in the proof's epoch is computed anew from what was posted on the chain, as "escrin keynet audit" does. The exit
status is 0 if the keyholder lied. FILE is - for standard input; "escrin job status TASK --json" shows proofs that guests made.`,
		Args: exactly("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	f.add(cmd)
	cmd.Flags().StringVar(&f.at, "at", "latest", "read the board as of the `BLOCK` that is latest, safe or finalized")
	return cmd
}

// liar is who a proof is against, for --json.
type liar struct {
	Epoch   uint64         `json:"epoch"`
	Index   uint32         `json:"index"`
	Account common.Address `json:"account"`
	Signer  common.Address `json:"signer"`
	About   string         `json:"about"` // path of the request
}

func (f keynetProof) run(cmd *cobra.Command, path string) error {
	proof, err := readProof(cmd, path)
	if err != nil {
		return err
	}
	o, err := f.open(cmd)
	if err != nil {
		return err
	}
	defer o.chain.Close()
	v, err := o.view(cmd, f.at, keynet.All)
	if err != nil {
		return err
	}
	s := proof.Statement
	n, err := v.Network(keynet.Audit(v, keyholder.Network{}), s.Epoch)
	if err == nil {
		err = client.CheckProof(n, proof)
	}
	if err != nil {
		return fmt.Errorf("check %s: %w", path, err)
	}
	e, _ := v.Epoch(s.Epoch)
	m := e.Members[s.Index-1]
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), liar{s.Epoch, s.Index, m.Account, m.Signer, s.Path})
	}
	fmt.Fprintf(cmd.OutOrStdout(), "Member %d of epoch %d (%s) lied: it answered %s with a share that is not its own.\n", s.Index, s.Epoch, m.Account, s.Path)
	return nil
}

// maxProofFile bounds a file with a proof, in bytes.
const maxProofFile = 64 << 10

func readProof(cmd *cobra.Command, path string) (keyholder.Proof, error) {
	in := stdin(cmd)
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return keyholder.Proof{}, fmt.Errorf("read proof: %w", err)
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxProofFile))
	if err != nil {
		return keyholder.Proof{}, fmt.Errorf("read proof: %w", err)
	}
	var proof keyholder.Proof
	if err := json.Unmarshal(text, &proof); err != nil {
		return keyholder.Proof{}, fmt.Errorf("read proof %s: %w", path, err)
	}
	return proof, nil
}
