// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/escrin/escrin/guestagent/gateway/plan"
	"github.com/escrin/escrin/guestagent/mux"
	"github.com/escrin/escrin/guestagent/session"
	"github.com/escrin/escrin/guestagent/session/exchange"
	"github.com/escrin/escrin/guestagent/uplink"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// nobody signs nothing.
type nobody struct{}

func (nobody) Sign(exchange.Statement) ([session.SignatureSize]byte, error) {
	return [session.SignatureSize]byte{}, errors.New("no signature")
}

// start starts a gateway and returns the host's end of its uplink.
func start(t *testing.T, p plan.Plan) *mux.Session { return startIdle(t, p, 0) }

// startIdle is start with a limit for idle connections, if it is not zero.
func startIdle(t *testing.T, p plan.Plan, idle time.Duration) *mux.Session {
	t.Helper()
	inside, outside := net.Pipe()
	guest, host := uplink.Guest(inside, len(p.Ingress) > 0), uplink.Host(outside, len(p.Egress) > 0)
	g, err := New(p, nobody{})
	check(t, err)
	g.idle = cmp.Or(idle, g.idle)
	t.Cleanup(func() {
		host.Close()
		g.Close()
	})
	go g.Serve(guest)
	return host
}

// serve listens as the workload does, and repeats what it hears.
func serve(t *testing.T) (port uint16) {
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
				io.Copy(conn, conn)
				conn.Close()
			}()
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

// freePort is one of loopback that nobody has.
func freePort(t *testing.T) uint16 {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	check(t, err)
	defer l.Close()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

// endWriting ends what the host says on a stream.
func endWriting(t *testing.T, stream net.Conn) {
	t.Helper()
	check(t, stream.(interface{ CloseWrite() error }).CloseWrite())
}

// closedByGuest says whether a stream ends within a time, without a word.
func closedByGuest(t *testing.T, stream io.ReadCloser, within time.Duration) bool {
	t.Helper()
	late := time.AfterFunc(within, func() { stream.Close() })
	defer late.Stop()
	n, err := stream.Read(make([]byte, 1))
	return n == 0 && errors.Is(err, io.EOF)
}

// TestAG02OnlyListedServicesAreReached: a host cannot choose a port of the workload.
func TestAG02OnlyListedServicesAreReached(t *testing.T) {
	listed, unlisted := serve(t), serve(t)
	host := start(t, plan.Plan{Ingress: []plan.Service{{Port: 80, To: listed}}})
	for _, port := range []uint16{0, 1, listed, unlisted, 81, 65535} {
		stream, err := uplink.Offer(host, port)
		check(t, err)
		if !closedByGuest(t, stream, 5*time.Second) {
			t.Errorf("port %d: the stream is open", port)
		}
	}
	stream, err := uplink.Offer(host, 80)
	check(t, err)
	_, err = io.WriteString(stream, "hello")
	check(t, err)
	endWriting(t, stream)
	if heard, err := io.ReadAll(stream); err != nil || string(heard) != "hello" {
		t.Errorf("heard %q, %v", heard, err)
	}
}

// TestAG13FloodFromOutsideLeavesTheOtherWay: streams that say nothing, of which a bounded number is held, and the workload
// reaches its destination all the while.
func TestAG13FloodFromOutsideLeavesTheOtherWay(t *testing.T) {
	port := freePort(t)
	host := start(t, plan.Plan{
		Egress: []plan.Listener{{Address: "127.0.0.1", Name: "a.example", Port: port}}, Ingress: []plan.Service{{Port: 80, To: serve(t)}},
	})
	var open []*mux.Stream
	for range 2 * MaxConnections {
		stream, err := host.Open()
		check(t, err)
		_, err = stream.Write([]byte{0})
		check(t, err)
		open = append(open, stream)
	}
	closed := 0
	for _, stream := range slices.Backward(open) { // the first ones are held
		if closed == MaxConnections || !closedByGuest(t, stream, 5*time.Second) {
			break
		}
		closed++
	}
	if closed != MaxConnections {
		t.Errorf("%d streams of %d were closed", closed, len(open))
	}
	go answer(host)
	conn, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	check(t, err)
	defer conn.Close()
	if heard, err := io.ReadAll(conn); err != nil || string(heard) != "a.example" {
		t.Errorf("heard %q, %v", heard, err)
	}
}

// answer is a host that connects everything with a server that repeats its name.
func answer(host *mux.Session) {
	for {
		stream, err := host.Accept()
		if err != nil {
			return
		}
		to, err := uplink.ReadDestination(stream)
		if err == nil && uplink.Answer(stream, uplink.Connected) == nil {
			io.WriteString(stream, to.Name)
		}
		stream.Close()
	}
}

// TestAG02RefusedDestinationIsReset: the workload learns that there is no connection, and gets no byte of the host's.
func TestAG02RefusedDestinationIsReset(t *testing.T) {
	port := freePort(t)
	host := start(t, plan.Plan{Egress: []plan.Listener{{Address: "127.0.0.1", Name: "a.example", Port: port}}})
	go func() {
		for {
			stream, err := host.Accept()
			if err != nil {
				return
			}
			if _, err := uplink.ReadDestination(stream); err == nil {
				stream.Write([]byte{byte(uplink.Refused), 'x'})
			}
			stream.Close()
		}
	}()
	conn, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if errors.Is(err, syscall.ECONNRESET) { // as soon as that
		return
	}
	check(t, err)
	defer conn.Close()
	if heard, err := io.ReadAll(conn); err == nil || len(heard) > 0 {
		t.Errorf("heard %q, %v", heard, err)
	}
}

// TestTLSOfTheGateway: 1.3 and nothing older, no resumption, and a protocol only where it is known.
func TestTLSOfTheGateway(t *testing.T) {
	host := start(t, plan.Plan{Ingress: []plan.Service{{Port: 443, To: serve(t), TLS: true}}})
	handshake := func(c *tls.Config) (tls.ConnectionState, error) {
		stream, err := uplink.Offer(host, 443)
		check(t, err)
		defer stream.Close()
		c.InsecureSkipVerify = true
		conn := tls.Client(stream, c)
		err = conn.Handshake()
		return conn.ConnectionState(), err
	}
	if _, err := handshake(&tls.Config{MaxVersion: tls.VersionTLS12}); err == nil {
		t.Error("TLS 1.2 is spoken")
	}
	for _, c := range []struct {
		offered []string
		agreed  string
	}{{nil, ""}, {[]string{"h2", "http/1.1"}, "http/1.1"}, {[]string{"h2"}, ""}, {[]string{"http/1.1", exchange.ALPN}, exchange.ALPN}} {
		state, err := handshake(&tls.Config{NextProtos: c.offered, ClientSessionCache: tls.NewLRUClientSessionCache(1)})
		if err != nil || state.Version != tls.VersionTLS13 || state.NegotiatedProtocol != c.agreed || state.DidResume {
			t.Errorf("%q: agreed on %q, %v", c.offered, state.NegotiatedProtocol, err)
		}
	}
	stream, err := uplink.Offer(host, 443)
	check(t, err)
	if _, err = stream.Write([]byte("GET / HTTP/1.1\r\n\r\n")); err == nil {
		heard, _ := io.ReadAll(stream)
		if len(heard) > 16 { // an alert at most
			t.Errorf("without TLS it says %q", heard)
		}
	}
}

// TestAG13SilentStrangersLeave: who connects in all places and says nothing has them for a while, and not for ever.
func TestAG13SilentStrangersLeave(t *testing.T) {
	host := startIdle(t, plan.Plan{Ingress: []plan.Service{{Port: 80, To: serve(t)}}}, 2*time.Second)
	var silent []net.Conn
	for range MaxConnections {
		stream, err := uplink.Offer(host, 80)
		check(t, err)
		silent = append(silent, stream)
	}
	stranger, err := uplink.Offer(host, 80)
	check(t, err)
	if !closedByGuest(t, stranger, time.Second) {
		t.Fatal("there is room for one more")
	}
	for _, stream := range silent {
		if !closedByGuest(t, stream, 20*time.Second) {
			t.Fatal("a silent one stays")
		}
		stream.Close()
	}
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); { // a place is free soon after its connection has ended
		stream, err := uplink.Offer(host, 80)
		check(t, err)
		io.WriteString(stream, "hello")
		endWriting(t, stream)
		heard, _ := io.ReadAll(stream)
		stream.Close()
		if string(heard) == "hello" {
			return
		}
	}
	t.Error("the service has ended")
}

// TestListenersThatWaitHaveNoPlace: with as many destinations as there are places, all places are there for the connections to one; others
// wait, and get a place when there is one.
func TestListenersThatWaitHaveNoPlace(t *testing.T) {
	const waiting = 2
	port := freePort(t)
	var p plan.Plan
	for i := range MaxConnections {
		p.Egress = append(p.Egress, plan.Listener{Address: fmt.Sprintf("127.0.9.%d", i+1), Name: "a.example", Port: port})
	}
	host := start(t, p)
	streams := make(chan net.Conn, MaxConnections+waiting)
	go func() {
		for {
			stream, err := uplink.Accept(host)
			if err != nil {
				return
			}
			if _, err := uplink.ReadDestination(stream); err == nil && uplink.Answer(stream, uplink.Connected) == nil {
				streams <- stream
			}
		}
	}()
	for range cap(streams) {
		conn, err := net.Dial("tcp4", fmt.Sprintf("127.0.9.1:%d", port))
		check(t, err)
		defer conn.Close()
	}
	carried := func(n int) (last net.Conn) {
		t.Helper()
		for i := range n {
			select {
			case last = <-streams:
			case <-time.After(20 * time.Second):
				t.Fatalf("%d connections are carried, want %d", i, n)
			}
		}
		return last
	}
	last := carried(MaxConnections)
	if len(streams) != 0 {
		t.Error("there are more places than that")
	}
	for range waiting {
		check(t, last.Close())
		last = carried(1)
	}
}
