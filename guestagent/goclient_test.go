// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"errors"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"

	agent "github.com/escrin/escrin/clients/go"
	"github.com/escrin/escrin/guestagent/hosttest"
)

// withClient lives once, while the workload uses the client in Go.
func withClient(t *testing.T, h *hosttest.Host, do func(ctx context.Context, c *agent.Client)) {
	t.Helper()
	during(t, h, func(m *machine) { do(t.Context(), agent.NewAt(m.socket, m.capability)) })
}

// refused checks that an error is a refusal with the code bad_request.
func refused(t *testing.T, what string, status int, err error) {
	t.Helper()
	code := "bad_request"
	if status == http.StatusRequestEntityTooLarge {
		code = "too_large"
	}
	if refusal := new(agent.Error); !errors.As(err, &refusal) || refusal.Status != status || refusal.Code != code {
		t.Errorf("%s: %v", what, err)
	}
}

// TestTheGoClientSendsNamesAsTheyAre: what would be another name on the way is refused, and nothing is made.
func TestTheGoClientSendsNamesAsTheyAre(t *testing.T) {
	h := newHost(t)
	withClient(t, h, func(ctx context.Context, c *agent.Client) {
		for _, name := range append([]string{"a\xff"}, wrongNames...) {
			_, _, err := c.Load(ctx, name)
			refused(t, "load "+name, 400, err)
			refused(t, "save "+name, 400, c.Save(ctx, name, 0, []byte("one")))
			refused(t, "put "+name, 400, c.PutOutput(ctx, name, []byte("one")))
			for _, kind := range []string{"inputs/", "secrets/", "outputs/", ""} {
				_, err := c.Get(ctx, kind+name)
				refused(t, "get "+kind+name, 400, err)
			}
		}
		if object, version, err := c.Load(ctx, "A.z_9~-"+strings.Repeat("a", 121)); object != nil || version != 0 || err != nil {
			t.Errorf("%q, %d, %v", object, version, err)
		}
		for path, want := range map[string]string{"inputs/a": "alpha", "inputs": `{"names":["a","b"]}`, "secrets": `{"names":[]}`} {
			if said, err := c.Get(ctx, path); err != nil || string(said) != want {
				t.Errorf("%s: %q, %v", path, said, err)
			}
		}
	})
	if len(h.Newest()) != 0 {
		t.Errorf("the host has %v", h.Newest())
	}
}

// TestTheGoClientSendsTextAsItIs: no two arguments are the same to the agent, which JSON would make them.
func TestTheGoClientSendsTextAsItIs(t *testing.T) {
	h := newHost(t)
	var sent []*types.Transaction
	node(t, h, &sent)
	withClient(t, h, func(ctx context.Context, c *agent.Client) {
		const broken = "a\xff"
		for _, key := range []agent.Key{{Kind: "raw", Path: broken}, {Kind: broken, Path: "a"}, {Kind: "raw", Path: "a", Policy: broken}} {
			_, err := c.DeriveKey(ctx, key)
			refused(t, "derive", 400, err)
			_, err = c.Sign(ctx, key, make([]byte, 32))
			refused(t, "sign", 400, err)
		}
		_, err := c.OmniKey(ctx, broken, 1)
		refused(t, "omni", 400, err)
		_, err = c.Seal(ctx, broken, nil)
		refused(t, "seal", 400, err)
		refused(t, "progress", 400, c.Progress(ctx, 1, broken))
		text := broken
		for _, param := range []any{broken, &text, []string{broken}, map[string]any{broken: 1}, map[string]any{"a": []any{broken}}, struct{ A any }{broken}} {
			refused(t, "rpc", 400, c.RPC(ctx, new(string), "eth_call", param))
		}
		if key, err := c.DeriveKey(ctx, agent.Key{Kind: "raw", Path: "a\ufffd"}); err != nil || key.Private == "" {
			t.Errorf("what is valid: %+v, %v", key, err)
		}
		var number string
		if err := c.RPC(ctx, &number, "eth_call", map[string]any{"to": "é", "none": nil}, []*string{nil}); err != nil || number != "0x5208" {
			t.Errorf("a call: %q, %v", number, err)
		}
	})
}

// TestTheGoClientSendsAnyValue: a node wants it without leading zeros, the agent in whole bytes.
func TestTheGoClientSendsAnyValue(t *testing.T) {
	h := newHost(t)
	var sent []*types.Transaction
	node(t, h, &sent)
	most := "0x" + strings.Repeat("f", 64)
	values := map[string]string{"": "0x0", "0x": "0x0", "0x0": "0x0", "0x00": "0x0", "0x1": "0x1", "0x01": "0x1", "0x10": "0x10", "0xABC": "0xabc", "0x00000100": "0x100", most: most}
	withClient(t, h, func(ctx context.Context, c *agent.Client) {
		for value, want := range values {
			sent = nil
			hash, err := c.Send(ctx, agent.Key{Path: "wallet"}, agent.Transaction{To: "0x" + strings.Repeat("Aa", 20), Value: value})
			if err != nil || len(sent) != 1 {
				t.Errorf("%q: %v, %d sent", value, err, len(sent))
				continue
			}
			amount, _ := new(big.Int).SetString(want[2:], 16)
			if sent[0].Value().Cmp(amount) != 0 || sent[0].Gas() != 21000 || sent[0].Hash().Hex() != hash {
				t.Errorf("%q: sent %+v", value, sent[0])
			}
		}
		for _, value := range []string{"1", "0x-1", "-0x1", "0x1_0", "0xg", "x", "0x 1", "1 ether", "0x1" + most[2:]} {
			sent = nil
			_, err := c.Send(ctx, agent.Key{Path: "wallet"}, agent.Transaction{Value: value, Gas: 53000})
			refused(t, "value "+value, 400, err)
			if len(sent) != 0 {
				t.Errorf("%q: sent %+v", value, sent[0])
			}
		}
	})
}

// TestTheGoClientReadsWhyABodyIsNotTaken, which the agent says before it has come.
func TestTheGoClientReadsWhyABodyIsNotTaken(t *testing.T) {
	large := make([]byte, 65<<20) // of which the agent does not even read the end
	withClient(t, newHost(t), func(ctx context.Context, c *agent.Client) {
		for range 8 {
			refused(t, "put", 413, c.PutOutput(ctx, "large", large))
			refused(t, "save", 413, c.Save(ctx, "large", 0, large))
		}
		stopped, stop := context.WithCancel(ctx)
		stop()
		if err := c.PutOutput(stopped, "none", nil); !errors.Is(err, context.Canceled) {
			t.Errorf("after the end of its context: %v", err)
		}
	})
}
