// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/escrin/escrin/guestagent/http11"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/strictjson"
)

// known is an Agent whose answers the test knows; its chain is honest.
type known struct {
	anchors map[[32]byte]Anchor
	objects map[wire.Digest][]byte
}

func (k *known) Task() Task { return Task{ChainID: 1, Attempt: 1} }
func (k *known) OmniKey(_ context.Context, p Policy, v uint64) ([32]byte, error) {
	return [32]byte{byte(len(p)), byte(v), 31: 1}, nil
}
func (k *known) Evidence(_ context.Context, data []byte) ([]byte, error) { return data, nil }
func (k *known) Files() Files {
	return Files{Inputs: fstest.MapFS{"a": {Data: []byte("alpha"), Mode: fs.ModePerm}}, Secrets: map[string][]byte{"S": []byte("secret")},
		Put: func(string, []byte) error { return nil }}
}
func (k *known) RPC(context.Context, string, strictjson.Raw) (strictjson.Raw, error) {
	return strictjson.Raw(`"0x1"`), nil
}
func (k *known) Anchor(_ context.Context, name [32]byte, _ uint64) (Anchor, error) {
	return k.anchors[name], nil
}
func (k *known) Advance(_ context.Context, name [32]byte, _, to Anchor) (uint64, error) {
	k.anchors[name] = to
	return 0, nil
}
func (k *known) Object(_ context.Context, _ [32]byte, d wire.Digest) ([]byte, error) {
	return k.objects[d], nil
}
func (k *known) Keep(_ context.Context, d wire.Digest, object []byte) error {
	k.objects[d] = object
	return nil
}
func (k *known) Progress(string) {}

func newServer() *Server {
	return New(&known{map[[32]byte]Anchor{}, map[wire.Digest][]byte{}}, true)
}

// ask puts a request to the server's own handler.
func ask(s *Server, method, path, body string, fields map[string]string) http11.Response {
	r := http11.Request{Method: method, Path: path, Length: uint64(len(body)), Fields: map[string]string{"authorization": "Bearer " + s.capability}}
	for name, value := range fields {
		r.Fields[name] = value
	}
	return s.handle(r, strings.NewReader(body))
}

// document is openapi.yaml.
type document struct {
	tree     map[string]any
	compiler *jsonschema.Compiler
}

func readDocument(t *testing.T) document {
	t.Helper()
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	d := document{parsed.(map[string]any), jsonschema.NewCompiler()}
	if err := d.compiler.AddResource("openapi.json", parsed); err != nil {
		t.Fatal(err)
	}
	return d
}

// check holds a body against the schema at keys.
func (d document) check(t *testing.T, what string, body []byte, keys ...string) {
	t.Helper()
	for i, k := range keys {
		keys[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(k)
	}
	schema, err := d.compiler.Compile("openapi.json#/" + strings.Join(keys, "/"))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = schema.Validate(v)
	}
	if err != nil {
		t.Errorf("%s: %s: %v", what, body, err)
	}
}

// TestEveryRouteIsAsDocumented: the routes are those of the document; what is asked and answered fits it, and so does each refusal.
func TestEveryRouteIsAsDocumented(t *testing.T) {
	d, s := readDocument(t), newServer()
	first := map[string]string{"if-none-match": "*"}
	asked := []struct {
		method, path, parameter, body string
		fields                        map[string]string
		status                        int
	}{
		{"GET", "/v1/task", "", "", nil, 200},
		{"POST", "/v1/keys/omni", "", `{"policy":"identity","version":2}`, nil, 200},
		{"POST", "/v1/keys/derive", "", `{"kind":"secp256k1","path":"a"}`, nil, 200},
		{"POST", "/v1/keys/derive", "", `{"kind":"ed25519","path":"a","policy":"enclave"}`, nil, 200},
		{"POST", "/v1/keys/derive", "", `{"kind":"raw","path":"a","version":1}`, nil, 200},
		{"POST", "/v1/keys/sign", "", `{"kind":"ed25519","path":"a","message":"AAAA"}`, nil, 200},
		{"POST", "/v1/evidence", "", `{"data":"AAAA"}`, nil, 200},
		{"POST", "/v1/seal", "", `{"context":"c","data":"AAAA"}`, nil, 200},
		{"POST", "/v1/unseal", "", `{"context":"c","data":"AAAA"}`, nil, 422},
		{"GET", "/v1/storage/{name}", "x", "", nil, 404},
		{"PUT", "/v1/storage/{name}", "x", "content", nil, 428},
		{"PUT", "/v1/storage/{name}", "x", "content", first, 204},
		{"PUT", "/v1/storage/{name}", "x", "content", first, 204},
		{"PUT", "/v1/storage/{name}", "x", "another", first, 412},
		{"GET", "/v1/storage/{name}", "x", "", nil, 200},
		{"POST", "/v1/chain/rpc", "", `{"method":"eth_call","params":[]}`, nil, 200},
		{"POST", "/v1/chain/sign", "", `{"path":"a","to":null,"value":"0x01","data":"0x","gas":1,"nonce":1,"maxFeePerGas":2,"maxPriorityFeePerGas":1}`, nil, 200},
		{"GET", "/v1/inputs", "", "", nil, 200},
		{"GET", "/v1/inputs/{name}", "a", "", nil, 200},
		{"GET", "/v1/secrets", "", "", nil, 200},
		{"GET", "/v1/secrets/{name}", "S", "", nil, 200},
		{"PUT", "/v1/outputs/{name}", "f", "text", nil, 204},
		{"PUT", "/v1/result", "", strings.Repeat("w", 32), nil, 204},
		{"POST", "/v1/progress", "", `{"percent":1,"note":"n"}`, nil, 200},
	}
	var served, documented []string
	for _, r := range routes() {
		served = append(served, r.method+" "+r.path)
	}
	for path, methods := range d.tree["paths"].(map[string]any) {
		for method := range methods.(map[string]any) {
			if method != "parameters" {
				documented = append(documented, strings.ToUpper(method)+" "+path)
			}
		}
	}
	slices.Sort(served)
	slices.Sort(documented)
	if !slices.Equal(served, documented) {
		t.Errorf("routes %q\ndocumented %q", served, documented)
	}
	for _, a := range asked {
		what := a.method + " " + a.path
		response := ask(s, a.method, strings.Replace(a.path, "{name}", a.parameter, 1), a.body, a.fields)
		if response.Status != a.status {
			t.Errorf("%s: %d %s, want %d", what, response.Status, response.Body, a.status)
		}
		operation := []string{"paths", a.path, strings.ToLower(a.method)}
		if strings.HasPrefix(a.body, "{") {
			d.check(t, what+" request", []byte(a.body), append(operation, "requestBody", "content", "application/json", "schema")...)
		}
		switch {
		case a.status >= 400:
			d.check(t, what, response.Body, "components", "schemas", "Error")
		case len(response.Fields) > 0 && response.Fields[0][1] == "application/json":
			d.check(t, what, response.Body, append(operation, "responses", fmt.Sprint(a.status), "content", "application/json", "schema")...)
		}
		served = slices.DeleteFunc(served, func(s string) bool { return s == what })
		refused := s.handle(http11.Request{Method: a.method, Path: a.path, Fields: map[string]string{}}, strings.NewReader(""))
		if refused.Status != 401 {
			t.Errorf("AG-01: %s without the capability: %d", what, refused.Status)
		}
		d.check(t, what, refused.Body, "components", "schemas", "Error")
	}
	if len(served) > 0 {
		t.Errorf("not asked: %q", served)
	}
}

// vector was computed by another program, from RFC 5869 alone.
const vector = "d24c1a2ee08e8fd448f33f4b41be5fdab32a14a20414b42c8e48a18557d188f8"

// TestKeysOfAKnownRoot are vectors: whoever changes a derivation takes the keys from all that were made before.
func TestKeysOfAKnownRoot(t *testing.T) {
	seen := map[[32]byte]bool{}
	for _, parts := range [][]string{{"key raw", "a"}, {"key ed25519", "a"}, {"key secp256k1", "a"}, {"key raw", "ab"}, {"key rawa"}, {"key ra", "wa"}, {"seal", ""}, {"seal"}, {"object", "a"}, {"anchor", "a"}} {
		key, err := Derive([32]byte{1}, parts...)
		if err != nil || seen[key] {
			t.Errorf("%q: %x, %v", parts, key, err)
		}
		seen[key] = true
	}
	key, err := Derive([32]byte{1}, "key raw", "a")
	if got := fmt.Sprintf("%x", key); err != nil || got != vector {
		t.Errorf("key %s, %v", got, err)
	}
}

// TestTheHandlerSurvivesItsAgent: a panic is an answer, and nothing of it is told (AG-07).
func TestAG07TheHandlerSurvivesItsAgent(t *testing.T) {
	s := New(nil, true)
	response := ask(s, "GET", "/v1/task", "", nil)
	if response.Status != http.StatusServiceUnavailable || strings.Contains(string(response.Body), "nil") {
		t.Errorf("%d %s", response.Status, response.Body)
	}
}

// overtaken is an Agent by whose chain something else comes of an Advance.
type overtaken struct {
	*known
	by Anchor
}

func (o overtaken) Advance(_ context.Context, name [32]byte, _, _ Anchor) (uint64, error) {
	o.anchors[name] = o.by
	return 0, nil
}

// withholding is an Agent whose host publishes nothing; its chain is past the deadline.
type withholding struct {
	*known
	deadline uint64
}

func (w withholding) Advance(context.Context, [32]byte, Anchor, Anchor) (uint64, error) {
	return w.deadline, nil
}

// TestMB14WhatLapsedIsCertain: only the state of a block after the deadline says so.
func TestMB14WhatLapsedIsCertain(t *testing.T) {
	s := New(withholding{&known{map[[32]byte]Anchor{}, map[wire.Digest][]byte{}}, 1}, true)
	response := ask(s, "PUT", "/v1/storage/x", "content", map[string]string{"if-none-match": "*"})
	if response.Status != 503 || !strings.Contains(string(response.Body), `"lapsed"`) {
		t.Errorf("%d %s", response.Status, response.Body)
	}
	readDocument(t).check(t, "lapsed", response.Body, "components", "schemas", "Error")
}

// TestMB14OnlyAnotherOfTheSameNumberIsAConflict: behind a later one this may have been the newest.
func TestMB14OnlyAnotherOfTheSameNumberIsAConflict(t *testing.T) {
	for version, code := range map[uint64]string{1: "conflict", 2: "unknown"} {
		s := New(overtaken{&known{map[[32]byte]Anchor{}, map[wire.Digest][]byte{}}, Anchor{Version: version, Digest: wire.Digest{1}}}, true)
		response := ask(s, "PUT", "/v1/storage/x", "content", map[string]string{"if-none-match": "*"})
		if response.Status < 400 || !strings.Contains(string(response.Body), `"`+code+`"`) {
			t.Errorf("version %d: %d %s, want %s", version, response.Status, response.Body, code)
		}
		readDocument(t).check(t, code, response.Body, "components", "schemas", "Error")
	}
}
