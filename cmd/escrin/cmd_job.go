// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/jobs/ticket"
)

func newJobCommand() *cobra.Command {
	job := group("job", "Jobs: give an enclave a task, follow it, open and verify its result",
		newJobPrepareCommand(), newJobEncryptCommand(), newJobStoreCommand(), newJobSubmitCommand(), newJobStatusCommand(), newJobLogsCommand(),
		newJobResultCommand(), newJobVerifyCommand(), newJobListCommand(),
		newJobCancelCommand(), newJobExpireCommand(), newJobWithdrawCommand())
	job.Long = `Give an enclave a task, follow it, open and verify its result.

Inputs are encrypted on this machine, to one task of one enclave. The key to the result never leaves this machine.`
	job.Example = `  escrin job submit --identity $IDENTITY --input bid.json
  escrin job status --watch $TASK
  escrin job result $TASK
  escrin job verify $TASK`
	addNetworkFlag(job)
	return job
}

// prepareFlags are those of `job prepare`.
type prepareFlags struct {
	identity  string
	submitter string
	salt      string
	quiet     bool
}

func newJobPrepareCommand() *cobra.Command {
	var flags prepareFlags
	cmd := &cobra.Command{
		Use:   "prepare --identity IDENTITY",
		Short: "Name a task before it exists, so that others can encrypt inputs to it",
		Long: `Name a task before it exists, so that others can encrypt inputs to it.

The task's id follows from a random salt and from the account that is going to submit it. Salt and the key to the
result are kept on this machine; nobody else can submit the task or open its result.

Of a task that a contract submits, name the contract and the salt that it uses; the contract puts the key to the
result, which this prints, into its input manifest.`,
		Example: `  TASK=$(escrin job prepare --identity $IDENTITY --quiet)
  escrin job prepare --identity $IDENTITY --submitter $AUCTION --salt 0x00`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return flags.run(cmd) },
	}
	addIdentityFlag(cmd, &flags.identity)
	addAccountFlag(cmd)
	cmd.Flags().StringVar(&flags.submitter, "submitter", "", "`ADDRESS` of the contract that submits the task (default: the account)")
	cmd.Flags().StringVar(&flags.salt, "salt", "", "the `SALT` that the contract uses: up to 32 bytes in hexadecimal, zeros on the left")
	cmd.Flags().BoolVarP(&flags.quiet, "quiet", "q", false, "print the task's id alone")
	return cmd
}

// ticket makes the task's ticket and keeps it on disk before anybody learns of the task.
func (flags prepareFlags) ticket(cmd *cobra.Command, n network.Network, identity common.Hash) (ticket.Ticket, string, error) {
	if flags.submitter == "" && flags.salt == "" {
		submitter, err := account(cmd, n)
		if err != nil {
			return ticket.Ticket{}, "", err
		}
		return newTicket(n, submitter, identity)
	}
	salt, err := hexutil.Decode(flags.salt)
	if !common.IsHexAddress(flags.submitter) || err != nil || len(salt) > common.HashLength {
		return ticket.Ticket{}, "", usageError{cmd.CommandPath(), "a contract's task needs --submitter ADDRESS and --salt 0x…, of at most 32 bytes"}
	}
	t, err := ticket.NewSalted(n.Chain.ID, n.Contracts.TaskHub, common.HexToAddress(flags.submitter), identity, wire.Hash32(common.BytesToHash(salt)), time.Now())
	if err != nil {
		return ticket.Ticket{}, "", err
	}
	path, err := keepTicket(t)
	return t, path, err
}

// keepTicket saves a ticket, unless there is one of the task already: that has the key which was given away.
func keepTicket(t ticket.Ticket) (string, error) {
	dir, err := ticket.Dir()
	if err != nil {
		return "", err
	}
	switch _, err := ticket.Load(dir, t.Task); {
	case err == nil:
		return "", withHint(fmt.Errorf("task %s was prepared on this machine before", t.Task), "its key is in %s", home(ticket.Path(dir, t.Task)))
	case !errors.Is(err, ticket.ErrNone):
		return "", err
	}
	return ticket.Path(dir, t.Task), t.Save(dir)
}

func addIdentityFlag(cmd *cobra.Command, identity *string) {
	cmd.Flags().StringVar(identity, "identity", "", "the `IDENTITY` whose enclave does the task")
}

// requireHash32 reads a flag that must be given.
func requireHash32(cmd *cobra.Command, name, value string) (common.Hash, error) {
	if value == "" {
		return common.Hash{}, usageError{cmd.CommandPath(), "missing --" + name + " " + strings.ToUpper(name)}
	}
	return parseHash32(cmd, name, value)
}

func (flags prepareFlags) run(cmd *cobra.Command) error {
	id, err := requireHash32(cmd, "identity", flags.identity)
	if err != nil {
		return err
	}
	n, c, err := loadAndConnect(cmd)
	if err != nil {
		return err
	}
	defer c.Close()
	d, err := describeIdentity(cmd.Context(), c, id)
	if err != nil {
		return err
	}
	t, path, err := flags.ticket(cmd, n, id)
	if err != nil {
		return err
	}
	switch {
	case wantJSON(cmd):
		return printJSON(cmd.OutOrStdout(), preparedJob{common.Hash(t.Task), id, common.Address(t.Submitter), d.Enclave, path, t.PublicKey, n.KeyNetwork.GroupKey[:]})
	case flags.quiet:
		fmt.Fprintln(cmd.OutOrStdout(), t.Task)
	default:
		out := cmd.OutOrStdout()
		fmt.Fprintf(out, "task       %s\nidentity   %s\nenclave    %s\nsubmitter  %s\n", t.Task, id, oneLine(d.Enclave), common.Address(t.Submitter))
		if flags.submitter != "" {
			fmt.Fprintf(out, "resultKey  %#x\ngroupKey   %#x\n", t.PublicKey, n.KeyNetwork.GroupKey)
		}
		fmt.Fprintf(out, "ticket     %s\n           it holds the only key to the result\n", home(path))
	}
	return nil
}

// preparedJob is a task that does not exist yet, for --json.
type preparedJob struct {
	Task      common.Hash    `json:"task"`
	Identity  common.Hash    `json:"identity"`
	Submitter common.Address `json:"submitter"`
	Enclave   string         `json:"enclave"`
	Ticket    string         `json:"ticket"` // file
	ResultKey hexutil.Bytes  `json:"resultKey"`
	GroupKey  hexutil.Bytes  `json:"groupKey"`
}

// newTicket makes a ticket and keeps it on disk before anybody learns of the task.
func newTicket(n network.Network, submitter *chain.Account, identity common.Hash) (ticket.Ticket, string, error) {
	dir, err := ticket.Dir()
	if err != nil {
		return ticket.Ticket{}, "", err
	}
	t, err := ticket.New(n.Chain.ID, n.Contracts.TaskHub, submitter.Address(), identity, time.Now())
	if err != nil {
		return ticket.Ticket{}, "", err
	}
	return t, ticket.Path(dir, t.Task), t.Save(dir)
}

// loadTicket finds the ticket of a task on this machine, and checks that it is of this network.
func loadTicket(n network.Network, task common.Hash) (ticket.Ticket, error) {
	dir, err := ticket.Dir()
	if err != nil {
		return ticket.Ticket{}, err
	}
	t, err := ticket.Load(dir, task)
	if errors.Is(err, ticket.ErrNone) {
		return ticket.Ticket{}, withHint(fmt.Errorf("cannot open task %s: %w", task, err),
			"only who prepared or submitted a task has its ticket, in %s", home(dir))
	}
	if err != nil {
		return ticket.Ticket{}, err
	}
	if t.ChainID != n.Chain.ID || common.Address(t.TaskHub) != n.Contracts.TaskHub {
		return ticket.Ticket{}, withHint(fmt.Errorf("cannot use the ticket of task %s: it is of another network (chain %d, task hub %s)", task, t.ChainID, t.TaskHub),
			"name that network's file with --network")
	}
	return t, nil
}
