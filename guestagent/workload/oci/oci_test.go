// SPDX-License-Identifier: Apache-2.0

package oci_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/escrin/escrin/guestagent/workload/oci"
)

// TestFieldsAreTheSpecifications: each field goes by the name and the kind that the specification's own types have for it.
func TestFieldsAreTheSpecifications(t *testing.T) {
	compare(t, "spec", reflect.TypeFor[oci.Spec](), reflect.TypeFor[specs.Spec]())
}

func compare(t *testing.T, at string, ours, theirs reflect.Type) {
	t.Helper()
	if ours.Kind() == reflect.Pointer && theirs.Kind() == reflect.Pointer || ours.Kind() == reflect.Slice && theirs.Kind() == reflect.Slice {
		compare(t, at, ours.Elem(), theirs.Elem())
		return
	}
	if theirs.Kind() == reflect.Pointer { // that may be left out there, and never is here
		theirs = theirs.Elem()
	}
	if ours.Kind() != theirs.Kind() {
		t.Errorf("%s is %v, not %v", at, ours, theirs)
		return
	}
	if ours.Kind() != reflect.Struct {
		return
	}
	named := map[string]reflect.Type{}
	for i := range theirs.NumField() {
		f := theirs.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		named[name] = f.Type
	}
	for i := range ours.NumField() {
		f := ours.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if named[name] == nil {
			t.Errorf("%s has no field %q there", at, name)
			continue
		}
		compare(t, at+"."+name, f.Type, named[name])
	}
}

// TestWhatIsWrittenIsRead: the specification's types take it all.
func TestWhatIsWrittenIsRead(t *testing.T) {
	limit, score := int64(9), -1
	document, err := json.Marshal(oci.Spec{
		Version: oci.Version, Hostname: "h", Root: &oci.Root{Path: "/r", Readonly: true}, Annotations: map[string]string{"a": "b"},
		Process: &oci.Process{Terminal: true, ConsoleSize: &oci.Box{Height: 1, Width: 2}, User: oci.User{UID: 1, AdditionalGids: []uint32{2}}, Args: []string{"x"}, Cwd: "/", OOMScoreAdj: &score, Scheduler: &oci.Scheduler{Policy: "SCHED_OTHER"},
			Capabilities: &oci.Capabilities{Bounding: []string{"CAP_KILL"}}, Rlimits: []oci.Rlimit{{Type: "RLIMIT_CORE"}}},
		Mounts: []oci.Mount{{Destination: "/d", Type: "bind", Source: "/s", Options: []string{"ro"}}},
		Linux: &oci.Linux{CgroupsPath: "/c", Namespaces: []oci.Namespace{{Type: oci.PIDNamespace}}, MaskedPaths: []string{"/m"},
			Resources: &oci.Resources{Devices: []oci.Device{{Access: "rwm"}}, Memory: &oci.Memory{Limit: &limit}, Pids: &oci.Pids{Limit: 3}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.DisallowUnknownFields()
	var read specs.Spec
	if err := decoder.Decode(&read); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(read)
	if err != nil || !sameJSON(t, again, document) {
		t.Errorf("read and written again: %s, want %s, %v", again, document, err)
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal(a, &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &y); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(x, y)
}
