// SPDX-License-Identifier: Apache-2.0

package spec

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/escrin/escrin/guestagent/config"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("escrin.schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("escrin.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// beyondSchema are the complaints of Parse for which a schema has no words: about how a value is written, and about
// several values at once.
var beyondSchema = []string{"appears twice", "unique", "is taken", "processors is not within", "anchors", "tags", "in quotes",
	"cannot do that yet", "nothing may come", "neither a host name", "want NAME:PORT", "on the scratch disk", "more than one document", "decimal digits", "small letters", "bytes, more than", "another container has", "would be mounted in it", "readOnly without",
	"the volume", "nothing waits for it", "is a container", "want a key that is text", "mapping key", "not a signal's name", "ends no program"}

// compare holds Parse and schema against each other over one file.
func compare(schema *jsonschema.Schema, file []byte) error {
	var value any
	if err := yaml.Unmarshal(file, &value); err != nil {
		value = nil // whatever it is, it is no object
	}
	document, err := json.Marshal(value)
	if err != nil {
		document = []byte("null") // a key is no text
	}
	instance, err := jsonschema.UnmarshalJSON(strings.NewReader(string(document)))
	if err != nil {
		return err
	}
	_, _, refused := Parse(file)
	invalid := schema.Validate(instance)
	switch {
	case refused == nil && invalid != nil:
		return fmt.Errorf("the schema refuses what Parse takes: %w", invalid)
	case refused != nil && invalid == nil:
		if !slices.ContainsFunc(beyondSchema, func(s string) bool { return strings.Contains(refused.Error(), s) }) {
			return fmt.Errorf("the schema takes what Parse refuses: %w", refused)
		}
	}
	return nil
}

func TestSchemaAndParserAgreeOnKnownFiles(t *testing.T) {
	schema := compiled(t)
	files := []string{full, fullContainers, "version: 1\n", "version: 1\nworkdir: /\n", "version: 1\nvolumes: [{path: /..a/.b/c.d/...}]\n"}
	for file := range refusedFiles() {
		files = append(files, file)
	}
	for _, name := range append(dangerous(), "DB_PASSWORD", "A", "_", "1A", "A-B", strings.Repeat("A", 128), strings.Repeat("A", 129), "GIT_TOKEN", "PATHS",
		"NODE", "PER", "ERLANG", "OPTIONS", "OPTS", "LOAD_PATH", "X_OPTION", "X_OPTS_", "COMPLUS_X", "TOOL_LIBRARIES") {
		files = append(files, "version: 1\nsecrets: [{name: a, env: "+name+"}]")
	}
	for _, path := range []string{"/", "//", "/a//b", "/a/", "/a/.", "/a/..", "/..", "/.", "/...", "/..a", "/.a", "/proc", "/proc1", "/dev/shm", "/input", "/output/x", "/run", "/run/escrin", "/run/escrin/secrets/a", "/run/escrins", "a", "", "/a b"} {
		files = append(files, fmt.Sprintf("version: 1\nvolumes: [{path: %q}]", path), fmt.Sprintf("version: 1\nworkdir: %q", path))
	}
	for _, file := range files {
		if err := compare(schema, []byte(file)); err != nil {
			t.Errorf("%.80q: %v", file, err)
		}
	}
}

// TestSchemaAndParserAgreeOnAnyFile draws files of which most are nearly right.
func TestSchemaAndParserAgreeOnAnyFile(t *testing.T) {
	schema := compiled(t)
	rapid.Check(t, func(t *rapid.T) {
		document, err := json.Marshal(drawFile(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := compare(schema, document); err != nil {
			t.Fatalf("%s: %v", document, err)
		}
	})
}

func drawFile(t *rapid.T) map[string]any {
	texts := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "", "yes", "-x", "\x00"}), 0, 3)
	numbers := rapid.SampledFrom([]any{0, 1, 2, 1024, 1025, 4194304, 4194305, -1, "1", 1.5, nil})
	paths := rapid.SampledFrom([]any{"/a", "/b/c", "/", "", "x", "/a/../b", "/proc", "/input/x", 7})
	variables := rapid.SampledFrom([]string{"A", "B_1", "1", "", "PATH", "LD_PRELOAD"})
	booleans := rapid.SampledFrom([]any{true, false, "true", 1})
	media := rapid.SampledFrom([]any{"memory", "disk", "", "tape", nil})
	values := map[string]*rapid.Generator[any]{
		"version":    rapid.SampledFrom([]any{1, 1, 1, 1, 1, 2, 0, "1", nil}),
		"entrypoint": texts.AsAny(), "cmd": texts.AsAny(),
		"env":     rapid.MapOfN(variables, rapid.SampledFrom([]any{"x", "", 1, nil}), 0, 2).AsAny(),
		"user":    rapid.SampledFrom([]any{"app", "1:2", "", 5}),
		"workdir": paths, "network": rapid.OneOf(rapid.SampledFrom([]any{"none", "egress", nil}), objects(map[string]*rapid.Generator[any]{
			"egress":  rapid.SliceOfN(rapid.SampledFrom([]any{"a.example:443", "[::1]:1", "A:1", "a:0", "a:65536", "a", 1}), 0, 2).AsAny(),
			"ingress": rapid.SliceOfN(objects(map[string]*rapid.Generator[any]{"port": numbers, "to": numbers, "tls": booleans, "udp": booleans}), 0, 2).AsAny(),
		})),
		"scratch": media, "tasks": objects(map[string]*rapid.Generator[any]{"perBoot": numbers, "x": numbers}),
		"chain": booleans,
		"logs":  objects(map[string]*rapid.Generator[any]{"live": booleans, "x": numbers}),
		"confidential": objects(map[string]*rapid.Generator[any]{
			"required": booleans, "args": booleans, "env": rapid.SliceOfN(variables, 0, 2).AsAny(), "files": rapid.SliceOfN(paths, 0, 2).AsAny(),
		}),
		"scratchMiB": numbers, "outputMiB": numbers, "maxProcesses": numbers,
		"readOnlyRoot": booleans,
		"vm":           objects(map[string]*rapid.Generator[any]{"minMemoryMiB": numbers, "minVcpus": numbers, "maxVcpus": numbers, "other": numbers}),
		"volumes":      rapid.SliceOfN(objects(map[string]*rapid.Generator[any]{"path": paths, "sizeMiB": numbers, "medium": media, "name": rapid.SampledFrom([]any{"a", "B", "", 1}), "readOnly": booleans}), 0, 2).AsAny(),
		"secrets": rapid.SliceOfN(objects(map[string]*rapid.Generator[any]{
			"name": rapid.SampledFrom([]any{"a", "b", "A", "", 1}), "path": paths, "env": variables.AsAny(),
		}), 0, 2).AsAny(),
		"Version": numbers, "stopSignal": rapid.SampledFrom([]any{"SIGTERM", "term", "15", "rtmax-3", "SIG", "SIGSTOP", "é", "", 15}),
	}
	values["containers"] = rapid.SliceOfN(objects(map[string]*rapid.Generator[any]{
		"name": rapid.SampledFrom([]any{"a", "b", "A", "", 1}), "image": rapid.SampledFrom([]any{"a", "./b", "", 1}), "completes": booleans,
		"cmd": values["cmd"], "volumes": values["volumes"], "secrets": values["secrets"], "readOnlyRoot": booleans, "vm": values["vm"],
	}), 0, 3).AsAny()
	file := map[string]any{"version": 1}
	for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom(keys(values)), 0, 3, rapid.ID[string]).Draw(t, "keys") {
		file[key] = values[key].Draw(t, key)
	}
	return file
}

// objects draws objects with some of these keys.
func objects(values map[string]*rapid.Generator[any]) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		object := map[string]any{}
		for _, key := range rapid.SliceOfDistinct(rapid.SampledFrom(keys(values)), rapid.ID[string]).Draw(t, "keys") {
			object[key] = values[key].Draw(t, key)
		}
		return object
	})
}

func keys[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// TestSchemaNamesEveryDefault keeps the descriptions true.
func TestSchemaNamesEveryDefault(t *testing.T) {
	b := config.DefaultBounds()
	for _, n := range []uint32{b.MinMemoryMiB, b.MinVCPUs, b.MaxVCPUs, b.ScratchMiB, b.OutputMiB, b.MaxProcesses} {
		if !strings.Contains(Schema(), fmt.Sprintf("(default %d)", n)) {
			t.Errorf("no default is %d", n)
		}
	}
}
