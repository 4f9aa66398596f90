// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/chainview"
	"github.com/escrin/escrin/keyholder/client"
	"github.com/escrin/escrin/keyholder/client/httptransport"
	"github.com/escrin/escrin/keyholder/config"
	"github.com/escrin/escrin/keyholder/member"
)

// Variables by which a test has its own binary be a keyholder, and one whose clock is
// so many seconds ahead.
const (
	asProcess  = "ESCRIN_KEYHOLDER_TEST_PROCESS"
	clockAhead = "ESCRIN_KEYHOLDER_TEST_CLOCK_AHEAD"
)

// TestMain lets the test binary be the real program in a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv(asProcess) != "" {
		if seconds, err := strconv.ParseInt(os.Getenv(clockAhead), 10, 64); err == nil {
			shiftClock(seconds)
		}
		main()
		return
	}
	os.Exit(m.Run())
}

// holder is one keyholder process and its directory.
type holder struct {
	t      *testing.T
	dir    string
	config string
	url    string
	member chain.Member
	within []string // what starts the process elsewhere; may be empty
	env    []string
	cmd    *exec.Cmd

	mu    sync.Mutex
	lines []string
	wake  chan struct{} // closed and replaced at each new line
	done  chan error    // exit of the process
}

// start runs the process.
func (h *holder) start() {
	h.t.Helper()
	args := append(slices.Clone(h.within), os.Args[0], "run", "--dir", h.dir, "--config", h.config, "--passphrase-file", h.passphrase())
	h.cmd = exec.Command(args[0], args[1:]...)
	h.cmd.Env = append(os.Environ(), append(h.env, asProcess+"=1")...)
	h.launch()
}

// launch starts the process and follows what it logs.
func (h *holder) launch() {
	h.t.Helper()
	stderr, err := h.cmd.StderrPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.mu.Lock()
	h.lines, h.wake, h.done = nil, make(chan struct{}), make(chan error, 1)
	h.mu.Unlock()
	go h.follow(bufio.NewScanner(stderr), h.cmd, h.done)
}

func (h *holder) passphrase() string { return filepath.Join(h.dir, "passphrase") }

func (h *holder) follow(s *bufio.Scanner, cmd *exec.Cmd, done chan error) {
	for s.Scan() {
		h.mu.Lock()
		h.lines = append(h.lines, s.Text())
		close(h.wake)
		h.wake = make(chan struct{})
		h.mu.Unlock()
	}
	err := cmd.Wait()
	h.mu.Lock()
	h.lines = append(h.lines, fmt.Sprintf("(the process has ended: %v; its log: %v)", err, s.Err()))
	h.mu.Unlock()
	done <- err
}

// last returns the last lines of the log; of one that ends with a dump of the runtime's, the first of those.
func (h *holder) last(lines int) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	said := h.lines
	if dump := slices.IndexFunc(said, func(line string) bool {
		return strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "panic: ")
	}); dump >= 0 {
		said = said[:min(len(said), dump+lines)]
	}
	return strings.Join(said[max(0, len(said)-lines):], "\n")
}

// await blocks until a line of the log contains all words, and returns it.
func (h *holder) await(words ...string) string {
	h.t.Helper()
	return h.awaitAny(words)
}

// awaitAny blocks until a line of the log contains all words of one of several.
func (h *holder) awaitAny(either ...[]string) string {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 2*time.Minute)
	defer cancel()
	for seen := 0; ; {
		h.mu.Lock()
		lines, wake := h.lines, h.wake
		h.mu.Unlock()
		for ; seen < len(lines); seen++ {
			if slices.ContainsFunc(either, func(words []string) bool { return containsAll(lines[seen], words) }) {
				return lines[seen]
			}
		}
		select {
		case <-wake:
		case <-ctx.Done():
			h.t.Fatalf("no line with %q in the log:\n%s", either, strings.Join(lines, "\n"))
		}
	}
}

func containsAll(line string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(line, w) {
			return false
		}
	}
	return true
}

// runs reports whether the process was not seen to end yet.
func (h *holder) runs() bool { return h.cmd.Process.Signal(syscall.Signal(0)) == nil }

// kill ends the process as a power failure would.
func (h *holder) kill() {
	h.t.Helper()
	if err := h.cmd.Process.Kill(); err != nil {
		h.t.Fatal(err)
	}
	<-h.done
}

// stop asks the process to end and expects that it does so without complaint.
func (h *holder) stop() {
	h.t.Helper()
	if err := h.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		h.t.Fatal(err)
	}
	if err := <-h.done; err != nil {
		h.t.Fatalf("stopped keyholder: %v\n%s", err, strings.Join(h.lines, "\n"))
	}
}

// pause waits until something may be asked again, and reports whether there is time to.
func pause(ctx context.Context) bool {
	select {
	case <-time.After(50 * time.Millisecond):
		return true
	case <-ctx.Done():
		return false
	}
}

// network is holders, three unless a site says otherwise, not yet started.
type network struct {
	holders []*holder
	urls    map[uint32]string
	roots   string // paths of files that all read
	policy  string
}

// settings are what tests vary.
type settings struct {
	rpc     string
	at      deploy.Addresses
	rootPEM []byte
	site    site
}

// site is where a chain and holders run.
type site struct {
	chain   string // host:port to listen on
	holders []place
	proxies []netip.Prefix // who asks holders on addresses that are not loopback; may be empty
}

// place is where one holder runs.
type place struct {
	listen string
	within []string // what starts a process there; may be empty
}

// thisMachine is a site with three holders.
func thisMachine(t *testing.T) site {
	t.Helper()
	s := site{chain: "127.0.0.1:0"}
	for range 3 {
		s.holders = append(s.holders, place{listen: freeAddress(t)})
	}
	return s
}

func newNetwork(t *testing.T, s settings) *network {
	t.Helper()
	n := &network{urls: map[uint32]string{}}
	var peers []config.Peer
	for i, at := range s.site.holders {
		url := "http://" + at.listen
		n.urls[uint32(i)+1] = url
		h := newHolder(t, [20]byte{byte(i) + 1}, url)
		h.within = at.within
		n.holders = append(n.holders, h)
		peers = append(peers, config.Peer{Account: config.Address(h.member.Account), URL: url})
	}
	n.roots = filepath.Join(t.TempDir(), "roots.pem")
	n.policy = filepath.Join(t.TempDir(), "policy.json")
	must(t, os.WriteFile(n.roots, s.rootPEM, 0o644))
	must(t, os.WriteFile(n.policy, simulator.Policy(), 0o644))
	for i, h := range n.holders {
		b, err := json.Marshal(config.Config{
			Listen: s.site.holders[i].listen, Peers: peers, Roots: n.roots, Policy: n.policy,
			Serving: config.Serving{Proxied: len(s.site.proxies) > 0, TrustedProxies: s.site.proxies},
			Chain: config.Chain{
				ID: devchain.ChainID, RPC: []string{s.rpc}, Registry: config.Address(s.at.Registry), TaskHub: config.Address(s.at.TaskHub),
				Platforms: config.Address(s.at.Platforms), Anchors: config.Address(s.at.Anchors), KeyNetwork: config.Address(s.at.KeyNetwork), Finality: chainview.Latest(),
			},
		})
		must(t, err)
		must(t, os.WriteFile(h.config, b, 0o600))
	}
	t.Cleanup(n.killAll)
	return n
}

// newHolder runs init.
func newHolder(t *testing.T, account common.Address, url string) *holder {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "holder")
	h := &holder{t: t, url: url, dir: dir, config: filepath.Join(dir, "config.json")}
	must(t, os.Mkdir(dir, 0o700))
	must(t, os.WriteFile(h.passphrase(), []byte("only for tests"), 0o600))
	var out bytes.Buffer
	args := []string{"init", "--dir", dir, "--passphrase-file", h.passphrase(), "--account", account.Hex(), "--url", url, "--json"}
	must(t, command(t.Context(), args, &out, os.Stderr))
	var entry member.Entry
	must(t, json.Unmarshal(out.Bytes(), &entry))
	h.member = chain.Member{Account: account, Signer: common.Address(entry.Signer), EncryptionKey: common.Hash(entry.EncryptionKey)}
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (n *network) killAll() {
	for _, h := range n.holders {
		if h.cmd != nil && h.cmd.ProcessState == nil {
			_ = h.cmd.Process.Kill()
		}
	}
}

// keynet returns what a holder says about the network.
func (n *network) keynet(t *testing.T, index uint32) keyholder.KeynetReply {
	t.Helper()
	reply, err := client.Keynet(t.Context(), httptransport.ToURLs(n.urls), index)
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

// agreed starts nothing; it returns the one network that all holders describe.
func (n *network) agreed(t *testing.T) keyholder.Network {
	t.Helper()
	var first []byte
	var out keyholder.Network
	for i := range n.holders {
		reply := n.keynet(t, uint32(i)+1)
		if !reply.Ready || reply.Index != uint32(i)+1 || reply.Network == nil {
			t.Fatalf("keyholder %d: %+v", i+1, reply)
		}
		b, err := json.Marshal(reply.Network)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first, out = b, *reply.Network
		}
		if !bytes.Equal(b, first) {
			t.Fatalf("keyholder %d describes another network:\n%s\n%s", i+1, b, first)
		}
	}
	return out
}

// nextPort gives each holder of this test process another port. They lie below
// those that the system gives to outgoing connections, so that a port is still
// free when a killed keyholder comes back.
var nextPort = func() *atomic.Uint32 {
	var next atomic.Uint32
	next.Store(20_000 + rand.Uint32N(11_000))
	return &next
}()

// freeAddress returns a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", nextPort.Add(1))
		l, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		return address
	}
	t.Fatal("no free port")
	return ""
}
