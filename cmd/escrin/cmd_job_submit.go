// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/blob"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/jobs/secret"
	"github.com/escrin/escrin/jobs/ticket"
	"github.com/escrin/escrin/keyholder/keyname"
)

// submitJob are the flags of `job submit`.
type submitJob struct {
	identity string
	task     string
	enclave  string
	inputs   []string
	secrets  []string
	terms    termsFlags
	quiet    bool
}

func newJobSubmitCommand() *cobra.Command {
	var flags submitJob
	cmd := &cobra.Command{
		Use:   "submit --identity IDENTITY [--input FILE]...",
		Short: "Encrypt and store inputs, and put the task on chain",
		Long: `Encrypt and store inputs, and put the task on chain.

Each input is a FILE or NAME=FILE; the workload finds it as /input/NAME, and a single one on its standard input too.
Files that "escrin job encrypt" made for this task are passed on as they are. A secret is the last version that "escrin secret set"
made on this machine, or such a FILE.

The fee is held by the task hub until there is a result. It is credited to the runner of the claim under which the result came,
or to --refundee if the deadline passes, --attempts claims have lapsed, or the task is cancelled. Who is credited takes it with
"escrin job withdraw".`,
		Example: `  escrin job submit --identity $IDENTITY --input bid.json
  escrin job submit --identity $IDENTITY --task $TASK --input alice=alice.sealed --input bob=bob.sealed`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return flags.run(cmd) },
	}
	addIdentityFlag(cmd, &flags.identity)
	cmd.Flags().StringVar(&flags.task, "task", "", "the `TASK`, if it was prepared before")
	addPinFlag(cmd, &flags.enclave)
	cmd.Flags().StringArrayVar(&flags.inputs, "input", nil, "an input: `FILE` or NAME=FILE; may be repeated")
	cmd.Flags().StringArrayVar(&flags.secrets, "secret", nil, "a secret of the identity: `NAME` or NAME=FILE; may be repeated")
	flags.terms.add(cmd)
	cmd.Flags().BoolVarP(&flags.quiet, "quiet", "q", false, "print the task's id alone")
	addAccountFlag(cmd)
	return cmd
}

// submission is one run of `job submit`.
type submission struct {
	cmd       *cobra.Command
	network   network.Network
	chain     *chain.Chain
	submitter *chain.Account
	identity  identityDescription
	ticket    ticket.Ticket
	progress  *progress
}

func (flags submitJob) run(cmd *cobra.Command) error {
	identity, err := requireHash32(cmd, "identity", flags.identity)
	if err != nil {
		return err
	}
	files, err := flags.files(cmd)
	if err != nil {
		return err
	}
	terms, err := flags.terms.parse(cmd)
	if err != nil {
		return err
	}
	pin, err := parsePin(cmd, flags.enclave)
	if err != nil {
		return err
	}
	contents, err := readAll(cmd, files)
	if err != nil {
		return err
	}
	secrets, err := readSecrets(cmd, identity, flags.secrets)
	if err != nil {
		return err
	}
	s, err := flags.begin(cmd, identity, pin)
	if err != nil {
		return err
	}
	defer s.chain.Close()
	if err := checkNetwork(s.network, secrets); err != nil {
		return err
	}
	if err := checkSecrets(cmd, pin, s.identity, files, secrets); err != nil {
		return err
	}
	if terms.InputDigest, err = s.store(cmd.Context(), files, contents, secrets); err != nil {
		return err
	}
	return flags.send(s, terms)
}

// files parses the inputs, which must have different names.
func (flags submitJob) files(cmd *cobra.Command) ([]inputFile, error) {
	var files []inputFile
	seen := map[string]bool{}
	for _, text := range flags.inputs {
		in, err := parseInput(cmd, text)
		if err != nil {
			return nil, err
		}
		if seen[in.name] {
			return nil, usageError{cmd.CommandPath(), fmt.Sprintf("two inputs are called %s; name them with --input NAME=FILE", in.name)}
		}
		seen[in.name] = true
		files = append(files, in)
	}
	if len(files) > task.MaxInputs {
		return nil, usageError{cmd.CommandPath(), fmt.Sprintf("%d inputs, at most %d are accepted", len(files), task.MaxInputs)}
	}
	return files, nil
}

func readAll(cmd *cobra.Command, files []inputFile) ([][]byte, error) {
	contents := make([][]byte, len(files))
	for i, in := range files {
		var err error
		if contents[i], err = in.read(cmd); err != nil {
			return nil, err
		}
	}
	return contents, nil
}

// begin reads the policy, compares it with the pinned enclave, and finds or makes the ticket.
func (flags submitJob) begin(cmd *cobra.Command, identity common.Hash, pin *enclaver.Reference) (submission, error) {
	n, c, err := loadAndConnect(cmd)
	if err != nil {
		return submission{}, err
	}
	s := submission{cmd: cmd, network: n, chain: c, progress: newProgress(cmd)}
	if s.submitter, err = account(cmd, n); err == nil {
		s.identity, err = sealingFor(cmd, c, identity, pin)
	}
	if err == nil {
		s.ticket, err = flags.ticket(s)
	}
	if err != nil {
		c.Close()
	}
	return s, err
}

func (flags submitJob) ticket(s submission) (ticket.Ticket, error) {
	if flags.task == "" {
		t, _, err := newTicket(s.network, s.submitter, s.identity.Identity)
		return t, err
	}
	id, err := parseHash32(s.cmd, "task", flags.task)
	if err != nil {
		return ticket.Ticket{}, err
	}
	t, err := loadTicket(s.network, id)
	switch {
	case err != nil:
		return ticket.Ticket{}, err
	case common.Hash(t.Identity) != s.identity.Identity:
		return ticket.Ticket{}, withHint(fmt.Errorf("task %s was prepared for another identity", id), "use --identity %s", t.Identity.String())
	case common.Address(t.Submitter) != s.submitter.Address():
		return ticket.Ticket{}, withHint(fmt.Errorf("task %s was prepared for account %s, not %s", id, common.Address(t.Submitter), s.submitter.Address()),
			"name that account with --account")
	}
	return t, nil
}

// store seals the inputs, stores them, the secrets and their manifest, and returns the manifest's digest.
func (s submission) store(ctx context.Context, files []inputFile, contents [][]byte, secrets []secret.Sealed) ([32]byte, error) {
	name := keyname.ForTask(s.network.Chain.ID, s.network.Contracts.Registry, s.identity.Identity, s.ticket.Task, s.identity.MeasurementRoot)
	store := blob.NewClient(s.network.Jobs)
	manifest := task.Manifest{Version: task.ManifestVersion, Inputs: []task.Input{},
		Identity: wire.Hash32(s.identity.Identity), Policy: wire.Hash32(s.identity.MeasurementRoot),
		ResultKey: s.ticket.PublicKey, GroupKey: s.network.KeyNetwork.GroupKey[:]}
	defer s.progress.done()
	for i, in := range files {
		sealed, err := in.sealed(s.network, name, contents[i])
		if err != nil {
			return [32]byte{}, err
		}
		s.progress.step(fmt.Sprintf("storing input %s, %s sealed", in.name, byteSize(int64(len(sealed)))))
		digest, err := store.Put(ctx, sealed)
		if err != nil {
			return [32]byte{}, unreachable(fmt.Errorf("store input %s: %w", in.name, err))
		}
		manifest.Inputs = append(manifest.Inputs, task.Input{Name: in.name, Digest: wire.Digest(digest), Size: uint64(len(sealed))})
	}
	for _, secret := range secrets {
		s.progress.step(fmt.Sprintf("storing secret %s, version %d", secret.Label, secret.Version))
		if _, err := store.Put(ctx, secret.Envelope); err != nil {
			return [32]byte{}, unreachable(fmt.Errorf("store secret %s: %w", secret.Label, err))
		}
		manifest.Inputs = append(manifest.Inputs, secret.Input())
	}
	document, err := manifest.Marshal()
	if err != nil {
		return [32]byte{}, err
	}
	digest, err := store.Put(ctx, document)
	if err != nil {
		return [32]byte{}, unreachable(fmt.Errorf("store input manifest: %w", err))
	}
	return digest, nil
}

// send puts the task on chain, under terms that it completes, and tells of it.
func (flags submitJob) send(s submission, terms task.Terms) error {
	defer s.progress.done()
	ctx := s.cmd.Context()
	head, err := s.chain.Head(ctx)
	if err != nil {
		return err
	}
	terms.Submitter, terms.Identity = s.submitter.Address(), s.identity.Identity
	terms.Deadline = head.Time + uint64(flags.terms.deadline/time.Second)
	if terms.Refundee == [20]byte{} {
		terms.Refundee = terms.Submitter
	}
	if terms.Token != [20]byte{} {
		switch _, err := s.chain.Task(ctx, common.Hash(s.ticket.Task)); { // an allowance for a task that is there would stay
		case err == nil:
			return submittedBefore(s.ticket)
		case !errors.Is(err, chain.ErrNoTask):
			return err
		}
		s.progress.step("allowing the task hub to take the fee")
		if err := s.chain.Allow(ctx, s.submitter, terms.Token, chain.Amount(terms.Fee)); err != nil {
			return err
		}
	}
	s.progress.step("sending the transaction")
	id, receipt, err := s.chain.Submit(ctx, s.submitter, terms, common.Hash(s.ticket.Salt))
	s.progress.done()
	switch {
	case chain.IsRevert(err, "TaskExists"):
		return submittedBefore(s.ticket)
	case err != nil:
		return err
	case id != common.Hash(s.ticket.Task):
		return errors.New("the task hub gave the task another id than its ticket has")
	}
	out := s.cmd.OutOrStdout()
	switch {
	case wantJSON(s.cmd):
		return printJSON(out, submittedJob{id, s.identity.Identity, terms.InputDigest, api.TermsOf(terms), receipt.TxHash, receipt.Block})
	case flags.quiet:
		fmt.Fprintln(out, id)
	default:
		fmt.Fprintf(out, "task         %s\ntransaction  %s\nblock        %d\n", id, receipt.TxHash, receipt.Block)
		fmt.Fprintf(s.cmd.ErrOrStderr(), "\nfollow it:     escrin job status --watch %s\n", id)
	}
	return nil
}

func submittedBefore(t ticket.Ticket) error {
	return withHint(fmt.Errorf("task %s was submitted before", t.Task), "follow it: `escrin job status --watch %s`", t.Task.String())
}

// submittedJob is a task on chain, for --json.
type submittedJob struct {
	Task        common.Hash `json:"task"`
	Identity    common.Hash `json:"identity"`
	InputDigest common.Hash `json:"inputDigest"`
	Terms       *api.Terms  `json:"terms"`
	Tx          common.Hash `json:"tx"`
	Block       uint64      `json:"block"`
}
