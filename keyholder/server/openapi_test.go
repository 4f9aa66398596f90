// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/escrin/escrin/keyholder"
)

// document is openapi.yaml with what was seen of it.
type document struct {
	t        *testing.T
	tree     map[string]any
	compiler *jsonschema.Compiler
	seen     map[string]bool // "GET /path 200"
}

func readDocument(t *testing.T) *document {
	t.Helper()
	var tree map[string]any
	if err := yaml.Unmarshal(openapi, &tree); err != nil {
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
	d := &document{t: t, tree: parsed.(map[string]any), compiler: jsonschema.NewCompiler(), seen: map[string]bool{}}
	if err := d.compiler.AddResource("openapi.json", parsed); err != nil {
		t.Fatal(err)
	}
	return d
}

// at follows keys from the root, through references.
func (d *document) at(keys ...string) (node any, pointer string) {
	node = d.tree
	for _, k := range keys {
		m, ok := node.(map[string]any)
		if !ok || m[k] == nil {
			return nil, ""
		}
		node, pointer = m[k], pointer+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(k)
		if m, ok := node.(map[string]any); ok {
			if ref, ok := m["$ref"].(string); ok && !strings.HasPrefix(ref, "#/components/schemas/") {
				pointer = strings.TrimPrefix(ref, "#")
				node, _ = d.at(strings.Split(pointer[1:], "/")...)
			}
		}
	}
	return node, pointer
}

// operations are all of the document, as "GET /path".
func (d *document) operations() (all []string) {
	paths, _ := d.at("paths")
	for path, methods := range paths.(map[string]any) {
		for method := range methods.(map[string]any) {
			all = append(all, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(all)
	return all
}

// validate holds a JSON value against a schema of the document.
func (d *document) validate(what, pointer string, value []byte) {
	d.t.Helper()
	schema, err := d.compiler.Compile("openapi.json#" + pointer)
	if err != nil {
		d.t.Fatalf("%s: %v", what, err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(value))
	if err == nil {
		err = schema.Validate(v)
	}
	if err != nil {
		d.t.Errorf("%s: %s: %v", what, value, err)
	}
}

// check holds an answer against what the document says of it.
func (d *document) check(operation string, r reply) {
	d.t.Helper()
	method, path, _ := strings.Cut(operation, " ")
	what := fmt.Sprintf("%s %d", operation, r.status)
	content, pointer := d.at("paths", path, strings.ToLower(method), "responses", fmt.Sprint(r.status))
	if content == nil {
		d.t.Errorf("%s is not in the document: %s", what, r.body)
		return
	}
	d.seen[what] = true
	kind := strings.TrimSuffix(r.header.Get("Content-Type"), "; charset=utf-8")
	media, ok := content.(map[string]any)["content"].(map[string]any)
	switch {
	case !ok && len(r.body) > 0, ok && media[kind] == nil:
		d.t.Errorf("%s: content type %q", what, kind)
	case kind == "application/json":
		d.validate(what, pointer+"/content/application~1json/schema", r.body)
	}
}

// Every route is in the document, and every one in the document exists.
func TestEveryRouteIsDocumented(t *testing.T) {
	t.Parallel()
	d := readDocument(t)
	var routes []string
	for _, r := range newWorld(t).server.routes() {
		routes = append(routes, strings.ReplaceAll(r.pattern, "{$}", ""))
	}
	slices.Sort(routes)
	if documented := d.operations(); !slices.Equal(routes, documented) {
		t.Errorf("routes\n%s\ndocumented\n%s", strings.Join(routes, "\n"), strings.Join(documented, "\n"))
	}
}

// Every code that a keyholder may answer is in the document, and no other.
func TestEveryCodeIsDocumented(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../errors.go")
	if err != nil {
		t.Fatal(err)
	}
	var codes, documented []string
	for _, m := range regexp.MustCompile(`Code = "([a-z_]+)"`).FindAllSubmatch(source, -1) {
		codes = append(codes, string(m[1]))
	}
	d := readDocument(t)
	list, _ := d.at("components", "schemas", "Error", "properties", "error", "properties", "code", "enum")
	for _, c := range list.([]any) {
		documented = append(documented, c.(string))
	}
	slices.Sort(codes)
	slices.Sort(documented)
	if !slices.Equal(codes, documented) {
		t.Errorf("codes\n%s\ndocumented\n%s", codes, documented)
	}
}

// exchange is one request and where it goes.
type exchange struct {
	operation, path string
	body            []byte
}

// exchanges are requests to every route: empty ones, and good ones where there is
// a body.
func (w *world) exchanges(d *document) (all []exchange) {
	for _, operation := range d.operations() {
		method, path, _ := strings.Cut(operation, " ")
		all = append(all, exchange{operation, fill(path), nil})
		if method != "POST" {
			continue
		}
		var r keyholder.SignedRequest
		switch path {
		case keyholder.PathRelease:
			r = w.signed(path, w.release())
			d.validate("request for a key", "/components/schemas/ReleaseRequest", r.Inner)
		case keyholder.PathCertificate:
			r = w.signed(path, w.certificate())
			d.validate("request for a certificate", "/components/schemas/CertificateRequest", r.Inner)
		case keyholder.PathState:
			r = w.signedFor([32]byte{}, path, w.state())
			d.validate("question about an anchor", "/components/schemas/StateRequest", r.Inner)
		case pathPermits:
			r = w.signed(fill(path), w.permit())
			d.validate("request for a permit", "/components/schemas/PermitRequest", r.Inner)
		default:
			continue
		}
		d.validate("signed request", "/components/schemas/SignedRequest", body(w.t, r))
		all = append(all, exchange{operation, fill(path), body(w.t, r)})
	}
	return all
}

// permit is a request in the words of escrin v1.
func (w *world) permit() map[string]any {
	b := w.evidence.Binding
	return map[string]any{
		"permitter": "0x" + hex.EncodeToString(w.permitter[:]), "recipient": "0x" + hex.EncodeToString(b.Requester[:]),
		"base_block": b.BaseBlock, "duration": b.Duration, "authorization": "0x" + hex.EncodeToString(w.proof()), "context": "0x",
	}
}

// Whatever a server is asked in whatever state, the document knows the answer, and
// every answer that it knows was given.
func TestRepliesAreAsDocumented(t *testing.T) {
	t.Parallel()
	d := readDocument(t)
	good := newWorld(t, inNetwork)
	states := map[string]*world{"good": good, "without a network": newWorld(t)}
	refusing, unready, limited, broken := newWorld(t), newWorld(t), newWorld(t), newWorld(t)
	refusing.policy.MaxDuration = 1
	unready.server.DropShare()
	limited.server.addresses.rate.Burst = 0
	if err := broken.server.config.Audit.Close(); err != nil {
		t.Fatal(err)
	}
	states["refusing"], states["unready"], states["limited"], states["broken"] = refusing, unready, limited, broken
	for name, w := range states {
		for _, x := range w.exchanges(d) {
			method, _, _ := strings.Cut(x.operation, " ")
			r := ask(w.server, method, x.path, bytes.NewReader(x.body))
			d.check(x.operation, r)
			if name == "good" && x.body != nil && r.status != 200 {
				t.Errorf("%s: %v", x.operation, r)
			}
		}
	}
	for _, operation := range d.operations() {
		method, path, _ := strings.Cut(operation, " ")
		responses, _ := d.at("paths", path, strings.ToLower(method), "responses")
		for status := range responses.(map[string]any) {
			if !d.seen[operation+" "+status] {
				t.Errorf("nobody saw %s %s", operation, status)
			}
		}
	}
}
