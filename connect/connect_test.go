// SPDX-License-Identifier: Apache-2.0

package connect

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/gateway"
	"github.com/escrin/escrin/guestagent/gateway/plan"
	"github.com/escrin/escrin/guestagent/session"
	"github.com/escrin/escrin/guestagent/session/exchange"
	"github.com/escrin/escrin/guestagent/uplink"
	"github.com/escrin/escrin/jobs/guestnet"
	"github.com/escrin/escrin/keyholder/ethsig"
)

// guest is a gateway with its host, and a workload that says its name and then what it hears.
type guest struct {
	key       *ethsig.Key
	evidence  []byte
	endpoints map[uint16]string // by the service's port
}

// Sign implements gateway.Notary as the agent does.
func (g *guest) Sign(s exchange.Statement) ([session.SignatureSize]byte, error) {
	return g.key.Sign(s.Digest()), nil
}

// judge takes evidence that names its requester, as if it were verified.
func judge(_ context.Context, evidence []byte) (requester [20]byte, err error) {
	hexed, ok := strings.CutPrefix(string(evidence), "evidence of ")
	if !ok {
		return requester, errors.New("not authentic")
	}
	_, err = fmt.Sscanf(hexed, "%x", &hexed)
	copy(requester[:], hexed)
	return requester, err
}

var errTest = errors.New("test")

// newGuest starts one with a service with TLS on each port.
func newGuest(t *testing.T, trial bool, ports ...uint16) *guest {
	t.Helper()
	key, err := ethsig.GenerateKey()
	check(t, err)
	g := &guest{key: key, endpoints: map[uint16]string{}}
	document := plan.Plan{Egress: []plan.Listener{}, Ingress: []plan.Service{}}
	if !trial {
		g.evidence = fmt.Appendf(nil, "evidence of %x", key.Address())
		document.Evidence = g.evidence
	}
	network := config.Network{}
	for _, port := range ports {
		to := workload(t, fmt.Sprintf("workload %d\n", port))
		document.Ingress = append(document.Ingress, plan.Service{Port: port, To: to, TLS: true})
		network.Ingress = append(network.Ingress, config.Service{Port: port, To: to, TLS: true})
	}
	inside, outside := net.Pipe()
	host := &guestnet.Host{Network: network, Reach: guestnet.Reach{Also: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}
	endpoints, err := host.Listen("127.0.0.1")
	check(t, err)
	for _, e := range endpoints {
		g.endpoints[e.Port] = e.Address
	}
	uplinked := uplink.Guest(inside, true)
	gate, err := gateway.New(document, g)
	check(t, err)
	go gate.Serve(uplinked)
	go host.Serve(t.Context(), outside)
	t.Cleanup(gate.Close)
	return g
}

// workload listens on loopback, says something to everyone, and repeats what it hears.
func workload(t *testing.T, greeting string) (port uint16) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				io.WriteString(conn, greeting)
				io.Copy(conn, conn)
			}()
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

// says connects, and requires that the workload greets and repeats a line and the end.
func says(t *testing.T, conn *Conn, greeting string) {
	t.Helper()
	defer conn.Close()
	_, err := io.WriteString(conn, "hello\n")
	check(t, err)
	check(t, conn.CloseWrite())
	heard, err := io.ReadAll(bufio.NewReader(conn))
	check(t, err)
	if want := greeting + "\nhello\n"; string(heard) != want {
		t.Errorf("heard %q, want %q", heard, want)
	}
}

func TestConnectionEndsInTheWorkload(t *testing.T) {
	g := newGuest(t, false, 443, 8443)
	for port, address := range g.endpoints {
		conn, err := Dialer{Judge: judge, Service: port}.Dial(t.Context(), address)
		check(t, err)
		if string(conn.Evidence) != string(g.evidence) || conn.Service != port || len(conn.Certificate.DNSNames) != 1 {
			t.Errorf("connection %+v", conn)
		}
		says(t, conn, fmt.Sprintf("workload %d", port))
	}
}

// TestAT03NothingIsGivenOutUnjudged: no judge, a judge who says no, a judge who knows another requester.
func TestAT03NothingIsGivenOutUnjudged(t *testing.T) {
	g := newGuest(t, false, 443)
	for name, c := range map[string]struct {
		judge Judge
		want  error
	}{
		"no judge":          {nil, errNoJudge},
		"refused":           {func(context.Context, []byte) ([20]byte, error) { return [20]byte{}, errTest }, errTest},
		"nobody":            {func(context.Context, []byte) ([20]byte, error) { return [20]byte{}, nil }, errSignature},
		"another requester": {func(context.Context, []byte) ([20]byte, error) { return [20]byte{1}, nil }, errSignature},
	} {
		if conn, err := (Dialer{Judge: c.judge}).Dial(t.Context(), g.endpoints[443]); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v", name, conn, err)
		}
	}
}

func TestOtherServiceOfTheEnclaveIsRefused(t *testing.T) {
	g := newGuest(t, false, 443, 8443)
	if _, err := (Dialer{Judge: judge, Service: 443}).Dial(t.Context(), g.endpoints[8443]); err == nil {
		t.Error("the host led the client to another service")
	}
}

func TestTrialIsRefused(t *testing.T) {
	g := newGuest(t, true, 443)
	if _, err := (Dialer{Judge: judge}).Dial(t.Context(), g.endpoints[443]); !errors.Is(err, exchange.ErrTrial) {
		t.Errorf("%v, want %v", err, exchange.ErrTrial)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
