// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/keyholder"
)

// newS4Command has the verbs of escrin v1's s4 for those whose fingers know them.
func newS4Command() *cobra.Command {
	s4 := group("s4", "The verbs of escrin v1's s4, or what came in their place",
		newS4SignerCommand(),
		replaced("set-policy", "policies are on chain alone, as measurements of whole enclaves, and no server has to be told",
			"escrin identity set-policy IDENTITY --enclave REF"),
		replaced("set-approvers", "nobody approves of permits by a list of signatures: a threshold of the key network signs certificates",
			"the governor chooses its members with `escrin keynet start`"),
		replaced("acquire-identity", "only an attested enclave acquires an identity, by itself and for a claimed task",
			"escrin job submit --identity IDENTITY"),
		replaced("deal", "nobody ever has the key that is shared, so that nobody can deal it",
			"`escrin keynet start` has its holders make it; `escrin secret set` encrypts a secret of yours to an identity"),
		replaced("reconstruct", "shares never leave their holders, and an enclave alone puts a key together",
			"escrin job result TASK has what an enclave made with it"))
	s4.Hidden = true
	return s4
}

// replaced is a verb that always fails, whatever flags it had.
func replaced(verb, why, instead string) *cobra.Command {
	return &cobra.Command{
		Use:                verb,
		Short:              "Replaced: " + instead,
		Args:               cobra.ArbitraryArgs,
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true}, // those that s4 had
		RunE: func(*cobra.Command, []string) error {
			return withHint(fmt.Errorf("s4 %s is no more: %s", verb, why), "%s", instead)
		},
	}
}

// holderSigner is a keyholder and the account that signs what it says.
type holderSigner struct {
	URL    string         `json:"url"`
	Signer common.Address `json:"signer"`
}

func newS4SignerCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "get-ssss-signer URL...",
		Short: "Ask keyholders which account signs what they say",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, urls []string) error {
			var all []holderSigner
			for _, u := range urls {
				signer, err := askSigner(cmd.Context(), u)
				if err != nil {
					return withHint(fmt.Errorf("ask %s: %w", u, err), "`escrin keynet status` has the signers that the chain knows")
				}
				all = append(all, holderSigner{u, signer})
			}
			if wantJSON(cmd) {
				return printJSON(cmd.OutOrStdout(), all)
			}
			for _, h := range all {
				fmt.Fprintf(cmd.OutOrStdout(), "%s  %s\n", strings.ToLower(h.Signer.Hex()), h.URL)
			}
			return nil
		},
	}
}

const signerTimeout = 10 * time.Second

// askSigner asks one keyholder as s4 did.
func askSigner(ctx context.Context, url string) (common.Address, error) {
	ctx, cancel := context.WithTimeout(ctx, signerTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(url, "/")+"/v1/identity", http.NoBody)
	if err != nil {
		return common.Address{}, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return common.Address{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, keyholder.MaxBody))
	if err != nil {
		return common.Address{}, err
	}
	var refused keyholder.Error
	if resp.StatusCode != http.StatusOK {
		if json.Unmarshal(b, &refused) == nil && refused.Code != "" {
			return common.Address{}, &refused
		}
		return common.Address{}, fmt.Errorf("answers with status %d", resp.StatusCode)
	}
	var reply struct {
		Signer *common.Address `json:"signer"`
	}
	if err := json.Unmarshal(b, &reply); err != nil || reply.Signer == nil {
		return common.Address{}, errors.New("answers with something else than a signer")
	}
	return *reply.Signer, nil
}
