// SPDX-License-Identifier: Apache-2.0

package source

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
)

// packFiles is the tar of headers with their contents.
func packFiles(t *testing.T, files ...packedFile) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, f := range files {
		if f.Typeflag == 0 {
			f.Typeflag = tar.TypeReg
		}
		f.Size, f.Mode = int64(len(f.data)), 0o644
		if err := w.WriteHeader(&f.Header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

type packedFile struct {
	tar.Header
	data []byte
}

func file(name string, data []byte) packedFile {
	return packedFile{tar.Header{Name: name}, data}
}

func link(kind byte, name, target string) packedFile {
	return packedFile{tar.Header{Name: name, Typeflag: kind, Linkname: target}, nil}
}

// filesOf are the files of a folder, sorted.
func filesOf(t *testing.T, dir string) []packedFile {
	t.Helper()
	var files []packedFile
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		files = append(files, file(name, data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func writeFile(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func packGzip(t *testing.T, data []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func packZstd(t *testing.T, data []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(data, nil)
}

// saving is an archive as `docker save` writes it.
type saving struct {
	images []savedImage
	files  []packedFile
}

func (s saving) pack(t *testing.T, more ...packedFile) []byte {
	t.Helper()
	index, err := json.Marshal(s.images)
	if err != nil {
		t.Fatal(err)
	}
	return packFiles(t, slices.Concat(s.files, []packedFile{file(savedFile, index)}, more)...)
}

// save names layers as docker did until version 24, and gives a layer that comes again as a link.
func save(image wholeImage, tags ...string) saving {
	s := saving{images: []savedImage{{Config: image.manifest.Config.Digest.Hex + ".json", RepoTags: tags}}}
	s.files = append(s.files, file(s.images[0].Config, image.config))
	seen := make(map[string]string)
	for i, data := range image.layers {
		id := fmt.Sprintf("%064x", i+1)
		name := id + "/layer.tar"
		s.files = append(s.files, packedFile{tar.Header{Name: id + "/", Typeflag: tar.TypeDir}, nil}, file(id+"/VERSION", []byte("1.0")))
		if first := seen[string(data)]; first != "" {
			s.files = append(s.files, link(tar.TypeSymlink, name, "../"+first+"/layer.tar"))
		} else {
			s.files = append(s.files, file(name, data))
			seen[string(data)] = id
		}
		s.images[0].Layers = append(s.images[0].Layers, name)
	}
	return s
}

func small(t *testing.T) (dir string, image wholeImage) {
	t.Helper()
	dir = imagetest.Layout(t.TempDir(), map[string]v1.Image{"latest": imagetest.Small()})
	return dir, readImage(t, dir, Options{})
}

func TestArchivesOfALayout(t *testing.T) {
	dir, want := small(t)
	plain := packFiles(t, filesOf(t, dir)...)
	for name, data := range map[string][]byte{"plain": plain, "gzip": packGzip(t, plain), "zstd": packZstd(t, plain)} {
		path := writeFile(t, data)
		for _, form := range []string{path, path + ":latest", "oci-archive:" + path, "oci-archive:" + path + ":latest"} {
			image := readImage(t, form, Options{})
			image.mustBe(t, want)
			if image.descriptor.Digest != want.descriptor.Digest {
				t.Errorf("%s: %s: %s, want %s", name, form, image.descriptor.Digest, want.descriptor.Digest)
			}
		}
	}
}

// The blobs of a layout may be links to one another, and names may begin with a dot.
func TestArchiveFollowsItsOwnLinks(t *testing.T) {
	dir, want := small(t)
	files := filesOf(t, dir)
	for i, f := range files {
		files[i].Name = "./" + f.Name
		if strings.Contains(f.Name, want.manifest.Layers[0].Digest.Hex) {
			files[i].Name = "elsewhere"
			files = append(files, link(tar.TypeSymlink, f.Name, "../../two"), link(tar.TypeLink, "two", "elsewhere"))
		}
	}
	readImage(t, writeFile(t, packFiles(t, files...)), Options{}).mustBe(t, want)
}

func TestArchivesOfDockerSave(t *testing.T) {
	_, want := small(t)
	old := save(want, "small:latest", "localhost:5000/small:v1")
	packed := save(want, "small:latest")
	for i, f := range packed.files {
		switch {
		case strings.HasPrefix(f.Name, "000") && strings.HasSuffix(f.Name, "1/layer.tar"):
			packed.files[i].data = packGzip(t, f.data)
		case strings.HasSuffix(f.Name, "2/layer.tar"):
			packed.files[i].data = packGzip(t, f.data)
		}
	}
	var manifest string
	for name, data := range map[string][]byte{"old": old.pack(t), "in gzip": packGzip(t, old.pack(t))} {
		path := writeFile(t, data)
		for _, form := range []string{"", ":small", ":small:latest", ":docker.io/library/small:latest", ":localhost:5000/small:v1"} {
			for _, prefix := range []string{"", "docker-archive:"} {
				image := readImage(t, prefix+path+form, Options{})
				image.mustBe(t, want)
				if manifest == "" {
					manifest = image.descriptor.Digest.String()
				}
				if image.descriptor.Digest.String() != manifest {
					t.Errorf("%s: %s%s: another manifest", name, prefix, form)
				}
			}
		}
	}
	readImage(t, writeFile(t, packed.pack(t)), Options{}).mustBe(t, want)
}

// Since version 25 docker writes an OCI layout with its own index beside it. Both say the same, in the same bytes.
func TestArchiveThatIsBothHasOneManifest(t *testing.T) {
	dir := t.TempDir()
	_, want := small(t)
	layers := make([]oci.Descriptor, len(want.layers))
	index := savedImage{Config: "blobs/sha256/" + want.manifest.Config.Digest.Hex, RepoTags: []string{"small:latest"}, LayerSources: map[string]oci.Descriptor{}}
	files := []packedFile{file(index.Config, want.config), file(layoutFile, []byte(`{"imageLayoutVersion":"1.0.0"}`))}
	for i, data := range want.layers {
		layers[i] = oci.DescriptorOf(oci.MediaTypeLayer, data)
		index.Layers = append(index.Layers, "blobs/sha256/"+layers[i].Digest.Hex)
		index.LayerSources[layers[i].Digest.String()] = layers[i]
		files = append(files, file(index.Layers[i], data))
	}
	image, err := makeImage(want.config, layers)
	if err != nil {
		t.Fatal(err)
	}
	d, _ := image.resolve()
	files = append(files, file("blobs/sha256/"+d.Digest.Hex, image.manifest), file(indexFile, fmt.Appendf(nil,
		`{"schemaVersion":2,"mediaType":%q,"manifests":[{"mediaType":%q,"digest":%q,"size":%d,"annotations":{%q:"docker.io/library/small:latest",%q:"latest"}}]}`,
		oci.MediaTypeIndex, oci.MediaTypeManifest, d.Digest, d.Size, annotationImageName, oci.AnnotationRefName)))
	path := filepath.Join(dir, "image.tar")
	if err := os.WriteFile(path, saving{[]savedImage{index}, files}.pack(t), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + ":latest", path + ":small", "oci-archive:" + path, "docker-archive:" + path, "docker-archive:" + path + ":small:latest"} {
		got := readImage(t, name, Options{})
		got.mustBe(t, want)
		if got.descriptor.Digest != d.Digest {
			t.Errorf("%s: another manifest", name)
		}
	}
}

func TestArchiveFromAPipe(t *testing.T) {
	dir, want := small(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		w.Write(packGzip(t, packFiles(t, filesOf(t, dir)...)))
		w.Close()
	}()
	readImage(t, fmt.Sprintf("oci-archive:/proc/self/fd/%d", r.Fd()), Options{}).mustBe(t, want)
}

// A pipe into which nobody writes does not hold us.
func TestArchiveFromAPipeEndsWithItsContext(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	image, err := Parse(fmt.Sprintf("oci-archive:/proc/self/fd/%d", r.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := image.Resolve(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// skopeo's archives are read as it writes them.
func TestArchivesOfSkopeo(t *testing.T) {
	skopeo, err := exec.LookPath("skopeo")
	if err != nil {
		t.Fatalf("skopeo is not installed: run scripts/setup.sh: %v", err)
	}
	dir, want := small(t)
	for _, form := range []string{"oci-archive:%s:latest", "docker-archive:%s:small:latest", "docker-archive:%s"} {
		path := filepath.Join(t.TempDir(), "image.tar")
		to := fmt.Sprintf(form, path)
		if out, err := exec.Command(skopeo, "--tmpdir", t.TempDir(), "copy", "--insecure-policy", "oci:"+dir+":latest", to).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", form, err, out)
		}
		readImage(t, to, Options{}).mustBe(t, want)
		readImage(t, path, Options{}).mustBe(t, want)
	}
}

func TestArchiveErrorsSayWhatToDo(t *testing.T) {
	dir, want := small(t)
	layoutFiles := filesOf(t, dir)
	two := save(want, "a:1")
	two.images = append(two.images, savedImage{Config: two.images[0].Config, RepoTags: []string{"b:2"}, Layers: two.images[0].Layers})
	nameless := save(want)
	nameless.images = append(nameless.images, nameless.images[0])
	arm := save(want)
	arm.files[0].data = bytes.ReplaceAll(arm.files[0].data, []byte("amd64"), []byte("arm64"))
	for name, c := range map[string]struct {
		data            []byte
		tag             string
		message, advice string
	}{
		"two images":       {two.pack(t), "", "name one", "a:1, b:2"},
		"no such name":     {two.pack(t), ":c", `no tag "c"`, "a:1, b:2"},
		"nameless":         {nameless.pack(t), "", "name one", "no names"},
		"arm64":            {arm.pack(t), "", "only for linux/arm64", "linux/amd64"},
		"root file system": {packFiles(t, file("etc/passwd", nil)), "", "neither an OCI layout nor", "--rootfs"},
		"no such tag":      {packFiles(t, layoutFiles...), ":v9", `no tag "v9"`, "latest"},
		"cut":              {packFiles(t, layoutFiles...)[:300], "", "unexpected EOF", ""},
		"xz":               {[]byte("\xfd7zXZ\x00 and more"), "", "packed with xz", "xz -d"},
		"gzip of nothing":  {packGzip(t, nil), "", "neither", "--rootfs"},
	} {
		path := writeFile(t, c.data)
		image, err := Parse(path + c.tag)
		if err == nil {
			_, err = image.Resolve(context.Background())
			image.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.message) || !strings.Contains(hint.Of(err), c.advice) {
			t.Errorf("%s: %v (hint: %s)", name, err, hint.Of(err))
		}
	}
}

func TestREG03AndREG04SavedIndexIsReadStrictly(t *testing.T) {
	_, want := small(t)
	good := save(want)
	index, err := json.Marshal(good.images)
	if err != nil {
		t.Fatal(err)
	}
	layer := want.manifest.Layers[0]
	layer.URLs = []string{"http://169.254.169.254/"}
	foreign := save(want)
	foreign.images[0].LayerSources = map[string]oci.Descriptor{want.diffIDs[0].String(): layer}
	foreignIndex, err := json.Marshal(foreign.images)
	if err != nil {
		t.Fatal(err)
	}
	short := save(want)
	short.images[0].Layers = short.images[0].Layers[:1]
	shortIndex, err := json.Marshal(short.images)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"duplicate":          bytes.Replace(index, []byte(`"Layers":`), []byte(`"Layers":[],"Layers":`), 1),
		"case variant":       bytes.Replace(index, []byte(`"Layers":`), []byte(`"layers":[],"Layers":`), 1),
		"trailing":           append(bytes.Clone(index), `[]`...),
		"not a list":         []byte(`{"Config":"a"}`),
		"null":               []byte(`null`),
		"nothing":            nil,
		"no image":           []byte(`[]`),
		"missing config":     bytes.Replace(index, []byte(`.json`), []byte(`.nosj`), 1),
		"missing layer":      bytes.Replace(index, []byte(`layer.tar`), []byte(`reyal.tar`), 1),
		"layer is a folder":  bytes.Replace(index, []byte(`/layer.tar`), nil, 1),
		"REG07 foreign urls": foreignIndex,
		"fewer layers":       shortIndex,
		"huge":               append(bytes.Clone(index), bytes.Repeat([]byte(" "), oci.MaxDocument)...),
	} {
		if err := resolve(t, packFiles(t, append(slices.Clone(good.files), file(savedFile, data))...)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// resolve resolves the image in an archive, and reads its manifest, config and layers if there are.
func resolve(t *testing.T, data []byte) error {
	t.Helper()
	image, err := Parse("docker-archive:" + writeFile(t, data))
	if err != nil {
		return err
	}
	_, err = readSource(image)
	return err
}

func TestREG02LayersOfAnArchiveMustBeTheirDiffIDs(t *testing.T) {
	_, want := small(t)
	for name, change := range map[string]func(data []byte) []byte{
		"one bit":          func(data []byte) []byte { data[600] ^= 1; return data },
		"one block more":   func(data []byte) []byte { return append(data, make([]byte, 512)...) },
		"one block less":   func(data []byte) []byte { return data[:len(data)-512] },
		"nothing":          func([]byte) []byte { return nil },
		"packed one bit":   func(data []byte) []byte { data[600] ^= 1; return packGzip(t, data) },
		"packed something": func([]byte) []byte { return packGzip(t, []byte("something")) },
	} {
		s := save(want)
		for i, f := range s.files {
			if strings.HasSuffix(f.Name, "/layer.tar") {
				s.files[i].data = change(bytes.Clone(f.data))
				break
			}
		}
		if err := resolve(t, s.pack(t)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestIMG10ArchiveWithTwoMeaningsIsRefused(t *testing.T) {
	_, want := small(t)
	good := save(want)
	config := file(good.images[0].Config, want.config)
	for name, more := range map[string][]packedFile{
		"config twice":           {config},
		"config as a link":       {link(tar.TypeSymlink, config.Name, "other"), file("other", want.config)},
		"config by another name": {file("./"+config.Name, want.config)},
		"layer twice":            {file(good.images[0].Layers[0], want.layers[0])},
	} {
		if err := resolve(t, good.pack(t, more...)); err == nil || !strings.Contains(err.Error(), "twice") {
			t.Errorf("%s: %v", name, err)
		}
	}
	global := packedFile{tar.Header{Typeflag: tar.TypeXGlobalHeader, Name: "g", PAXRecords: map[string]string{"path": "manifest.json"}}, nil}
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	if err := w.WriteHeader(&global.Header); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := resolve(t, append(buf.Bytes(), good.pack(t)...)); err == nil || !strings.Contains(err.Error(), "global") {
		t.Errorf("global header: %v", err)
	}
}

// sizedFolder is a tar with the header of a folder that claims a size.
func sizedFolder(t *testing.T) []byte {
	stream := tarOf(t, tar.Header{Name: "b", Typeflag: tar.TypeDir, Format: tar.FormatGNU})
	copy(stream[124:], "00000001000\x00")
	copy(stream[148:156], "        ")
	sum := 0
	for _, b := range stream[:512] {
		sum += int(b)
	}
	copy(stream[148:156], fmt.Sprintf("%06o\x00 ", sum))
	return stream
}

// tarOf is a tar with these headers, and zero bytes for content.
func tarOf(t *testing.T, headers ...tar.Header) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, h := range headers {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(make([]byte, h.Size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// IMG-10: what programs read in different ways is refused in tars of any kind, wherever it stands.
func TestIMG10TarsThatProgramsReadInSeveralWaysAreRefused(t *testing.T) {
	comment := tar.Header{Typeflag: tar.TypeXGlobalHeader, Name: "g", PAXRecords: map[string]string{"comment": "c"}}
	start := tarOf(t, comment, tar.Header{Name: "a", Size: 513, Format: tar.FormatGNU}) // padding before what is odd
	start = start[:len(start)-1024]
	pax := tarOf(t, tar.Header{Name: strings.Repeat("n", 101), Format: tar.FormatPAX, Typeflag: tar.TypeReg})
	path := filepath.Join(t.TempDir(), "root.tar")
	for name, c := range map[string]struct {
		odd  []byte
		want string
	}{
		"a folder's size": {sizedFolder(t), "a size of something that has no content"},
		"two pax headers": {slices.Concat(pax[:1024], pax), "several extended headers"},
		"pax of nothing":  {slices.Concat(pax[:1024], make([]byte, 1024)), "without an entry"},
		"nothing odd":     {pax, ""},
	} {
		stream := slices.Concat(start, c.odd)
		if err := os.WriteFile(path, stream, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := RootFS(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Resolve(t.Context()); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := resolve(t, stream); c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s in an image's archive: %v", name, err)
		}
	}
}

func TestIMG02LinksOfAnArchiveStayInside(t *testing.T) {
	_, want := small(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, want.config, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, links := range map[string][]packedFile{
		"absolute":   {link(tar.TypeSymlink, "config", secret)},
		"dot-dot":    {link(tar.TypeSymlink, "config", strings.Repeat("../", 20)+secret)},
		"hard":       {link(tar.TypeLink, "config", secret)},
		"itself":     {link(tar.TypeSymlink, "config", "config")},
		"in a ring":  {link(tar.TypeSymlink, "config", "a"), link(tar.TypeLink, "a", "config")},
		"nowhere":    {link(tar.TypeSymlink, "config", "nowhere")},
		"a device":   {{tar.Header{Name: "config", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 5}, nil}},
		"a fifo":     {{tar.Header{Name: "config", Typeflag: tar.TypeFifo}, nil}},
		"a long way": slices.Collect(longChain(want.config)),
	} {
		s := save(want)
		s.images[0].Config = "config"
		if err := resolve(t, s.pack(t, links...)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	s := save(want)
	s.images[0].Config = strings.Repeat("../", 20) + secret
	if err := resolve(t, s.pack(t)); err == nil {
		t.Error("index that points outside: accepted")
	}
}

// longChain is a file behind more links than there may be.
func longChain(data []byte) func(yield func(packedFile) bool) {
	return func(yield func(packedFile) bool) {
		name := "config"
		for i := range 2 * maxLinks {
			next := fmt.Sprintf("link%d", i)
			if !yield(link(tar.TypeSymlink, name, next)) {
				return
			}
			name = next
		}
		yield(file(name, data))
	}
}

func TestIMG09SparseMembersAreRefused(t *testing.T) {
	sparse := packFiles(t, file("blobs/x", bytes.Repeat([]byte("x"), 1024)))
	sparse[156] = 'S'
	copy(sparse[148:156], checksum(sparse[:512]))
	pax := packedFile{tar.Header{Name: "x", PAXRecords: map[string]string{"GNU.sparse.major": "1"}}, nil}
	var buf bytes.Buffer
	if err := tar.NewWriter(&buf).WriteHeader(&pax.Header); err == nil {
		t.Log("archive/tar writes sparse records now")
	}
	if err := resolve(t, sparse); err == nil {
		t.Error("old GNU sparse: accepted")
	}
	// A sparse map of format 1.0 says that eight exabytes are in one block.
	records := paxRecord("GNU.sparse.major", "1") + paxRecord("GNU.sparse.minor", "0") + paxRecord("GNU.sparse.name", "x") +
		paxRecord("GNU.sparse.realsize", "9223372036854775807")
	huge := append(rawHeader("PaxHeaders/x", tar.TypeXHeader, len(records)), pad(records)...)
	huge = append(huge, rawHeader("x", tar.TypeReg, 512)...)
	huge = append(huge, pad("0\n")...)
	if err := resolve(t, append(huge, make([]byte, 1024)...)); err == nil {
		t.Error("PAX sparse: accepted")
	}
}

func TestArchiveHeadersAreBounded(t *testing.T) {
	for name, data := range map[string][]byte{
		// A PAX header that says it is 8 GiB long.
		"huge header": rawHeader("PaxHeaders/x", tar.TypeXHeader, 8<<30-1),
		"huge name":   rawHeader("././@LongLink", tar.TypeGNULongName, 8<<30-1),
		"huge member": rawHeader("x", tar.TypeReg, 8<<30-1),
	} {
		if err := resolve(t, data); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	var many bytes.Buffer
	w := tar.NewWriter(&many)
	for i := range maxMembers + 1 {
		if err := w.WriteHeader(&tar.Header{Name: fmt.Sprint(i), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := resolve(t, many.Bytes()); err == nil || !strings.Contains(err.Error(), "more than 65536 files") {
		t.Errorf("many members: %v", err)
	}
}

// A gigabyte may come out of nothing, as sparse files may be real; what goes on is a bomb.
func TestIMG08ArchiveMayNotUnpackWithoutEnd(t *testing.T) {
	in := &counted{ctx: context.Background(), r: strings.NewReader("")}
	in.n = 1000
	n, err := io.Copy(io.Discard, &bounded{r: endless{}, in: in})
	if err == nil || n > freeBytes+maxRatio*1000 {
		t.Errorf("%d bytes, %v", n, err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestSpoolLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	empty := func(when string) {
		t.Helper()
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s: %v, %v", when, left, err)
		}
	}
	tmp, err := spool(context.Background(), strings.NewReader("content"))
	if err != nil {
		t.Fatal(err)
	}
	empty("while it is open")
	tmp.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := spool(ctx, strings.NewReader("content")); err == nil {
		t.Error("spooled after the end")
	}
	empty("after an interrupt")
}

// rawHeader is a tar header that archive/tar would not write.
func rawHeader(name string, kind byte, size int) []byte {
	h := make([]byte, 512)
	copy(h, name)
	copy(h[100:], "0000644\x000000000\x000000000\x00")
	copy(h[124:], fmt.Sprintf("%011o\x0000000000000\x00", size))
	h[156] = kind
	copy(h[257:], "ustar\x0000")
	copy(h[148:156], checksum(h))
	return h
}

func checksum(header []byte) []byte {
	sum := 8 * int(' ')
	for i, b := range header {
		if i < 148 || i >= 156 {
			sum += int(b)
		}
	}
	return fmt.Appendf(nil, "%06o\x00 ", sum)
}

func paxRecord(key, value string) string {
	record := fmt.Sprintf(" %s=%s\n", key, value)
	n := len(record) + 2
	return fmt.Sprintf("%d%s", n, record)
}

func pad(s string) []byte {
	return append([]byte(s), make([]byte, (512-len(s)%512)%512)...)
}

func FuzzArchive(f *testing.F) {
	f.Add(rawHeader("manifest.json", tar.TypeReg, 0))
	f.Add(append(rawHeader("manifest.json", tar.TypeReg, 2), append(pad("[]"), make([]byte, 1024)...)...))
	f.Add(append(rawHeader("oci-layout", tar.TypeReg, 30), append(pad(`{"imageLayoutVersion":"1.0.0"}`), make([]byte, 1024)...)...))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(dir, "fuzz.tar")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, prefix := range []string{"docker-archive:", "oci-archive:", "rootfs:"} {
			image, err := Parse(prefix + path)
			if err != nil {
				t.Fatal(err)
			}
			if prefix != "rootfs:" {
				readSource(image)
				continue
			}
			if whole, err := readSource(image); err == nil && len(whole.layers) != 1 {
				t.Errorf("a root file system of %d layers", len(whole.layers))
			}
		}
	})
}
