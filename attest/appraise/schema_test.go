// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
)

// schema is the part of JSON Schema that policy.schema.json uses.
type schema struct {
	Schema        string            `json:"$schema"`
	Ref           string            `json:"$ref"`
	Defs          map[string]schema `json:"$defs"`
	Title         string            `json:"title"`
	Description   string            `json:"description"`
	Type          string            `json:"type"`
	Const         any               `json:"const"`
	Enum          []any             `json:"enum"`
	OneOf         []schema          `json:"oneOf"`
	Pattern       *regexp.Regexp    `json:"pattern"`
	MinLength     *int              `json:"minLength"`
	MaxLength     *int              `json:"maxLength"`
	Minimum       *float64          `json:"minimum"`
	Maximum       *float64          `json:"maximum"`
	Items         *schema           `json:"items"`
	MinItems      *int              `json:"minItems"`
	MaxItems      *int              `json:"maxItems"`
	UniqueItems   bool              `json:"uniqueItems"`
	Properties    map[string]schema `json:"properties"`
	Required      []string          `json:"required"`
	MinProperties *int              `json:"minProperties"`
	Additional    *bool             `json:"additionalProperties"`
}

func readSchema(t *testing.T) schema {
	t.Helper()
	data, err := os.ReadFile("policy.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.DisallowUnknownFields() // what is not looked at here would not be tested
	var s schema
	if err := decoder.Decode(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s schema) accepts(root schema, v any) bool {
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		return root.Defs[name].accepts(root, v)
	}
	if s.Const != nil && s.Const != v || s.Enum != nil && !slices.Contains(s.Enum, v) {
		return false
	}
	if s.OneOf != nil {
		matching := slices.DeleteFunc(slices.Clone(s.OneOf), func(o schema) bool { return !o.accepts(root, v) })
		return len(matching) == 1
	}
	switch v := v.(type) {
	case string:
		return (s.Type == "" || s.Type == "string") && (s.Pattern == nil || s.Pattern.MatchString(v)) && within(len(v), s.MinLength, s.MaxLength)
	case float64:
		return s.Type == "" || s.Type == "integer" && v >= *s.Minimum && v <= *s.Maximum && v == float64(int64(v))
	case []any:
		return s.Type == "array" && within(len(v), s.MinItems, s.MaxItems) && s.acceptsItems(root, v)
	case map[string]any:
		return s.Type == "object" && within(len(v), s.MinProperties, nil) && s.acceptsProperties(root, v)
	}
	return false
}

func within(n int, low, high *int) bool {
	return (low == nil || n >= *low) && (high == nil || n <= *high)
}

func (s schema) acceptsItems(root schema, list []any) bool {
	for i, item := range list {
		twice := s.UniqueItems && slices.ContainsFunc(list[:i], func(other any) bool { return reflect.DeepEqual(other, item) })
		if twice || !s.Items.accepts(root, item) {
			return false
		}
	}
	return true
}

func (s schema) acceptsProperties(root schema, object map[string]any) bool {
	for name, value := range object {
		if property, ok := s.Properties[name]; !ok || !property.accepts(root, value) {
			return false
		}
	}
	return !slices.ContainsFunc(s.Required, func(name string) bool { _, ok := object[name]; return !ok })
}

func TestExamplesFollowTheSchema(t *testing.T) {
	s := readSchema(t)
	for _, name := range []string{"strict-tdx.json", "strict-snp.json", "tolerant.json", "every-choice.json"} {
		var v any
		if err := json.Unmarshal(example(t, name), &v); err != nil || !s.accepts(s, v) {
			t.Errorf("%s does not follow the schema (%v)", name, err)
		}
	}
}

// Where one value of a good file is replaced by another or left out, schema and
// parser agree on whether that is a policy. What the schema cannot say is listed.
func TestSchemaAndParserAgree(t *testing.T) {
	s := readSchema(t)
	others := []any{
		nil, true, 0.0, 1.0, 4.0, 5.0, 6.0, 255.0, 256.0, 366.0, 367.0, 4294967295.0, 4294967296.0, -1.0, 0.5, "", "any", "zero", "set", "0x0", "0x3", "0x05", "1.2", "1.2.3", "Genoa",
		[]any{}, []any{""}, []any{"any"}, []any{"zero"}, []any{"a"}, []any{"a", "a"}, []any{1.0}, []any{4.0}, []any{4.0, 4.0}, []any{"UpToDate"}, []any{"Revoked"},
		[]any{"0x00"}, []any{"0x" + strings.Repeat("1a", 16)}, []any{"0x" + strings.Repeat("1A", 16)}, []any{"0x" + strings.Repeat("1a", 48)}, []any{"guests under debug"}, map[string]any{},
	}
	var file any
	if err := json.Unmarshal(example(t, "every-choice.json"), &file); err != nil {
		t.Fatal(err)
	}
	compared := 0
	eachValue("", file, func(at string, set func(any), remove func()) {
		check := func(what any) {
			data, err := json.Marshal(file)
			if err != nil {
				t.Fatal(err)
			}
			compared++
			_, err = appraise.ParsePolicy(data)
			if schemaSays := s.accepts(s, file); schemaSays != (err == nil) && !beyondSchema(at, err) {
				t.Errorf("%s is %v: schema says %t, parser %v", at, what, schemaSays, err)
			}
		}
		for _, other := range others {
			set(other)
			check(other)
		}
		if remove != nil {
			remove()
			check("missing")
		}
	})
	if compared < 3000 {
		t.Errorf("only %d files were compared", compared)
	}
}

// beyondSchema reports whether an error is about something that the schema does
// not say: which features there are, that one list leaves out what another has,
// that products differ, and that a file may say of a TEE that it is null.
func beyondSchema(at string, err error) bool {
	if err == nil {
		return at == ".tdx" || at == ".snp"
	}
	for _, words := range []string{"tdx.xfam: is 0x", "is tolerated as well", "Genoa twice", "Turin twice", "Genoa.minReportedTcb.fmc", "Genoa.minCommittedTcb.fmc", "Genoa.minCurrentTcb.fmc", "Genoa.minLaunchTcb.fmc"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// eachValue calls f with every value in v, but of a list the first only, and the
// means to replace and to leave it out; v is whole again afterwards.
func eachValue(at string, v any, f func(at string, set func(any), remove func())) {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			f(at+"."+name, func(other any) { v[name] = other }, func() { delete(v, name) })
			v[name] = value
			eachValue(at+"."+name, value, f)
		}
	case []any:
		for _, value := range v[:min(len(v), 1)] {
			f(at+".0", func(other any) { v[0] = other }, nil)
			v[0] = value
			eachValue(at+".0", value, f)
		}
	}
}

// The schema names exactly the choices that rules have, and the exceptions.
func TestSchemaNamesEveryChoice(t *testing.T) {
	s := readSchema(t)
	for tee, rules := range map[attest.TEE]reflect.Value{attest.TDX: reflect.ValueOf(*tdxRules()), attest.SNP: reflect.ValueOf(*snpRules())} {
		object := s.Properties[tee.String()]
		for i := range rules.NumField() {
			if name := rules.Type().Field(i).Tag.Get("json"); !slices.Contains(object.Required, name) {
				t.Errorf("schema does not require %s", name)
			}
		}
		if len(object.Properties) != rules.NumField() || len(object.Required) != rules.NumField() {
			t.Errorf("schema has %d properties and %d choices, rules have %d", len(object.Properties), len(object.Required), rules.NumField())
		}
		var words []any
		for _, e := range appraise.Exceptions(tee) {
			words = append(words, string(e))
		}
		if got := object.Properties["accept"].Items.Enum; !slices.Equal(got, words) {
			t.Errorf("schema has exceptions %v, rules %v", got, words)
		}
	}
}
