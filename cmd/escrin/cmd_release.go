// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/ecdsa"
	"fmt"
	"io"
	"strconv"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/release"
)

func newReleaseCommand() *cobra.Command {
	cmd := group("release", "Releases: an author's word that an enclave is a version of theirs",
		newReleaseSignCommand(), newReleaseListCommand())
	cmd.Long = `Releases: an author's word that an enclave is a version of theirs.

An identity whose policy names an author (escrin identity create --author) admits every enclave that the author has released, from
its least version on: an upgrade is a signature, and no transaction. A release cannot be taken back but by a greater
--min-version of the policies.`
	return cmd
}

// releaseDescription is a release for --json.
type releaseDescription struct {
	Enclave         string         `json:"enclave"` // pinned by digest
	MeasurementRoot common.Hash    `json:"measurementRoot"`
	Version         uint64         `json:"version"`
	Author          common.Address `json:"author"`
}

func describeRelease(r release.Release, enclave enclaver.Reference) (releaseDescription, error) {
	author, err := r.Author()
	return releaseDescription{enclave.String(), r.MeasurementRoot, r.Version, author}, err
}

func (d releaseDescription) print(w io.Writer) {
	fmt.Fprintf(w, "enclave           %s\n", oneLine(d.Enclave))
	fmt.Fprintf(w, "measurement root  %s\n", d.MeasurementRoot)
	fmt.Fprintf(w, "version           %d\n", d.Version)
	fmt.Fprintf(w, "author            %s\n", d.Author)
}

func newReleaseSignCommand() *cobra.Command {
	var version uint64
	cmd := &cobra.Command{
		Use:   "sign REF --version N --account KEYFILE",
		Short: "Release an enclave as a version, and attach that to it in its registry",
		Long: `Release an enclave as a version, and attach that to it in its registry.

What is signed is the measurement root that the enclave in the registry has. Pin REF by its digest, as "escrin push" prints it, so that
the registry cannot choose what is signed; "escrin verify" tells whether the enclave is the one that the source makes.`,
		Example: "  escrin release sign ghcr.io/example/auction@sha256:… --version 3 --account author.key",
		Args:    exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("version") {
				return usageError{cmd.CommandPath(), "missing --version N"}
			}
			if version > release.MaxVersion {
				return usageError{cmd.CommandPath(), fmt.Sprintf("--version is greater than %d", uint64(release.MaxVersion))}
			}
			return signRelease(cmd, args[0], version)
		},
	}
	cmd.Flags().Uint64Var(&version, "version", 0, "the version, `N`; policies compare it with their least one")
	addNetworkFlag(cmd)
	addAccountFlag(cmd)
	return cmd
}

func signRelease(cmd *cobra.Command, reference string, version uint64) error {
	ref, err := enclaver.ParseReference(reference)
	if err != nil {
		return usageError{cmd.CommandPath(), err.Error()}
	}
	key, err := authorKey(cmd)
	if err != nil {
		return err
	}
	r, pinned, err := enclaver.Release(cmd.Context(), ref, version, [32]byte(crypto.FromECDSA(key)))
	if err != nil {
		return err
	}
	d, err := describeRelease(r, pinned)
	if err != nil {
		return err
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), d)
	}
	d.print(cmd.OutOrStdout())
	return nil
}

// authorKey is the key that --account names. A network file is needed only for the number of an account.
func authorKey(cmd *cobra.Command) (*ecdsa.PrivateKey, error) {
	flag, err := cmd.Flags().GetString("account")
	if err != nil {
		return nil, err
	}
	if _, err := strconv.ParseUint(flag, 10, 16); err != nil {
		return readKey(flag)
	}
	n, err := loadNetwork(cmd)
	if err != nil {
		return nil, err
	}
	return privateKey(cmd, n)
}

func newReleaseListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list REF",
		Short: "List the releases of an enclave in its registry",
		Long: `List the releases of an enclave in its registry.

Anyone who may write to the repository can attach one: look at the author.`,
		Args: exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error { return listReleases(cmd, args[0]) },
	}
}

func listReleases(cmd *cobra.Command, reference string) error {
	ref, err := enclaver.ParseReference(reference)
	if err != nil {
		return usageError{cmd.CommandPath(), err.Error()}
	}
	found, err := enclaver.FetchReleases(cmd.Context(), ref)
	if err != nil {
		return err
	}
	list := []releaseDescription{}
	for _, r := range found.All {
		d, err := describeRelease(r, found.Enclave)
		if err != nil {
			return err
		}
		list = append(list, d)
	}
	if found.More {
		fmt.Fprintln(cmd.ErrOrStderr(), "note: the registry has more artifacts of this enclave than were looked at")
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), list)
	}
	if len(list) == 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s has no releases.\n", found.Enclave)
	}
	for _, d := range list {
		fmt.Fprintf(cmd.OutOrStdout(), "version %d  by %s\n", d.Version, d.Author)
	}
	return nil
}
