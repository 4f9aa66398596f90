// SPDX-License-Identifier: Apache-2.0

package hostend

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/internal/frame"
	"github.com/escrin/escrin/guestagent/mux"
	"github.com/escrin/escrin/guestagent/wire"
)

// framed is a header on the wire with whatever length it claims.
func framed(length uint32, header string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, length), header...)
}

func honest(header string) []byte { return framed(uint32(len(header)), header) }

// TestAG13HostileHostsAreBounded answers a guest's request with bytes that break the protocol.
func TestAG13HostileHostsAreBounded(t *testing.T) {
	ok := `{"error":"","result":{},"bodyLength":`
	for name, reply := range map[string][]byte{
		"nothing":                {},
		"half a length":          {0, 0},
		"endless header":         framed(1<<32-1, "{}"),
		"header over the limit":  framed(frame.MaxHeader+1, strings.Repeat(" ", frame.MaxHeader+1)),
		"empty header":           framed(0, ""),
		"not JSON":               honest("hello"),
		"no object":              honest("[]"),
		"unknown key":            honest(`{"error":"","result":{},"bodyLength":0,"x":1}`),
		"duplicate key":          honest(`{"error":"","error":"","result":{},"bodyLength":0}`),
		"white space":            honest(`{"error":"", "result":{},"bodyLength":0}`),
		"two documents":          honest(ok + `0}{}`),
		"negative body":          honest(ok + `-1}`),
		"body over the limit":    honest(ok + `18446744073709551615}`),
		"body over the caller's": append(honest(ok+`5}`), "12345"...),
		"shorter body":           append(honest(ok+`4}`), "123"...),
		"result of another type": honest(`{"error":"","result":[],"bodyLength":0}`),
		"result with more":       honest(`{"error":"","result":{"more":1},"bodyLength":0}`),
	} {
		guest, runner := net.Pipe()
		var served sync.WaitGroup
		served.Go(func() { answerWith(runner, reply) })
		c := hostlink.NewClient(guest)
		if _, err := c.Fetch(t.Context(), wire.Digest{}, 4); err == nil {
			t.Errorf("%s: the guest took it", name)
		}
		c.Close()
		served.Wait()
	}
}

// answerWith reads one request and replies with raw bytes.
func answerWith(conn io.ReadWriteCloser, reply []byte) {
	session := mux.Host(conn, frame.Host())
	defer session.Close()
	stream, err := session.Accept()
	if err != nil {
		return
	}
	if _, err := frame.Read[frame.Request](stream); err == nil {
		_, _ = stream.Write(reply)
	}
	stream.Close()
	_, _ = session.Accept() // until the guest hangs up
}

// TestAG13HostileGuestsAreBounded: the runner does not trust the guest either.
func TestAG13HostileGuestsAreBounded(t *testing.T) {
	zeros := base64Zeros(64)
	for name, request := range map[string]string{
		"unknown request":          `{"op":"shell","params":{},"bodyLength":0}`,
		"unknown parameter":        `{"op":"launch","params":{"x":1},"bodyLength":0}`,
		"body where frame.None is": `{"op":"launch","params":{},"bodyLength":1}`,
		"endless body":             `{"op":"evidence","params":{},"bodyLength":18446744073709551615}`,
		"short report data":        `{"op":"quote","params":{"reportData":"AAAA"},"bodyLength":0}`,
		"long report data":         `{"op":"quote","params":{"reportData":"` + base64Zeros(65) + `"},"bodyLength":0}`,
		"report data, a body":      `{"op":"quote","params":{"reportData":"` + zeros + `"},"bodyLength":2}`,
		"path of a file":           `{"op":"keyholder","params":{"epoch":1,"index":1,"path":"/etc/passwd"},"bodyLength":0}`,
		"path with a parent":       `{"op":"keyholder","params":{"epoch":1,"index":1,"path":"/v1/../admin"},"bodyLength":0}`,
		"path with a query":        `{"op":"keyholder","params":{"epoch":1,"index":1,"path":"/v1/x?y"},"bodyLength":0}`,
		"path to a host":           `{"op":"keyholder","params":{"epoch":1,"index":1,"path":"@evil/v1/"},"bodyLength":0}`,
		"path with a break":        `{"op":"keyholder","params":{"epoch":1,"index":1,"path":"/v1/x\r\nHost:y"},"bodyLength":0}`,
		"long path":                `{"op":"keyholder","params":{"epoch":1,"index":1,"path":"/v1/` + strings.Repeat("a", maxPath) + `"},"bodyLength":0}`,
		"unknown step":             `{"op":"step","params":{"step":"secret","ms":1},"bodyLength":0}`,
		"unknown failure":          `{"op":"failed","params":{"failure":"the password is"},"bodyLength":0}`,
		"blob too large":           `{"op":"store","params":{"digest":"` + (wire.Digest{}).String() + `"},"bodyLength":268435457}`,
		"result of two":            `{"op":"result","params":{"report":"` + zeros + `","signature":"` + zeros + `"},"bodyLength":0}`,
		"bad digest":               `{"op":"fetch","params":{"digest":"sha256:../..","max":1},"bodyLength":0}`,
	} {
		h := &host{launch: goodLaunch(), blobs: map[wire.Digest][]byte{}}
		if code := replyTo(t, h, honest(request)); code != hostlink.CodeInvalid && code != hostlink.CodeTooLarge {
			t.Errorf("%s: code %q", name, code)
		}
		if len(h.heard) != 0 {
			t.Errorf("%s: the handler heard %q", name, h.heard)
		}
	}
}

func base64Zeros(n int) string {
	text, _ := json.Marshal(make([]byte, n))
	return strings.Trim(string(text), `"`)
}

// conversation is a stream whose two directions are buffers.
type conversation struct {
	io.Reader
	bytes.Buffer
}

// Read reads what the guest sent.
func (c *conversation) Read(p []byte) (int, error) { return c.Reader.Read(p) }

// Widen does nothing: all is there.
func (c *conversation) Widen(int) {}

// Left is true: nothing more comes.
func (c *conversation) Left() bool { return true }

// replyTo returns the code of the host's reply to raw bytes, or "" without one.
func replyTo(t testing.TB, h Handler, request []byte) hostlink.Code {
	t.Helper()
	c := &conversation{Reader: bytes.NewReader(request)}
	answer(t.Context(), c, (&jobs{handler: h}).answer)
	if c.Len() == 0 {
		return ""
	}
	header, err := frame.Read[frame.Reply](&c.Buffer)
	if err != nil {
		t.Fatalf("the reply is not one: %v", err)
	}
	return hostlink.Code(header.Error)
}

func FuzzAnswer(f *testing.F) {
	f.Add(honest(`{"op":"launch","params":{},"bodyLength":0}`))
	f.Add(append(honest(`{"op":"evidence","params":{},"bodyLength":3}`), "abc"...))
	f.Add(honest(`{"op":"fetch","params":{"digest":"` + (wire.Digest{}).String() + `","max":9}` + `,"bodyLength":0}`))
	f.Add(framed(1<<31, "{}"))
	f.Fuzz(func(t *testing.T, request []byte) {
		h := &host{launch: goodLaunch(), blobs: map[wire.Digest][]byte{}}
		replyTo(t, h, request)
	})
}

func FuzzReadReply(f *testing.F) {
	f.Add(honest(`{"error":"","result":{},"bodyLength":0}`))
	f.Fuzz(func(t *testing.T, reply []byte) {
		header, err := frame.Read[frame.Reply](bytes.NewReader(reply))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := frame.Write(&again, header); err != nil || !bytes.HasPrefix(reply, again.Bytes()) {
			t.Errorf("%q encodes as %q, %v", reply, again.Bytes(), err)
		}
	})
}

// TestREG03OtherBytesThanAskedForAreRefused: the host stores another blob under the digest.
func TestREG03OtherBytesThanAskedForAreRefused(t *testing.T) {
	want := wire.DigestOf([]byte("right"))
	h := &host{blobs: map[wire.Digest][]byte{want: []byte("wrong")}}
	if _, err := link(t, h).Fetch(t.Context(), want, 100); err == nil {
		t.Error("the guest took another blob")
	}
}

func TestFetchRespectsTheCallersBound(t *testing.T) {
	blob := []byte("0123456789")
	h := &host{blobs: map[wire.Digest][]byte{wire.DigestOf(blob): blob}}
	_, err := link(t, h).Fetch(t.Context(), wire.DigestOf(blob), 9)
	var e *hostlink.Error
	if !errors.As(err, &e) || e.Code != hostlink.CodeTooLarge {
		t.Errorf("error is %v", err)
	}
}

func TestOnlyTheCodeCrossesTheLink(t *testing.T) {
	h := &host{launch: goodLaunch(), err: &hostlink.Error{Code: hostlink.CodeRefused, Err: errors.New("no funds at 0xabc")}}
	_, _, err := link(t, h).Launch(t.Context())
	var e *hostlink.Error
	if !errors.As(err, &e) || e.Code != hostlink.CodeRefused || strings.Contains(err.Error(), "funds") {
		t.Errorf("error is %v", err)
	}
	h = &host{launch: goodLaunch(), err: errors.New("anything")}
	if _, _, err = link(t, h).Launch(t.Context()); !errors.As(err, &e) || e.Code != hostlink.CodeUnavailable {
		t.Errorf("error is %v", err)
	}
}

func TestMalformedLaunchesAreRefused(t *testing.T) {
	for name, change := range map[string]func(*hostlink.Launch){
		"no chain":    func(l *hostlink.Launch) { l.ChainID = 0 },
		"no duration": func(l *hostlink.Launch) { l.Duration = 0 },
		"no attempt":  func(l *hostlink.Launch) { l.Task.Attempt = 0 },
		"no shape":    func(l *hostlink.Launch) { l.Shape = hostlink.Shape{} },
		"long proof":  func(l *hostlink.Launch) { l.Proof = make([]wire.Hash32, hostlink.MaxProof+1) },
		"network": func(l *hostlink.Launch) {
			l.KeyNetwork = []byte(`"` + strings.Repeat("a", hostlink.MaxKeyNetwork) + `"`)
		},
	} {
		h := &host{launch: goodLaunch()}
		change(&h.launch)
		if _, _, err := link(t, h).Launch(t.Context()); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// silent is a host that never answers a launch.
type silent struct {
	host
	asked chan struct{}
}

func (s *silent) Launch(ctx context.Context) (hostlink.Launch, error) {
	close(s.asked)
	<-ctx.Done()
	return hostlink.Launch{}, ctx.Err()
}

func TestContextEndsARequest(t *testing.T) {
	s := &silent{asked: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-s.asked; cancel() }()
	if _, _, err := link(t, s).Launch(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestRequestsAtTheSameTime(t *testing.T) {
	h := &host{launch: goodLaunch(), blobs: map[wire.Digest][]byte{}}
	c := link(t, h)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			blob := bytes.Repeat([]byte{byte(i)}, 100_000)
			if err := c.Store(t.Context(), wire.DigestOf(blob), bytes.NewReader(blob), uint64(len(blob))); err != nil {
				t.Error(err)
			}
			back, err := c.Fetch(t.Context(), wire.DigestOf(blob), hostlink.MaxBlob)
			if err != nil || !bytes.Equal(back, blob) {
				t.Errorf("blob %d: %v", i, err)
			}
		})
	}
	all.Wait()
}

func TestServeEndsWithItsContextAndWaitsForHandlers(t *testing.T) {
	guest, runner := net.Pipe()
	s := &silent{asked: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, runner, s) }()
	c := hostlink.NewClient(guest)
	defer c.Close()
	go func() { _, _, _ = c.Launch(t.Context()) }()
	<-s.asked
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Serve returned %v", err)
	}
}

func TestStepsAndFailuresAreTheCommittedOnes(t *testing.T) {
	var steps, failures []string
	for _, s := range Steps() {
		steps = append(steps, string(s))
	}
	for _, f := range Failures() {
		failures = append(failures, string(f))
	}
	if got := strings.Join(steps, " "); got != "kernel agent disk keys evidence permit shares input workload output-first sealed result wiped poweroff" {
		t.Errorf("steps %s", got)
	}
	if got := strings.Join(failures, " "); got != "setup disk launch keys evidence permit policy shares config input workload output result unexpected" {
		t.Errorf("failures %s", got)
	}
	if got := (hostlink.StepReport{Step: hostlink.StepDisk, Milliseconds: uint64((3 * time.Second).Milliseconds())}); got.Milliseconds != 3000 {
		t.Errorf("report %+v", got)
	}
}
