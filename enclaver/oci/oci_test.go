// SPDX-License-Identifier: Apache-2.0

package oci

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	digestA = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	digestB = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

func descriptor(mediaType, digest string) string {
	return fmt.Sprintf(`{"mediaType":%q,"digest":%q,"size":7}`, mediaType, digest)
}

func manifestWith(mediaType, config, layers, more string) []byte {
	return fmt.Appendf(nil, `{"schemaVersion":2,"mediaType":%q,"config":%s,"layers":[%s]%s}`, mediaType, config, layers, more)
}

func TestParseManifestTakesOCIAndDocker(t *testing.T) {
	for _, types := range [][3]string{
		{MediaTypeManifest, MediaTypeConfig, MediaTypeLayerGzip},
		{MediaTypeManifest, MediaTypeConfig, MediaTypeLayerZstd},
		{DockerManifest, DockerConfig, DockerLayerGzip},
	} {
		data := manifestWith(types[0], descriptor(types[1], digestA), descriptor(types[2], digestB), "")
		m, err := ParseManifest(data, types[0])
		if err != nil || len(m.Layers) != 1 || m.Config.Digest.String() != digestA {
			t.Errorf("%v: %+v, %v", types, m, err)
		}
	}
}

func TestREG03AndREG04ParseManifestRefuses(t *testing.T) {
	config, layer := descriptor(MediaTypeConfig, digestA), descriptor(MediaTypeLayer, digestB)
	withURL := strings.Replace(layer, `"size"`, `"urls":["http://169.254.169.254/"],"size"`, 1)
	for name, data := range map[string][]byte{
		"duplicate key":       manifestWith(MediaTypeManifest, config, layer, `,"layers":[]`),
		"case variant":        manifestWith(MediaTypeManifest, config, layer, `,"Layers":[]`),
		"index fields":        manifestWith(MediaTypeManifest, config, layer, `,"manifests":[]`),
		"schema 1 fields":     manifestWith(MediaTypeManifest, config, layer, `,"fsLayers":[]`),
		"other type":          manifestWith(MediaTypeIndex, config, layer, ""),
		"no layers":           manifestWith(MediaTypeManifest, config, "", ""),
		"unknown layer":       manifestWith(MediaTypeManifest, config, descriptor("application/x", digestB), ""),
		"not an image":        manifestWith(MediaTypeManifest, descriptor("application/x", digestA), layer, ""),
		"other hash":          manifestWith(MediaTypeManifest, config, strings.Replace(layer, "sha256", "sha512", 1), ""),
		"upper-case digest":   manifestWith(MediaTypeManifest, config, strings.ReplaceAll(layer, "bbbb", "BBBB"), ""),
		"negative size":       manifestWith(MediaTypeManifest, config, strings.Replace(layer, "7", "-7", 1), ""),
		"huge size":           manifestWith(MediaTypeManifest, config, strings.Replace(layer, "7", "99999999999999", 1), ""),
		"REG07 urls":          manifestWith(MediaTypeManifest, config, withURL, ""),
		"REG07 foreign layer": manifestWith(MediaTypeManifest, config, descriptor("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", digestB), ""),
		"schema 1":            bytes.Replace(manifestWith(MediaTypeManifest, config, layer, ""), []byte(":2"), []byte(":1"), 1),
	} {
		if _, err := ParseManifest(data, MediaTypeManifest); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// The type that was announced and the type that the document states must be the same, whatever the pair.
func TestREG04TypesMustAgree(t *testing.T) {
	types := []string{MediaTypeManifest, DockerManifest, MediaTypeIndex, DockerManifestList}
	for _, stated := range types {
		for _, announced := range types {
			data := manifestWith(stated, descriptor(MediaTypeConfig, digestA), descriptor(MediaTypeLayer, digestB), "")
			_, err := ParseManifest(data, announced)
			if (err == nil) != (stated == announced) {
				t.Errorf("states %s, announced as %s: %v", stated, announced, err)
			}
		}
	}
}

// REG-04: what the body says, what the header (or descriptor) said, and what the content looks like, each way. A body
// may leave the type out where OCI lets it; then the content decides.
func TestREG04BodyHeaderAndContent(t *testing.T) {
	types := []string{MediaTypeManifest, MediaTypeIndex, DockerManifest}
	manifest := fmt.Sprintf(`"config":%s,"layers":[%s]`, descriptor(MediaTypeConfig, digestA), descriptor(MediaTypeLayer, digestB))
	contents := map[string]string{"manifest": manifest, "index": `"manifests":[]`, "both": manifest + `,"manifests":[]`, "neither": `"other":1`}
	for _, body := range append(types, "") {
		for _, header := range types {
			for kind, content := range contents {
				document := fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,%s}`, body, content)
				if body == "" {
					document = fmt.Sprintf(`{"schemaVersion":2,%s}`, content)
				}
				said := body == header || body == "" && header != DockerManifest
				_, manifestErr := ParseManifest([]byte(document), header)
				if want := said && kind == "manifest" && IsManifest(header); (manifestErr == nil) != want && IsManifest(header) {
					t.Errorf("body %q, header %q, %s: read as a manifest: %v", body, header, kind, manifestErr)
				}
				_, indexErr := ParseIndex([]byte(document), header)
				if want := said && (kind == "index" || kind == "neither"); (indexErr == nil) != want && IsIndex(header) {
					t.Errorf("body %q, header %q, %s: read as an index: %v", body, header, kind, indexErr)
				}
			}
		}
	}
}

// SC-03: nothing, and what is as good as nothing, is not an image.
func TestSC03NothingIsNotAnImage(t *testing.T) {
	for _, document := range []string{"", " ", "null", "[]", "{}", "true", "0", `""`, "[{}]", `{"schemaVersion":2}`, `{"schemaVersion":"2"}`} {
		for _, mediaType := range []string{MediaTypeManifest, DockerManifest, ""} {
			if m, err := ParseManifest([]byte(document), mediaType); err == nil {
				t.Errorf("%q is read as the manifest %+v", document, m)
			}
		}
		if index, err := ParseIndex([]byte(document), MediaTypeIndex); err == nil {
			if d, err := index.Select(); err == nil {
				t.Errorf("%q: selects %v", document, d)
			}
		}
		if c, err := ParseImageConfig([]byte(document)); err == nil {
			t.Errorf("%q is read as the config %+v", document, c)
		}
	}
}

func TestREG07IndexMayNotSendElsewhere(t *testing.T) {
	entry := forPlatform(digestA, "linux", "amd64", `,"urls":["https://169.254.169.254/"]`)
	if index, err := ParseIndex(indexOf(entry), MediaTypeIndex); err == nil {
		t.Errorf("accepted %+v", index)
	}
}

func indexOf(manifests ...string) []byte {
	return fmt.Appendf(nil, `{"schemaVersion":2,"mediaType":%q,"manifests":[%s]}`, MediaTypeIndex, strings.Join(manifests, ","))
}

func forPlatform(digest, os, arch, more string) string {
	return fmt.Sprintf(`{"mediaType":%q,"digest":%q,"size":7,"platform":{"os":%q,"architecture":%q}%s}`, MediaTypeManifest, digest, os, arch, more)
}

func TestREG06SelectWantsExactlyOneLinuxAMD64(t *testing.T) {
	amd := forPlatform(digestA, "linux", "amd64", "")
	arm := forPlatform(digestB, "linux", "arm64", "")
	unknown := forPlatform(digestB, "unknown", "unknown", `,"annotations":{"vnd.docker.reference.type":"attestation-manifest"}`)
	for name, c := range map[string]struct {
		index   []byte
		want    string
		message string
	}{
		"one":         {indexOf(arm, amd, unknown), digestA, ""},
		"two":         {indexOf(amd, amd), "", "2 images"},
		"none":        {indexOf(arm, unknown), "", "only for linux/arm64"},
		"empty":       {indexOf(), "", "no image with a platform"},
		"attestation": {indexOf(unknown), "", "no image with a platform"},
		"nameless":    {indexOf(forPlatform(digestB, "unknown", "unknown", ""), amd), digestA, ""},
		"variant":     {indexOf(strings.Replace(amd, `"linux"`, `"linux","variant":"v3"`, 1)), "", "only for linux/amd64/v3"},
		"both":        {indexOf(strings.Replace(amd, `"linux"`, `"linux","variant":"v3"`, 1), amd), digestA, ""},
		"folded":      {indexOf(forPlatform(digestA, "Linux", "AMD64", "")), "", "only for Linux/AMD64"},
		"nested":      {indexOf(strings.Replace(amd, MediaTypeManifest, MediaTypeIndex, 1)), "", "want an image manifest"},
		"layer":       {indexOf(strings.Replace(amd, MediaTypeManifest, MediaTypeLayer, 1)), "", "want an image manifest"},
	} {
		index, err := ParseIndex(c.index, MediaTypeIndex)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		d, err := index.Select()
		if c.message == "" && (err != nil || d.Digest.String() != c.want) {
			t.Errorf("%s: %v, %v", name, d.Digest, err)
		}
		if c.message != "" && (err == nil || !strings.Contains(err.Error(), c.message)) {
			t.Errorf("%s: %v, want %q", name, err, c.message)
		}
	}
}

func TestREG06ImageConfigMustBeForLinuxAMD64(t *testing.T) {
	_, err := ParseImageConfig([]byte(`{"architecture":"arm64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}`))
	var unsupported UnsupportedPlatformError
	if !errors.As(err, &unsupported) || !strings.Contains(unsupported.Hint(), "linux/amd64") {
		t.Errorf("got %v", err)
	}
}

func TestREG03ImageConfigKeysAreExact(t *testing.T) {
	const good = `{"architecture":"amd64","os":"linux","config":{"User":"a","Labels":{"x":"1","X":"2"}},"rootfs":{"type":"layers","diff_ids":[]}}`
	if c, err := ParseImageConfig([]byte(good)); err != nil || c.Process.User != "a" {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, bad := range []string{`{"user":"root",`, `{"User":"root",`, `{"USER":"root",`} {
		if _, err := ParseImageConfig([]byte(strings.Replace(good, `"config":{`, `"config":`+bad, 1))); err == nil {
			t.Errorf("%s: accepted", bad)
		}
	}
}

func TestREG01VerifierWantsExactlyTheNamedBytes(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 1000)
	d := DescriptorOf("x", content)
	flipped := bytes.Clone(content)
	flipped[5000] ^= 1
	for name, c := range map[string]struct {
		content []byte
		ok      bool
	}{
		"right":           {content, true},
		"one byte less":   {content[:len(content)-1], false},
		"one byte more":   {append(bytes.Clone(content), 0), false},
		"empty":           {nil, false},
		"one bit flipped": {flipped, false},
	} {
		for _, reader := range []io.Reader{bytes.NewReader(c.content), iotest.OneByteReader(bytes.NewReader(c.content)), iotest.DataErrReader(bytes.NewReader(c.content))} {
			_, err := io.Copy(io.Discard, NewVerifier(context.Background(), reader, d))
			if (err == nil) != c.ok {
				t.Errorf("%s: %v", name, err)
			}
			if !c.ok && !errors.Is(err, ErrMismatch) {
				t.Errorf("%s: %v is not ErrMismatch", name, err)
			}
		}
	}
}

func TestVerifierStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	d := DescriptorOf("x", []byte("content"))
	if _, err := io.Copy(io.Discard, NewVerifier(ctx, strings.NewReader("content"), d)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestParseReference(t *testing.T) {
	for input, want := range map[string]string{
		"localhost:5000/auction":                       "localhost:5000/auction:latest",
		"localhost:5000/a/b:v1":                        "localhost:5000/a/b:v1",
		"localhost:5000/auction@" + digestA:            "localhost:5000/auction@" + digestA,
		"localhost:5000/auction:v1@" + digestA:         "localhost:5000/auction:v1@" + digestA,
		"auction":                                      "index.docker.io/library/auction:latest",
		"localhost:5000/Auction":                       "",
		"localhost:5000/auction:":                      "",
		"localhost:5000/auction@sha256:12":             "",
		"localhost:5000/auction@sha512:" + digestA[7:]: "",
		"":                           "",
		"a b":                        "",
		"http://localhost:5000/a":    "",
		"user@localhost:5000/a":      "",
		"localhost:5000/../../v2":    "",
		"localhost:5000/a:b:c":       "",
		"localhost:5000/auction@":    "",
		"evil.example@localhost:5/a": "",
	} {
		ref, err := ParseReference(input)
		if want == "" {
			if err == nil {
				t.Errorf("%q: accepted as %s", input, ref)
			}
			continue
		}
		if err != nil || ref.String() != want {
			t.Errorf("%q: %v, %v, want %s", input, ref, err, want)
			continue
		}
		if again, err := ParseReference(ref.String()); err != nil || again != ref {
			t.Errorf("%q: read again as %v, %v", input, again, err)
		}
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add(manifestWith(MediaTypeManifest, descriptor(MediaTypeConfig, digestA), descriptor(MediaTypeLayer, digestB), ""))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseManifest(data, MediaTypeManifest)
		if err == nil && (len(m.Layers) == 0 || m.Config.Validate() != nil) {
			t.Errorf("accepted %q", data)
		}
		if _, indexErr := ParseIndex(data, MediaTypeIndex); err == nil && indexErr == nil {
			t.Errorf("%q is both manifest and index", data)
		}
	})
}

func FuzzParseIndex(f *testing.F) {
	f.Add(indexOf(forPlatform(digestA, "linux", "amd64", ""), forPlatform(digestB, "linux", "arm64", "")))
	f.Fuzz(func(t *testing.T, data []byte) {
		index, err := ParseIndex(data, MediaTypeIndex)
		if err != nil {
			return
		}
		if _, err := ParseIndex(data, DockerManifestList); err == nil {
			t.Errorf("%q is an index of both kinds", data)
		}
		d, err := index.Select()
		if err == nil && (d.Validate() != nil || !IsManifest(d.MediaType) || d.Platform.String() != "linux/amd64") {
			t.Errorf("%q: selects %+v", data, d)
		}
	})
}

// Whatever comes, in whatever pieces: only the named bytes end with io.EOF.
func FuzzVerifier(f *testing.F) {
	f.Add([]byte("content"), []byte("content"), 3)
	f.Fuzz(func(t *testing.T, named, came []byte, piece int) {
		d := DescriptorOf("x", named)
		pieces := io.MultiReader(bytes.NewReader(came[:min(max(piece, 0), len(came))]), iotest.OneByteReader(bytes.NewReader(came[min(max(piece, 0), len(came)):])))
		got, err := io.ReadAll(NewVerifier(context.Background(), pieces, d))
		if (err == nil) != bytes.Equal(named, came) || err == nil && !bytes.Equal(got, named) {
			t.Errorf("%q for %q: %v", came, named, err)
		}
	})
}

func FuzzParseImageConfig(f *testing.F) {
	f.Add([]byte(`{"architecture":"amd64","os":"linux","config":{"User":"a"},"rootfs":{"type":"layers","diff_ids":[]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := ParseImageConfig(data); err == nil && c.Platform.String() != "linux/amd64" && c.Platform.Variant == "" {
			t.Errorf("accepted %q", data)
		}
	})
}

func FuzzParseReference(f *testing.F) {
	f.Add("localhost:5000/auction:v1@" + digestA)
	f.Fuzz(func(t *testing.T, s string) {
		ref, err := ParseReference(s)
		if err != nil {
			return
		}
		if again, err := ParseReference(ref.String()); err != nil || again != ref {
			t.Errorf("%q is %q, which reads as %v, %v", s, ref, again, err)
		}
	})
}
