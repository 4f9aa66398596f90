// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/escrin/escrin/keyholder/release"
)

const (
	callTimeout = 10 * time.Second
	maxReply    = 1 << 20
)

// endpoint is one JSON-RPC server. Three methods are all that a keyholder asks,
// so it links no chain library.
type endpoint struct {
	url    string
	client *http.Client
}

func newEndpoint(url string) endpoint {
	return endpoint{url: url, client: &http.Client{
		Timeout:       callTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

type rpcRequest struct {
	Version string            `json:"jsonrpc"`
	ID      int               `json:"id"`
	Method  string            `json:"method"`
	Params  []json.RawMessage `json:"params"`
}

type rpcReply struct {
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// errNoBlock reports that an endpoint does not know a block.
var errNoBlock = errors.New("no such block")

func (e endpoint) call(ctx context.Context, method string, params ...json.RawMessage) (json.RawMessage, error) {
	body, err := json.Marshal(rpcRequest{"2.0", 1, method, params})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := e.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK || len(raw) > maxReply {
		return nil, fmt.Errorf("%s: status %d, %d bytes", method, resp.StatusCode, len(raw))
	}
	var reply rpcReply
	if err := json.Unmarshal(raw, &reply); err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	if reply.Error != nil {
		return nil, fmt.Errorf("%s: error %d: %.200s", method, reply.Error.Code, reply.Error.Message)
	}
	return reply.Result, nil
}

// chainID asks which chain the endpoint serves.
func (e endpoint) chainID(ctx context.Context) (uint64, error) {
	raw, err := e.call(ctx, "eth_chainId")
	if err != nil {
		return 0, err
	}
	var q quantity
	err = json.Unmarshal(raw, &q)
	return uint64(q), err
}

// block asks for a block by tag ("latest", "finalized") or hexadecimal number.
func (e endpoint) block(ctx context.Context, which string) (release.Head, error) {
	raw, err := e.call(ctx, "eth_getBlockByNumber", text(which), json.RawMessage("false"))
	if err != nil {
		return release.Head{}, err
	}
	var b *struct {
		Number    quantity `json:"number"`
		Hash      hash     `json:"hash"`
		Timestamp quantity `json:"timestamp"`
	}
	if err := json.Unmarshal(raw, &b); err != nil {
		return release.Head{}, fmt.Errorf("eth_getBlockByNumber: %w", err)
	}
	if b == nil {
		return release.Head{}, fmt.Errorf("eth_getBlockByNumber %s: %w", which, errNoBlock)
	}
	return release.Head{Number: uint64(b.Number), Hash: b.Hash, Time: uint64(b.Timestamp)}, nil
}

// contract calls a contract in the state after the block with hash at.
func (e endpoint) contract(ctx context.Context, to [20]byte, data []byte, at [32]byte) ([]byte, error) {
	call := json.RawMessage(fmt.Sprintf(`{"to":"0x%x","data":"0x%x"}`, to, data))
	block := json.RawMessage(fmt.Sprintf(`{"blockHash":"0x%x","requireCanonical":true}`, at))
	raw, err := e.call(ctx, "eth_call", call, block)
	if err != nil {
		return nil, err
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, fmt.Errorf("eth_call: %w", err)
	}
	digits, ok := strings.CutPrefix(s, "0x")
	if !ok {
		return nil, errors.New("eth_call: result is not hexadecimal")
	}
	out, err := hex.DecodeString(digits)
	if err != nil {
		return nil, fmt.Errorf("eth_call: %w", err)
	}
	return out, nil
}

func text(s string) json.RawMessage { return json.RawMessage(strconv.Quote(s)) }

// quantity is a JSON-RPC number: 0x and at most sixteen digits.
type quantity uint64

func (q *quantity) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	digits, ok := strings.CutPrefix(s, "0x")
	if !ok {
		return errors.New("number is not hexadecimal")
	}
	v, err := strconv.ParseUint(digits, 16, 64)
	*q = quantity(v)
	return err
}

// hash is 32 bytes.
type hash [32]byte

func (h *hash) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if len(s) != 66 || s[:2] != "0x" {
		return errors.New("hash is not 32 bytes of hexadecimal")
	}
	_, err := hex.Decode(h[:], []byte(s[2:]))
	return err
}
