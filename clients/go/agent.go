// SPDX-License-Identifier: Apache-2.0

// Package agent is how a workload in Go talks to the agent of its guest: keys of its identity, evidence, sealed storage, the chain.
// guestagent/api/openapi.yaml says what each call does.
package agent

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Client talks to one agent. New makes it.
type Client struct {
	socket, capability string
}

// Unknown is the code of an Error that does not say that nothing was done.
const Unknown = "unknown"

// Error is a refusal.
type Error struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error implements error.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// New returns the client of the guest that the process runs in, by the variable ESCRIN_CAPABILITY.
func New() *Client { return NewAt("/run/escrin/agent.sock", os.Getenv("ESCRIN_CAPABILITY")) }

// NewAt is New for a socket elsewhere.
func NewAt(socket, capability string) *Client { return &Client{socket, capability} }

// Key says which key is meant.
type Key struct {
	Kind    string `json:"kind,omitempty"` // raw, secp256k1 or ed25519
	Path    string `json:"path"`
	Policy  string `json:"policy,omitempty"`  // enclave, or identity
	Version uint64 `json:"version,omitempty"` // from 1
}

// DerivedKey is a key with what belongs to it, each as 0x and hex.
type DerivedKey struct {
	Private, Public, Address string
	Trial                    bool
}

// Task returns what the workload is part of.
func (c *Client) Task(ctx context.Context) (task map[string]any, err error) {
	err = c.call(ctx, "GET", "/v1/task", nil, &task)
	return task, err
}

// OmniKey returns the identity's own key, as 0x and hex.
func (c *Client) OmniKey(ctx context.Context, policy string, version uint64) (string, error) {
	var reply struct{ Key string }
	err := c.call(ctx, "POST", "/v1/keys/omni", map[string]any{"policy": policy, "version": version}, &reply)
	return reply.Key, err
}

// DeriveKey returns a key of the identity.
func (c *Client) DeriveKey(ctx context.Context, k Key) (key DerivedKey, err error) {
	err = c.call(ctx, "POST", "/v1/keys/derive", k, &key)
	return key, err
}

// Sign signs a message (ed25519) or a digest of 32 bytes (secp256k1), and returns 0x and hex.
func (c *Client) Sign(ctx context.Context, k Key, message []byte) (string, error) {
	request := struct {
		Key
		Message []byte `json:"message"`
	}{k, message}
	var reply struct{ Signature string }
	err := c.call(ctx, "POST", "/v1/keys/sign", request, &reply)
	return reply.Signature, err
}

// Evidence returns evidence over data, of at most 64 KiB.
func (c *Client) Evidence(ctx context.Context, data []byte) ([]byte, error) {
	var reply struct{ Evidence []byte }
	err := c.call(ctx, "POST", "/v1/evidence", map[string]any{"data": data}, &reply)
	return reply.Evidence, err
}

// Seal seals a message that Unseal opens under the same context, in every attempt that has the same keys.
func (c *Client) Seal(ctx context.Context, purpose string, data []byte) ([]byte, error) {
	return c.data(ctx, "/v1/seal", purpose, data)
}

// Unseal opens what Seal sealed.
func (c *Client) Unseal(ctx context.Context, purpose string, sealed []byte) ([]byte, error) {
	return c.data(ctx, "/v1/unseal", purpose, sealed)
}

func (c *Client) data(ctx context.Context, path, purpose string, data []byte) ([]byte, error) {
	var reply struct{ Data []byte }
	err := c.call(ctx, "POST", path, map[string]any{"context": purpose, "data": data}, &reply)
	return reply.Data, err
}

// Load returns the newest version of an object of the sealed storage; version 0 if there never was one. A host that serves an
// older one, or none, makes it an Error with the code rollback.
func (c *Client) Load(ctx context.Context, name string) (object []byte, version uint64, err error) {
	object, fields, err := c.named(ctx, "GET", "/v1/storage/", name, nil, nil)
	if refused := new(Error); errors.As(err, &refused) && refused.Code == "not_found" {
		return nil, 0, nil
	}
	if err == nil {
		version, err = strconv.ParseUint(strings.Trim(fields.Get("ETag"), `"`), 10, 64)
	}
	return object, version, err
}

// Save stores the version of an object after this one, which must be the newest; else it is an Error with the code conflict. With
// the code Unknown it may be the newest now, or become it: Load tells. No other content is then taken as the same version.
func (c *Client) Save(ctx context.Context, name string, after uint64, object []byte) error {
	fields := map[string]string{"If-Match": fmt.Sprintf(`"%d"`, after)}
	if after == 0 {
		fields = map[string]string{"If-None-Match": "*"}
	}
	_, _, err := c.named(ctx, "PUT", "/v1/storage/", name, object, fields)
	return err
}

// Get returns an input or a secret, inputs/NAME or secrets/LABEL; or, as JSON, the names that there are: inputs or secrets.
func (c *Client) Get(ctx context.Context, path string) (content []byte, err error) {
	kind, name, one := strings.Cut(path, "/")
	switch {
	case kind != "inputs" && kind != "secrets":
		err = refusal("there are inputs and secrets to get")
	case one:
		content, _, err = c.named(ctx, "GET", "/v1/"+kind+"/", name, nil, nil)
	default:
		content, _, err = c.do(ctx, "GET", "/v1/"+kind, nil, nil)
	}
	return content, err
}

// PutOutput makes a file of the task's output.
func (c *Client) PutOutput(ctx context.Context, name string, content []byte) error {
	_, _, err := c.named(ctx, "PUT", "/v1/outputs/", name, content, nil)
	return err
}

// SetResult sets the public word.
func (c *Client) SetResult(ctx context.Context, word [32]byte) error {
	_, _, err := c.do(ctx, "PUT", "/v1/result", word[:], nil)
	return err
}

// Progress notes a line for the owner of the task.
func (c *Client) Progress(ctx context.Context, percent int, note string) error {
	return c.call(ctx, "POST", "/v1/progress", map[string]any{"percent": percent, "note": note}, &struct{}{})
}

// RPC makes a call of Ethereum's JSON-RPC. Nobody vouches for the result.
func (c *Client) RPC(ctx context.Context, result any, method string, params ...any) error {
	if params == nil {
		params = []any{}
	}
	reply := struct{ Result any }{result}
	return c.call(ctx, "POST", "/v1/chain/rpc", map[string]any{"method": method, "params": params}, &reply)
}

// refusal is of what the agent would not take, or would take for something else.
func refusal(message string) *Error { return &Error{http.StatusBadRequest, "bad_request", message} }

var plain = regexp.MustCompile(`^[A-Za-z0-9._~-]{1,128}$`)

// named asks for what has a name, which is no path: a character with a meaning in one would make it the name of something else.
func (c *Client) named(ctx context.Context, method, path, name string, body []byte, fields map[string]string) ([]byte, http.Header, error) {
	if !plain.MatchString(name) || name == "." || name == ".." {
		return nil, nil, refusal("a name has 1 to 128 of A-Z a-z 0-9 . _ ~ - and is neither . nor ..")
	}
	return c.do(ctx, method, path+name, body, fields)
}

// call asks and is answered in JSON.
func (c *Client) call(ctx context.Context, method, path string, request, reply any) error {
	var body []byte
	if request != nil {
		var err error
		if body, err = json.Marshal(request); err != nil {
			return err
		}
		if !isText(reflect.ValueOf(request)) {
			return refusal("a string is not valid UTF-8")
		}
	}
	content, _, err := c.do(ctx, method, path, body, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(content, reply)
}

// isText says whether all strings are valid UTF-8. JSON has U+FFFD for what is not, which would make one of two.
func isText(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return utf8.ValidString(v.String())
	case reflect.Pointer, reflect.Interface:
		return v.IsNil() || isText(v.Elem())
	case reflect.Struct:
		for field, value := range v.Fields() {
			if (field.IsExported() || field.Anonymous) && !isText(value) {
				return false
			}
		}
	case reflect.Map, reflect.Slice, reflect.Array:
		for key, value := range v.Seq2() {
			if !isText(key) || !isText(value) {
				return false
			}
		}
	}
	return true
}

func (c *Client) do(ctx context.Context, method, path string, body []byte, fields map[string]string) ([]byte, http.Header, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://escrin"+path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.capability)
	for name, value := range fields {
		request.Header.Set(name, value)
	}
	response, content, err := c.exchange(ctx, request)
	if err != nil {
		return nil, nil, fmt.Errorf("%s %s: %w", method, path, cmp.Or(ctx.Err(), err))
	}
	if response.StatusCode < 300 {
		return content, response.Header, nil
	}
	var refused struct{ Error Error }
	if err := json.Unmarshal(content, &refused); err != nil {
		return nil, nil, fmt.Errorf("%s %s: status %d", method, path, response.StatusCode)
	}
	refused.Error.Status = response.StatusCode
	return nil, nil, &refused.Error
}

// exchange reads the response even if the request could not be sent whole: the agent may have refused it and closed. net/http's
// transport does not.
func (c *Client) exchange(ctx context.Context, request *http.Request) (*http.Response, []byte, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", c.socket)
	if err != nil {
		return nil, nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	sent := request.Write(conn)
	response, err := http.ReadResponse(bufio.NewReader(conn), request)
	if err != nil {
		return nil, nil, cmp.Or(sent, err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return response, content, err
}
