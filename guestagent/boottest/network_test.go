// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/connect"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/jobs/guestnet"
	"github.com/escrin/escrin/jobs/guestnet/dnstest"
)

// withNetwork gives a machine the port for its network, which h serves, and returns the machine.
func withNetwork(t *testing.T, m vm, h *guestnet.Host) vm {
	t.Helper()
	path := filepath.Join(t.TempDir(), "network")
	l, err := net.Listen("unix", path)
	check(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		conn, err := l.Accept()
		if err == nil {
			h.Serve(t.Context(), conn)
		}
	}()
	m.initrd = "initrd-network"
	m.extra = append(m.extra, "-chardev", "socket,id=network,path="+path, "-device", "virtserialport,chardev=network,name=org.escrin.network")
	return m
}

// greeter is a server of the host that says something to everyone.
func greeter(t *testing.T, greeting string) (port uint16, count *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { l.Close() })
	count = new(atomic.Int32)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			count.Add(1)
			io.WriteString(conn, greeting)
			conn.Close()
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port), count
}

// loopback may be reached by the guests of these tests, and every name means the host itself.
func loopback(t *testing.T, n config.Network) *guestnet.Host {
	t.Helper()
	resolver, err := dnstest.Resolver(t.Context(), func(string, int) netip.Addr { return netip.MustParseAddr("127.0.0.1") })
	check(t, err)
	return &guestnet.Host{Network: n, Resolver: resolver, Log: func(line string) { t.Log(line) },
		Reach: guestnet.Reach{Also: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}
}

// urlForms are ways to write the host, the guest's own machine, and what clouds have at link-local addresses.
func urlForms(port uint16) (forms []string) {
	for _, host := range []string{
		"127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "127.255.255.254", "127.0.1.1", "0", "0.0.0.0", "0.0.0.1", "0x7f000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "0177.0.0.1", "017700000001",
		"2130706433", "2130706434", "4294967295", "255.255.255.255", "localhost", "LOCALHOST", "localhost.", "enclave", "ip6-localhost", "[::1]", "[::]", "[::ffff:127.0.0.1]",
		"[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]", "[fe80::1]", "[fe80::1%25lo]", "[fd00:ec2::254]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "169.254.169.254", "169.254.1",
		"0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "169.254.170.2", "169.254.169.123", "metadata", "metadata.google.internal", "instance-data", "100.100.100.200", "192.0.0.192", "168.63.129.16",
		"10.0.2.2", "10.0.2.3", "10.0.2.15", "10.0.0.1", "172.17.0.1", "192.168.0.1", "192.168.122.1", "host.docker.internal", "gateway.docker.internal", "host.containers.internal",
		"kubernetes.default.svc", "10.96.0.1", "198.18.0.0", "198.18.0.2", "198.18.0.255", "198.19.0.1", "224.0.0.1", "224.0.0.251", "239.255.255.250", "1.1.1.1", "8.8.8.8",
		"unlisted.example", "sub.listed.example", "listed.example.", "listed", "xlisted.example", "127.0.0.1.nip.io", "localtest.me", "user@127.0.0.1", "listed.example@127.0.0.1",
		"127.0.0.1#listed.example", "127.0.0.1?listed.example", "2", "3", "vsock", "%31%32%37.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1",
	} {
		forms = append(forms, fmt.Sprintf("http://%s:%d/", host, port))
	}
	for _, rest := range []string{
		"http://listed.example:1/", "http://listed.example/", "http://listed.example:22/", "http://198.18.0.1/", "http://198.18.0.1:443/", "http://127.0.0.1:111/", "http://127.0.0.1:1024/",
		"http://[::1]:80/", "http://0/", "http://localhost/", "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:8545/", "http://10.0.2.2:8545/", "http://127.0.0.1:9000/", "http://0x7f.1:8545/", "http://2130706433:8545/",
	} {
		forms = append(forms, rest)
	}
	return forms
}

// TestAG02WorkloadReachesWhatIsListedAndNothingElse boots a guest whose workload reaches a listed name and a listed address,
// and then tries 100 forms of what is not listed.
func TestAG02WorkloadReachesWhatIsListedAndNothingElse(t *testing.T) {
	t.Parallel()
	listed, reached := greeter(t, "HTTP/1.0 200 OK\r\n\r\nlisted\n")
	canary, alarms := greeter(t, "HTTP/1.0 200 OK\r\n\r\ncanary\n")
	forms := urlForms(canary)
	if len(forms) < 100 {
		t.Fatalf("%d forms", len(forms))
	}
	// Its own limit of time (-T) makes Debian 12's wget of March 2026 crash.
	script := fmt.Sprintf(`wget() { busybox timeout 5 busybox wget -q -O - "$1" </dev/null 2>&1; }
wget http://listed.example:%d/
cat /etc/hosts | grep listed; ls /sys/class/net; grep -c : /proc/net/dev
echo x >> /etc/hosts || echo read-only
n=0; while read url; do n=$((n+1)); if said=$(wget "$url"); then echo "$url: $said"; fi; done < /input/forms
echo $n tried`, listed)
	workload := shellWorkload(script)
	workload.Containers[0].Process.User = config.User{}
	workload.Network = config.Network{Egress: []config.Destination{{Name: "listed.example", Port: listed}}}
	host := newHostWith(t, map[string][]byte{"forms": []byte(strings.Join(forms, "\n") + "\n")})
	status, out := finishWith(t, host, withNetwork(t, vm{disk: makeDisk(t, workload)}, loopback(t, workload.Network)))
	want := fmt.Sprintf("listed\n198.18.0.1\tlisted.example\nlo\n1\nread-only\n%d tried\n", len(forms))
	if status != 0 || string(out.Stdout) != want {
		t.Errorf("status %d, stdout %q\nwant %q\nstderr %q", status, out.Stdout, want, out.Stderr)
	}
	if reached.Load() != 1 || alarms.Load() != 0 {
		t.Errorf("%d connections to what is listed, %d to what is not", reached.Load(), alarms.Load())
	}
}

// TestAT03SessionEndsInTheGuest boots a guest with two services. A client connects with the first, which TLS binds to the
// guest's evidence, and ends the workload by the second.
func TestAT03SessionEndsInTheGuest(t *testing.T) {
	t.Parallel()
	workload := shellWorkload(`busybox nc -ll -p 8080 -e /bin/cat & until busybox nc -l -p 9000 > /tmp/end; do sleep 1; done; cat /tmp/end; kill $!; exit 5`)
	workload.Network = config.Network{Ingress: []config.Service{{Port: 443, To: 8080, TLS: true}, {Port: 9000, To: 9000}}}
	host := loopback(t, workload.Network)
	endpoints, err := host.Listen("127.0.0.1")
	check(t, err)
	h := newHost(t)
	talked := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	go func() {
		err := talk(ctx, endpoints[0].Address)
		err2 := repeat(ctx, func() error { return end(endpoints[1].Address) })
		if err == nil {
			err = err2
		}
		talked <- err
	}()
	status, out := finishWith(t, h, withNetwork(t, vm{disk: makeDisk(t, workload)}, host))
	if err := <-talked; err != nil {
		t.Errorf("client: %v", err)
	}
	if status != 5 || string(out.Stdout) != "the end\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out.Stdout, out.Stderr)
	}
}

// talk connects until the workload repeats what it is told.
func talk(ctx context.Context, address string) error {
	judge := func(_ context.Context, evidence []byte) ([20]byte, error) { // the quote is the test's own invention
		e, err := attest.ParseEvidence(evidence)
		return e.Binding.Requester, err
	}
	return repeat(ctx, func() error {
		conn, err := connect.Dialer{Judge: judge, Service: 443}.Dial(ctx, address)
		if err != nil {
			return err
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "hello\n"); err != nil {
			return err
		}
		line, err := bufio.NewReader(conn).ReadString('\n')
		if err == nil && line != "hello\n" {
			return fmt.Errorf("heard %q", line)
		}
		return err
	})
}

func end(address string) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "the end\n"); err != nil {
		return err
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	_, err = io.ReadAll(conn)
	return err
}

// repeat tries until it works: a guest needs its time to boot.
func repeat(ctx context.Context, try func() error) error {
	ticker := time.NewTicker(500 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-ticker.C:
		}
	}
}
