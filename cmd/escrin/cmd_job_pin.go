// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/jobs/secret"
)

// addPinFlag adds --enclave: whoever seals an input need not take the identity's registrant at their word about which
// enclave will open it.
func addPinFlag(cmd *cobra.Command, reference *string) {
	cmd.Flags().StringVar(reference, "enclave", "",
		"refuse if the identity's policy names another enclave than this `REF`, from the local store or, best with its digest, a registry")
	addStoreFlag(cmd)
}

// parsePin reads --enclave, which may be missing.
func parsePin(cmd *cobra.Command, reference string) (*enclaver.Reference, error) {
	if reference == "" {
		return nil, nil
	}
	ref, err := enclaver.ParseReference(reference)
	if err != nil {
		return nil, usageError{cmd.CommandPath(), err.Error()}
	}
	return &ref, nil
}

// sealingFor describes an identity and the enclave that inputs are sealed to: the one that its policy names or, if the policy
// names an author, the author's release to which the locator leads now. The pin, if there is one, must be that enclave.
func sealingFor(cmd *cobra.Command, c *chain.Chain, identity common.Hash, pin *enclaver.Reference) (identityDescription, error) {
	d, err := describeIdentity(cmd.Context(), c, identity)
	switch {
	case err != nil:
		return d, err
	case d.AuthorKey != nil:
		return d, withHint(fmt.Errorf("the policy of identity %s is by ID block: it names no enclave to seal inputs to", identity),
			"use an identity whose policy is by measurements or by author")
	case d.Author != nil:
		if err := d.chooseRelease(cmd); err != nil {
			return d, err
		}
	}
	return d, checkPin(cmd, pin, d)
}

// chooseRelease fills in the author's release to which the locator leads now.
func (d *identityDescription) chooseRelease(cmd *cobra.Command) error {
	ref, err := enclaver.ParseReference(d.Enclave)
	if err != nil {
		return fmt.Errorf("read the policy's locator: %w", err)
	}
	found, err := enclaver.FetchReleases(cmd.Context(), ref)
	if err != nil {
		return err
	}
	release, err := found.Newest(*d.Author, d.MinVersion)
	if err != nil {
		return err
	}
	d.MeasurementRoot, d.Enclave = found.MeasurementRoot, found.Enclave.String()
	if !wantJSON(cmd) {
		fmt.Fprintf(cmd.ErrOrStderr(), "sealing to version %d by %s: %s\n", release.Version, d.Author, oneLine(d.Enclave))
	}
	return nil
}

// checkPin compares the policy on chain with the measurement root of the pinned enclave.
func checkPin(cmd *cobra.Command, pin *enclaver.Reference, d identityDescription) error {
	if pin == nil {
		return nil
	}
	store, err := openStore(cmd)
	if err != nil {
		return err
	}
	enclave, err := enclaver.Inspect(cmd.Context(), *pin, store)
	if err != nil {
		return err
	}
	if root := common.Hash(enclave.Config.MeasurementRoot); root != d.MeasurementRoot {
		return withHint(fmt.Errorf("cannot trust the policy of identity %s: it names measurement root %s, enclave %s has %s", d.Identity, d.MeasurementRoot, pin, root),
			"the policy says that its enclave is %s: look at it with `escrin verify`, or leave --enclave away to take the policy as it is", oneLine(d.Enclave))
	}
	return nil
}

// checkSecrets requires an input for each secret that the enclave wants, if the enclave is in the local store: a task without
// them would fail in the machine. No registry is asked, for the policy's registrant chose which one that would be.
func checkSecrets(cmd *cobra.Command, pin *enclaver.Reference, d identityDescription, files []inputFile, secrets []secret.Sealed) error {
	enclave, known, err := storedEnclave(cmd, pin, d)
	if err != nil || !known {
		return err
	}
	for _, wanted := range enclave.Measured.SecretNames() {
		input := slices.ContainsFunc(files, func(in inputFile) bool { return in.name == wanted })
		if !input && !slices.ContainsFunc(secrets, func(s secret.Sealed) bool { return s.Label == wanted }) {
			return withHint(fmt.Errorf("the enclave wants a secret %q", wanted), "give it with --input %s=FILE, or --secret %s", wanted, wanted)
		}
	}
	return nil
}

// storedEnclave describes the enclave that an identity's policy or a pin names, if it is in the local store and has the policy's
// measurement root. What is not here, or cannot be read, is not known: the machine's own check is the one that counts.
func storedEnclave(cmd *cobra.Command, pin *enclaver.Reference, d identityDescription) (enclave enclaver.Description, known bool, err error) {
	if pin == nil {
		ref, err := enclaver.ParseReference(d.Enclave)
		if err != nil {
			return enclave, false, nil // a locator of others
		}
		pin = &ref
	}
	store, err := openStore(cmd)
	if err != nil {
		return enclave, false, err
	}
	e, err := enclaver.Load(cmd.Context(), *pin, store)
	if err != nil {
		return enclave, false, nil
	}
	enclave, err = e.Description(cmd.Context())
	return enclave, err == nil && common.Hash(enclave.Config.MeasurementRoot) == d.MeasurementRoot, nil
}
