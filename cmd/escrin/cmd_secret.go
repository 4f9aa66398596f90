// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/jobs/secret"
	"github.com/escrin/escrin/keyholder/keyname"
)

func newSecretCommand() *cobra.Command {
	cmd := group("secret", "Encrypt secrets to an identity, for its enclaves to read by name",
		newSecretSetCommand(), newSecretListCommand(), newSecretShowCommand())
	addNetworkFlag(cmd)
	return cmd
}

// setSecret are the flags of `secret set`.
type setSecret struct {
	version uint64
	policy  string
	enclave string
	out     string
}

func newSecretSetCommand() *cobra.Command {
	var flags setSecret
	cmd := &cobra.Command{
		Use:   "set IDENTITY NAME [FILE]",
		Short: "Encrypt a secret, or its next version",
		Long: `Encrypt a secret, or its next version, to the enclaves of an identity.

Nothing is sent anywhere: the encrypted secret is a file on this machine, for "escrin job submit --secret NAME". An enclave that does a
task with it finds it in /run/escrin/secrets/NAME, or where its own escrin.yaml puts a secret of this name. Keyholders release the key
to enclaves of the identity alone, while they do a task, and store nothing about it.

--policy says which enclaves:
  root     those of the measurement root that the identity's policy names now (by author: the release to which its locator leads)
  author   those whose ID block, on SEV-SNP, has the author key that the policy names now; enclaves by an author's signed releases
           (identity create --author) cannot be told by their evidence, and take root or any
  any      whatever the identity's policy admits when they ask; who can change that policy decides, and can read the secret`,
		Example: `  escrin secret set $IDENTITY DB_PASSWORD password.txt
  printf %s "$TOKEN" | escrin secret set $IDENTITY API_TOKEN - --policy any`,
		Args: between(2, "IDENTITY", "NAME", "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, args) },
	}
	cmd.Flags().Uint64Var(&flags.version, "version", 0, "the version: a `NUMBER` from 1 (default: one more than the last here)")
	cmd.Flags().StringVar(&flags.policy, "policy", "root", "which enclaves may read it: `root|author|any`")
	addPinFlag(cmd, &flags.enclave)
	cmd.Flags().StringVarP(&flags.out, "output", "o", "", "the encrypted `FILE` (default: among the secrets of this user)")
	return cmd
}

// between accepts the first names as arguments that must be there, and the others as such that may.
func between(required int, names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		return exactly(names[:max(required, min(len(args), len(names)))]...)(cmd, args)
	}
}

func (flags setSecret) run(cmd *cobra.Command, args []string) error {
	identity, err := parseHash32(cmd, "identity", args[0])
	if err != nil {
		return err
	}
	if !keyname.ValidLabel(args[1]) {
		return badLabel(cmd, args[1])
	}
	n, err := loadNetwork(cmd)
	if err != nil {
		return err
	}
	policy, err := flags.policyWord(cmd, n, identity)
	if err != nil {
		return err
	}
	plain, err := readSecret(cmd, append(args, "-")[2])
	if err != nil {
		return err
	}
	s := secret.Sealed{
		ChainID: n.Chain.ID, Registry: wire.Address(n.Contracts.Registry), Identity: wire.Hash32(identity),
		Label: args[1], Version: flags.version, Policy: policy,
	}
	return flags.save(cmd, n, s, plain)
}

func badLabel(cmd *cobra.Command, label string) error {
	return usageError{cmd.CommandPath(), fmt.Sprintf("a secret cannot be called %.70q: want up to %d of A-Z a-z 0-9 . _ - beginning with a letter or digit, and not with %s", label, keyname.MaxLabel, keyname.Reserved)}
}

// policyWord is what the key's name says of who may have it. The chain is asked only if the policy on it matters.
func (flags setSecret) policyWord(cmd *cobra.Command, n network.Network, identity common.Hash) (wire.Hash32, error) {
	pin, err := parsePin(cmd, flags.enclave)
	if err != nil {
		return wire.Hash32{}, err
	}
	switch flags.policy {
	case "any":
		return wire.Hash32{}, nil
	case "root", "author":
	default:
		return wire.Hash32{}, usageError{cmd.CommandPath(), fmt.Sprintf("--policy %.40q: want root, author or any", flags.policy)}
	}
	c, err := connect(cmd.Context(), n)
	if err != nil {
		return wire.Hash32{}, err
	}
	defer c.Close()
	if flags.policy == "root" {
		d, err := sealingFor(cmd, c, identity, pin)
		return wire.Hash32(d.MeasurementRoot), err
	}
	d, err := describeIdentity(cmd.Context(), c, identity)
	switch {
	case err != nil:
		return wire.Hash32{}, err
	case d.Author != nil:
		return wire.Hash32{}, withHint(fmt.Errorf("the policy of identity %s is by signed releases, which keyholders cannot see in evidence: nothing can be sealed to their author", identity),
			"use --policy root for the release to which the policy's locator leads, and seal anew for the next; or --policy any, which trusts whoever can change the policy")
	case d.AuthorKey != nil:
		return wire.Hash32(*d.AuthorKey), nil
	}
	return wire.Hash32{}, withHint(fmt.Errorf("the policy of identity %s names no author key", identity), "use --policy root, or --policy any")
}

// readSecret reads the plaintext from a file, or from standard input for "-". It is never taken from the command line, which others
// can read.
func readSecret(cmd *cobra.Command, path string) ([]byte, error) {
	in := stdin(cmd)
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read secret: %w", err)
		}
		defer f.Close()
		in = f
	}
	plain, err := io.ReadAll(io.LimitReader(in, secret.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	return plain, nil
}

func (flags setSecret) save(cmd *cobra.Command, n network.Network, s secret.Sealed, plain []byte) error {
	dir, err := secret.Dir()
	if err != nil {
		return err
	}
	if s.Version == 0 {
		versions, err := secret.Versions(dir, s.Identity, s.Label)
		if err != nil {
			return err
		}
		s.Version = 1
		if len(versions) > 0 {
			s.Version = versions[len(versions)-1] + 1
		}
	}
	if s, err = secret.New(s, n.KeyNetwork.GroupKey, plain, time.Now()); err != nil {
		return err
	}
	path := flags.out
	if path == "" {
		path = s.Path(dir)
		err = s.Save(dir)
	} else {
		err = s.Write(path)
	}
	if err != nil {
		return err
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), describeSecret(s, path))
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s version %d, for %s: %s\n", s.Label, s.Version, readers(s), home(path))
	fmt.Fprintf(cmd.ErrOrStderr(), "\nuse it:     escrin job submit --identity %s --secret %s\n", s.Identity, s.Label)
	return nil
}

// secretDescription is a secret's file, for --json.
type secretDescription struct {
	Identity wire.Hash32 `json:"identity"`
	Name     string      `json:"name"`
	Version  uint64      `json:"version"`
	Policy   wire.Hash32 `json:"policy"`
	Key      wire.Hash32 `json:"keyName"` // digest
	Digest   wire.Digest `json:"digest"`  // of the sealed bytes
	Size     int         `json:"size"`    // of the sealed bytes
	Made     time.Time   `json:"made"`
	File     string      `json:"file"`
}

func describeSecret(s secret.Sealed, path string) secretDescription {
	name, _ := s.Name() // valid: it was sealed or read
	return secretDescription{
		Identity: s.Identity, Name: s.Label, Version: s.Version, Policy: s.Policy, Key: name.Digest(),
		Digest: wire.DigestOf(s.Envelope), Size: len(s.Envelope), Made: s.Made, File: path,
	}
}

// readers says for whom a secret is.
func readers(s secret.Sealed) string {
	if s.Policy == (wire.Hash32{}) {
		return "whatever the identity's policy admits"
	}
	return "enclaves of " + s.Policy.String()
}

func newSecretListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list [IDENTITY]",
		Short: "List the encrypted secrets on this machine",
		Args:  between(0, "IDENTITY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var identity common.Hash
			if len(args) > 0 {
				var err error
				if identity, err = parseHash32(cmd, "identity", args[0]); err != nil {
					return err
				}
			}
			return listSecrets(cmd, identity)
		},
	}
}

func listSecrets(cmd *cobra.Command, identity common.Hash) error {
	dir, err := secret.Dir()
	if err != nil {
		return err
	}
	list, err := secret.List(dir, wire.Hash32(identity))
	if err != nil {
		return err
	}
	if wantJSON(cmd) {
		reports := []secretDescription{}
		for _, s := range list {
			reports = append(reports, describeSecret(s, s.Path(dir)))
		}
		return printJSON(cmd.OutOrStdout(), reports)
	}
	if len(list) == 0 {
		fmt.Fprintln(cmd.ErrOrStderr(), "There are none yet. Make one with `escrin secret set IDENTITY NAME FILE`.")
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, s := range list {
		fmt.Fprintf(w, "%s\t%s\tversion %d\t%s\n", s.Identity, s.Label, s.Version, s.Made.Format(time.RFC3339))
	}
	return w.Flush()
}

func newSecretShowCommand() *cobra.Command {
	var version uint64
	cmd := &cobra.Command{
		Use:   "show IDENTITY NAME",
		Short: "Show for whom a secret was encrypted, and where its file is",
		Long:  "Show for whom a secret was encrypted, and where its file is. Nobody but an enclave can show what it says.",
		Args:  exactly("IDENTITY", "NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			identity, err := parseHash32(cmd, "identity", args[0])
			if err != nil {
				return err
			}
			return showSecret(cmd, identity, args[1], version)
		},
	}
	cmd.Flags().Uint64Var(&version, "version", 0, "the version: a `NUMBER` from 1 (default: the last)")
	return cmd
}

func showSecret(cmd *cobra.Command, identity common.Hash, label string, version uint64) error {
	if !keyname.ValidLabel(label) {
		return badLabel(cmd, label)
	}
	dir, err := secret.Dir()
	if err != nil {
		return err
	}
	s, err := secret.Find(dir, wire.Hash32(identity), label, version)
	if err != nil {
		return withHint(err, "`escrin secret list` shows those that are here")
	}
	d := describeSecret(s, s.Path(dir))
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), d)
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "identity  %s\nname      %s\nversion   %d\nfor       %s\n", d.Identity, d.Name, d.Version, readers(s))
	fmt.Fprintf(out, "key name  %s\ndigest    %s\nsize      %s sealed\nmade      %s\nfile      %s\n",
		d.Key, d.Digest, byteSize(int64(d.Size)), d.Made.Format(time.RFC3339), home(d.File))
	return nil
}
