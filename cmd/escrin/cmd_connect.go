// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/attest"
	enclaveclient "github.com/escrin/escrin/connect"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/uplink"
)

// connector is one call of `escrin connect`.
type connector struct {
	evidence    evidenceVerifier // roots and policy
	demand      demandFlags
	identity    string
	service     uint16
	listen      string
	certificate string
}

func newConnectCommand() *cobra.Command {
	var c connector
	cmd := &cobra.Command{
		Use:   "connect HOST:PORT",
		Short: "Connect with a service of an enclave, after its evidence is verified",
		Long: `Connect with a service of an enclave that has "tls: true" in its spec, and pass standard input and output on.

The connection is one of TLS 1.3 that ends in the guest. Nothing is sent or shown before the guest has shown its evidence and
signed this very connection with the key that the evidence vouches for; the evidence must be authentic and acceptable as for
"escrin evidence verify", and be of the enclave that is asked for: with --identity, of the one that the identity's policy names on
chain, with a permit for it that is live; or with --enclave or --measurement. It must live in the key network of --group-key or
of the network file. Where the address leads, and who is on the way, is
of no account.

With --listen it takes connections on a local port, each of which becomes one with the service, until it is interrupted. With
--certificate it writes the service's certificate, whose key was made in the guest, for clients that cannot ask for evidence:
one that trusts this certificate and no other speaks with the same guest, for as long as that runs.`,
		Example: `  escrin connect enclave.example:443 --identity 0x…
  escrin connect enclave.example:443 --identity 0x… --listen 127.0.0.1:8080
  escrin connect enclave.example:443 --identity 0x… --certificate enclave.pem
  curl --cacert enclave.pem --connect-to enclave:443:enclave.example:443 https://enclave/`,
		Args: exactly("HOST:PORT"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	addNetworkFlag(cmd)
	c.demand.add(cmd)
	f := cmd.Flags()
	f.StringVar(&c.identity, "identity", "", "the guest must act for this `IDENTITY`, and be the enclave that its policy names")
	f.Uint16Var(&c.service, "service", 0, "the service must be the one with this `PORT` in the enclave's spec (default: any of the enclave)")
	f.StringVar(&c.evidence.policy, "policy", "", "what is acceptable: a policy `FILE`")
	f.StringVar(&c.evidence.roots, "roots", "", "the vendors' root certificates to trust: a PEM `FILE` with up to four")
	f.StringVar(&c.listen, "listen", "", "take connections at this local `ADDRESS` and pass each on")
	f.StringVar(&c.certificate, "certificate", "", "write the service's certificate to `FILE`, as PEM, and end")
	return cmd
}

func (c *connector) run(cmd *cobra.Command, address string) error {
	if c.listen != "" && c.certificate != "" {
		return usageError{cmd.CommandPath(), "--listen and --certificate exclude each other"}
	}
	if !isAddress(address) {
		err := usageError{cmd.CommandPath(), fmt.Sprintf("%.70q is not HOST:PORT", address)}
		return withHint(err, "a port is in 1…65535, and an IPv6 address in brackets; `escrin job status TASK` shows where a task's services are")
	}
	judge, end, err := c.judge(cmd)
	if err != nil {
		return err
	}
	defer end()
	dialer := enclaveclient.Dialer{Judge: judge, Service: c.service}
	if c.listen != "" {
		return c.proxy(cmd, dialer, address)
	}
	conn, err := dialer.Dial(cmd.Context(), address)
	if _, nobody := errors.AsType[*net.OpError](err); nobody {
		return withHint(err, "`escrin job status TASK` shows where a task's services are, while it runs")
	}
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Fprintf(cmd.ErrOrStderr(), "escrin: connected with service %d of the enclave\n", conn.Service)
	if c.certificate != "" {
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: conn.Certificate.Raw})
		return os.WriteFile(c.certificate, text, 0o644)
	}
	return converse(cmd.Context(), conn, cmd.InOrStdin(), cmd.OutOrStdout())
}

// isAddress says whether there is a host and the number of a port.
func isAddress(address string) bool {
	host, port, err := net.SplitHostPort(address)
	number, failed := strconv.ParseUint(port, 10, 16)
	return err == nil && failed == nil && host != "" && number > 0
}

// duplex is a connection of which one end can be closed.
type duplex interface {
	io.ReadWriteCloser
	CloseWrite() error
}

// converse passes standard input on, and standard output until the service has said all, or the command is interrupted.
func converse(ctx context.Context, conn duplex, in io.Reader, out io.Writer) error {
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	go func() {
		if _, err := io.Copy(conn, in); err == nil {
			_ = conn.CloseWrite() // the service may have ended first
		}
	}()
	_, err := io.Copy(out, conn)
	return cmp.Or(ctx.Err(), err)
}

// proxy passes local connections on until the command is interrupted.
func (c *connector) proxy(cmd *cobra.Command, dialer enclaveclient.Dialer, address string) error {
	ctx := cmd.Context()
	l, err := net.Listen("tcp", c.listen)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { l.Close() })()
	defer l.Close()
	fmt.Fprintf(cmd.ErrOrStderr(), "escrin: listening on %s\n", l.Addr())
	for {
		local, err := l.Accept()
		if ctx.Err() != nil {
			return nil // an interrupt is how it ends well
		}
		if err != nil {
			return err
		}
		go func() {
			conn, err := dialer.Dial(ctx, address)
			if err != nil {
				local.Close()
				fmt.Fprintf(cmd.ErrOrStderr(), "escrin: %s\n", oneLine(err.Error()))
				return
			}
			uplink.Relay(local, conn, uplink.IdleLimit, nil)
		}()
	}
}

// judge puts together what the evidence is held against. The returned function gives back what it needs.
func (c *connector) judge(cmd *cobra.Command) (enclaveclient.Judge, func(), error) {
	d, err := c.demand.demand(cmd)
	if err != nil {
		return nil, nil, err
	}
	d.envelope = true
	t, err := c.evidence.trust(cmd)
	if err != nil {
		return nil, nil, err
	}
	if t.simulated {
		fmt.Fprintln(cmd.ErrOrStderr(), "note: the TEE of this network is simulated: whoever has the key of its root certificate can make any evidence")
	}
	if c.identity == "" {
		if err := c.keyNetwork(cmd, &d); err != nil {
			return nil, nil, err
		}
		return func(_ context.Context, raw []byte) ([20]byte, error) { return judgeSession(raw, t, d) }, func() {}, nil
	}
	on, err := c.onChain(cmd)
	if err != nil {
		return nil, nil, err
	}
	return func(ctx context.Context, raw []byte) ([20]byte, error) {
		demand := d
		if err := on.demand(ctx, &demand, raw); err != nil {
			return [20]byte{}, err
		}
		requester, err := judgeSession(raw, t, demand)
		if err == nil {
			err = on.permitted(ctx, requester)
		}
		return requester, err
	}, on.chain.Close, nil
}

// keyNetwork demands a key network where no identity does: --group-key's, else the network file's. A guest in one that its host
// made up has no secret from the host.
func (c *connector) keyNetwork(cmd *cobra.Command, d *demand) error {
	n, known, err := knownNetwork(cmd)
	if err == nil && !known && d.binding.GroupKeyDigest == nil {
		err = withHint(errors.New("no key network is known that the guest must live in"), "name it with --network or --group-key")
	}
	if err != nil {
		return err
	}
	return d.inKeyNetwork(n)
}

// judgeSession returns the requester of evidence that is authentic and acceptable.
func judgeSession(raw []byte, t trusted, d demand) (requester [20]byte, err error) {
	e, err := attest.ParseEvidence(raw)
	if err != nil {
		return requester, err
	}
	found := judge(presented{form: formEnvelope, encoding: "bytes", evidence: e}, t, d, time.Now())
	if found.status() != exitOK {
		problem := "evidence is " + found.verdict()
		for _, r := range found.Reasons {
			problem += fmt.Sprintf("; %s: %s", oneLine(r.Code), oneLine(r.Detail))
		}
		return requester, withHint(errors.New(problem), "%s", found.hint())
	}
	return e.Binding.Requester, nil
}

// identityOnChain is what the chain says of an identity.
type identityOnChain struct {
	chain    *chain.Chain
	identity common.Hash
	rule     func(ctx context.Context, d *demand, base attest.Binding) error
}

func (c *connector) onChain(cmd *cobra.Command) (*identityOnChain, error) {
	id, err := parseHash32(cmd, "identity", c.identity)
	if err != nil {
		return nil, err
	}
	n, opened, err := loadAndConnect(cmd)
	if err != nil {
		return nil, err
	}
	on := &identityOnChain{chain: opened, identity: id}
	on.rule = func(ctx context.Context, d *demand, base attest.Binding) error {
		policy, err := opened.Policy(ctx, id)
		if err != nil {
			return unreachable(err)
		}
		root := common.Hash(policy.MeasurementRoot)
		if policy.Kind != chain.ByMeasurements {
			if d.binding.MeasurementRoot == nil {
				return withHint(fmt.Errorf("the policy of identity %s is by %s: it names no measurement root", id, policy.Kind), "name the enclave with --enclave or --measurement")
			}
			root = *d.binding.MeasurementRoot
		}
		block, err := opened.BlockAt(ctx, base.BaseBlock)
		if err != nil {
			return unreachable(err)
		}
		return d.ofNetwork(n, id, root, block.Hash)
	}
	return on, nil
}

// demand adds what the chain says the guest must be.
func (o *identityOnChain) demand(ctx context.Context, d *demand, raw []byte) error {
	e, err := attest.ParseEvidence(raw)
	if err != nil {
		return err
	}
	return o.rule(ctx, d, e.Binding)
}

// permitted requires that the requester's permit is live.
func (o *identityOnChain) permitted(ctx context.Context, requester common.Address) error {
	expiry, err := o.chain.Permit(ctx, requester, o.identity)
	if err != nil {
		return unreachable(err)
	}
	head, err := o.chain.Head(ctx)
	if err != nil {
		return unreachable(err)
	}
	if expiry <= head.Time {
		return fmt.Errorf("the guest with the key %s has no live permit for identity %s", requester, o.identity)
	}
	return nil
}
