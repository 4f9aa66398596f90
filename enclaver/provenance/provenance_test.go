// SPDX-License-Identifier: Apache-2.0

package provenance

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/oci"
)

var update = flag.Bool("update", false, "write testdata/statement.json anew")

func build() Build {
	digest := func(s string) Material { return Material{Name: s, Digest: oci.DescriptorOf("", []byte(s)).Digest} }
	config := digest("source config")
	config.MediaType = oci.MediaTypeConfig
	return Build{
		Enclave:         digest("enclave").Digest,
		Sources:         []v1.Hash{digest("source").Digest},
		Spec:            json.RawMessage(`{"version":1,"network":"none","cmd":["a<b>&c"]}`),
		Conversion:      2,
		QEMU:            "10.0",
		Materials:       []Material{config, digest("layer 0"), digest("kernel")},
		MeasurementRoot: [32]byte{1, 2, 3},
	}
}

func TestStatementIsTheVector(t *testing.T) {
	got, err := build().Statement()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "statement.json")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v\n%s\n%s", err, got, want)
	}
}

// What a tool for SLSA provenance looks for is where it looks for it.
func TestStatementIsSLSAProvenance(t *testing.T) {
	data, err := build().Statement()
	if err != nil {
		t.Fatal(err)
	}
	var s map[string]any
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	at := func(path ...string) any {
		var value any = s
		for _, key := range path {
			switch v := value.(type) {
			case map[string]any:
				value = v[key]
			case []any:
				value = v[0].(map[string]any)[key]
			}
		}
		return value
	}
	for _, c := range []struct {
		want any
		path []string
	}{
		{"https://in-toto.io/Statement/v1", []string{"_type"}},
		{"https://slsa.dev/provenance/v1", []string{"predicateType"}},
		{build().Enclave.Hex, []string{"subject", "digest", "sha256"}},
		{build().Sources[0].Hex, []string{"predicate", "buildDefinition", "externalParameters", "sources", "digest", "sha256"}},
		{BuildType, []string{"predicate", "buildDefinition", "buildType"}},
		{"source config", []string{"predicate", "buildDefinition", "resolvedDependencies", "name"}},
		{builder, []string{"predicate", "runDetails", "builder", "id"}},
		{nil, []string{"predicate", "runDetails", "metadata"}},
	} {
		if got := at(c.path...); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v is %v, want %v", c.path, got, c.want)
		}
	}
	if moment := regexp.MustCompile(`20\d\d-\d\d-\d\d|(?i)finished|started|time`).Find(data); moment != nil {
		t.Errorf("it names a time: %s", moment)
	}
}

// SC-02, SC-03: another statement, part of one, or none at all is not the statement.
func TestSC02AndSC03OnlyTheStatementItselfWillDo(t *testing.T) {
	right, err := build().Statement()
	if err != nil {
		t.Fatal(err)
	}
	if err := build().Check(right); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Build){
		"enclave":    func(b *Build) { b.Enclave = b.Sources[0] },
		"source":     func(b *Build) { b.Sources[0] = b.Enclave },
		"spec":       func(b *Build) { b.Spec = nil },
		"conversion": func(b *Build) { b.Conversion++ },
		"qemu":       func(b *Build) { b.QEMU = "10.1" },
		"materials":  func(b *Build) { b.Materials = b.Materials[1:] },
		"order":      func(b *Build) { b.Materials[0], b.Materials[1] = b.Materials[1], b.Materials[0] },
		"name":       func(b *Build) { b.Materials[0].Name = "other" },
		"root":       func(b *Build) { b.MeasurementRoot[31] = 1 },
	} {
		other := build()
		change(&other)
		data, err := other.Statement()
		if err != nil {
			t.Fatal(err)
		}
		if err := build().Check(data); !errors.Is(err, ErrOther) {
			t.Errorf("other %s: %v", name, err)
		}
	}
	for _, data := range []string{"", "{}", "[]", "null", "[{}]", string(right[:len(right)-1]), string(right) + " ", string(right) + string(right)} {
		if err := build().Check([]byte(data)); !errors.Is(err, ErrOther) {
			t.Errorf("%.20q: %v", data, err)
		}
	}
}

func TestSC03NothingIsStatedAboutNothing(t *testing.T) {
	for name, change := range map[string]func(*Build){
		"all":           func(b *Build) { *b = Build{} },
		"enclave":       func(b *Build) { b.Enclave.Hex = "" },
		"source":        func(b *Build) { b.Sources[0].Algorithm = "sha512" },
		"materials":     func(b *Build) { b.Materials = nil },
		"many":          func(b *Build) { b.Materials = make([]Material, maxMaterials+1) },
		"nameless":      func(b *Build) { b.Materials[0].Name = "" },
		"no digest":     func(b *Build) { b.Materials[2].Digest.Hex = "12" },
		"root":          func(b *Build) { b.MeasurementRoot = [32]byte{} },
		"spec, no JSON": func(b *Build) { b.Spec = json.RawMessage(`{"a"`) },
	} {
		b := build()
		change(&b)
		if data, err := b.Statement(); err == nil {
			t.Errorf("%s: %s", name, data)
		}
		if err := b.Check(nil); err == nil {
			t.Errorf("%s: nothing will do", name)
		}
	}
}

func TestSourceIsADescriptorAndNoMore(t *testing.T) {
	d := oci.DescriptorOf(oci.DockerManifest, []byte("source"))
	d.Annotations, d.Platform = map[string]string{"a": "b"}, &oci.Platform{OS: "linux"}
	got, err := Source(d)
	if want := `{"mediaType":"` + oci.DockerManifest + `","digest":"` + d.Digest.String() + `","size":6}`; err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	if got, err := Source(oci.Descriptor{}); err == nil {
		t.Errorf("%s", got)
	}
}
