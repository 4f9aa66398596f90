// SPDX-License-Identifier: Apache-2.0

package enclaver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/source"
	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/guestagent/config"
)

// sharedBase is made once: it has the real kernel and firmware in it.
var sharedBase = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "enclaver-test-base-")
	if err != nil {
		return "", err
	}
	return dir, imagetest.GuestBase(dir)
})

func TestMain(m *testing.M) {
	if layout := os.Getenv("ESCRIN_TEST_BUILD"); layout != "" {
		buildElsewhere(layout, os.Getenv("ESCRIN_TEST_BASE"), os.Getenv("ESCRIN_TEST_STORE"))
	}
	code := m.Run()
	if dir, _ := sharedBase(); dir != "" {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

func guestBase(t *testing.T) string {
	t.Helper()
	dir, err := sharedBase()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func openStore(t *testing.T) *enclaver.Store {
	t.Helper()
	s, err := enclaver.OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func reference(t *testing.T, s string) enclaver.Reference {
	t.Helper()
	ref, err := enclaver.ParseReference(s)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// layoutOf is the folder of a layout with one image.
func layoutOf(t *testing.T, image v1.Image) string {
	t.Helper()
	return imagetest.Layout(t.TempDir(), map[string]v1.Image{"latest": image})
}

func build(t *testing.T, store *enclaver.Store, layout string, name enclaver.Reference) (*enclaver.Enclave, error) {
	t.Helper()
	from, err := source.Parse(layout)
	if err != nil {
		t.Fatal(err)
	}
	return enclaver.Build(context.Background(), []source.Source{from}, enclaver.BuildOptions{Store: store, GuestBase: guestBase(t), Spec: spec.Default(), Name: name})
}

func mustBuild(t *testing.T, store *enclaver.Store, name enclaver.Reference) *enclaver.Enclave {
	t.Helper()
	e, err := build(t, store, layoutOf(t, imagetest.Small()), name)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEnclaveGoesFromImageToRegistryToMachine(t *testing.T) {
	ctx := context.Background()
	host := imagetest.Registry(t)
	ref := reference(t, host+"/app:v1")
	here := openStore(t)
	made := mustBuild(t, here, ref)
	if err := enclaver.Push(ctx, made, ref, nil); err != nil {
		t.Fatal(err)
	}
	there := openStore(t)
	pulled, err := enclaver.Pull(ctx, ref.WithDigest(made.Digest()), there, nil)
	if err != nil {
		t.Fatal(err)
	}
	if pulled.MeasurementRoot() != made.MeasurementRoot() || pulled.Digest() != made.Digest() {
		t.Error("another enclave came back")
	}
	boot, err := pulled.Assemble(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	checkBoot(t, boot, made)
	if err := enclaver.Verify(ctx, pulled, nil).Err(); err != nil {
		t.Error(err)
	}
	seen, err := enclaver.Inspect(ctx, ref, nil)
	if err != nil || seen.Digest != made.Digest() || seen.Config.MeasurementRoot != made.MeasurementRoot() {
		t.Errorf("inspect: %+v, %v", seen.Digest, err)
	}
}

// checkBoot reads the assembled disk as the guest does: nothing but the command line is believed.
func checkBoot(t *testing.T, boot enclaver.Boot, e *enclaver.Enclave) {
	t.Helper()
	location, err := config.ParseCommandLine(boot.Cmdline)
	if err != nil {
		t.Fatal(err)
	}
	disk, err := os.ReadFile(boot.Disk)
	if err != nil {
		t.Fatal(err)
	}
	document := disk[location.OffsetBlocks*config.BlockSize:][:location.Size]
	if config.Digest(document) != location.Digest || boot.ConfigDigest != location.Digest {
		t.Error("the measured config is not where the command line says")
	}
	run, err := config.Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	want := config.Process{
		Args: []string{"/bin/app", "--serve"}, Env: []string{"PATH=/bin", "MODE=test"}, Cwd: "/srv",
		User: config.User{UID: 1000, GID: 1001, AdditionalGIDs: []uint32{44}},
	}
	got, _ := json.Marshal(run.Main().Process)
	expected, _ := json.Marshal(want)
	if !bytes.Equal(got, expected) {
		t.Errorf("process: %s, want %s", got, expected)
	}
	root, err := attest.Root(boot.Measurements)
	if err != nil || root != e.MeasurementRoot() || len(boot.Measurements) != len(enclaver.Shapes()) {
		t.Errorf("measurement root: %x, %v", root, err)
	}
}

func TestSameImageSameBytes(t *testing.T) {
	none := enclaver.Reference{}
	first := mustBuild(t, openStore(t), none)
	store := openStore(t)
	for range 2 { // cold, then with every layer in the cache
		if again := mustBuild(t, store, none); again.Digest() != first.Digest() {
			t.Errorf("%s, then %s", first.Digest(), again.Digest())
		}
	}
}

func TestIMG17AnyChangeChangesTheMeasurement(t *testing.T) {
	store := openStore(t)
	layer := func(files ...imagetest.File) []byte { return imagetest.Tar(files...) }
	a, b := imagetest.File{Name: "a", Data: "1"}, imagetest.File{Name: "b", Data: "2"}
	run := v1.Config{Cmd: []string{"/a"}}
	images := map[string]v1.Image{
		"plain":         imagetest.Image(run, layer(a, b)),
		"names swapped": imagetest.Image(run, layer(imagetest.File{Name: "a", Data: "2"}, imagetest.File{Name: "b", Data: "1"})),
		"mode":          imagetest.Image(run, layer(imagetest.File{Name: "a", Data: "1", Mode: 0o755}, b)),
		"layer order":   imagetest.Image(run, layer(imagetest.File{Name: "a", Data: "0"}, b), layer(a)),
		"command":       imagetest.Image(v1.Config{Cmd: []string{"/b"}}, layer(a, b)),
		"environment":   imagetest.Image(v1.Config{Cmd: []string{"/a"}, Env: []string{"X=1"}}, layer(a, b)),
		"user":          imagetest.Image(v1.Config{Cmd: []string{"/a"}, User: "1"}, layer(a, b)),
	}
	seen := map[[32]byte]string{}
	for name, image := range images {
		e, err := build(t, store, layoutOf(t, image), enclaver.Reference{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if other, twice := seen[e.MeasurementRoot()]; twice {
			t.Errorf("%s measures like %s", name, other)
		}
		seen[e.MeasurementRoot()] = name
	}
}

// blobs are the paths of a layout's or store's blobs, largest first.
func blobs(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "blobs", "sha256", "*"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no blobs", err)
	}
	slices.SortFunc(paths, func(a, b string) int { return int(size(t, b) - size(t, a)) })
	return paths
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func flip(t *testing.T, path string, at int64) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[at] ^= 1
	os.Chmod(path, 0o644)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestREG01CorruptedImageBlobsAreRefused(t *testing.T) {
	intact := layoutOf(t, imagetest.Small())
	for i := range blobs(t, intact) {
		layout := layoutOf(t, imagetest.Small())
		path := blobs(t, layout)[i]
		flip(t, path, size(t, path)/2)
		if _, err := build(t, openStore(t), layout, enclaver.Reference{}); !errors.Is(err, oci.ErrMismatch) {
			t.Errorf("blob of %d bytes: %v", size(t, path), err)
		}
	}
}

func TestREG02DiffIDsMustBeThoseOfTheContent(t *testing.T) {
	image := imagetest.Small()
	file, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	file = file.DeepCopy()
	file.RootFS.DiffIDs[0], file.RootFS.DiffIDs[1] = file.RootFS.DiffIDs[1], file.RootFS.DiffIDs[0]
	_, err = build(t, openStore(t), layoutOf(t, imagetest.WithConfig(image, file)), enclaver.Reference{})
	if err == nil || !strings.Contains(err.Error(), "but the image config says") {
		t.Errorf("got %v", err)
	}
}

func TestREG06OtherArchitecturesAreNamed(t *testing.T) {
	image := imagetest.Small()
	file, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	file = file.DeepCopy()
	file.Architecture = "arm64"
	_, err = build(t, openStore(t), layoutOf(t, imagetest.WithConfig(image, file)), enclaver.Reference{})
	if err == nil || !strings.Contains(err.Error(), "only for linux/arm64") || !strings.Contains(hint.Of(err), "linux/amd64") {
		t.Errorf("got %v", err)
	}
}

func TestREG13PullRepairsTheStoreAndPushRefusesWhatIsCorrupted(t *testing.T) {
	ctx := context.Background()
	ref := reference(t, imagetest.Registry(t)+"/app:v1")
	store := openStore(t)
	made := mustBuild(t, store, ref)
	if err := enclaver.Push(ctx, made, ref, nil); err != nil {
		t.Fatal(err)
	}
	paths := blobs(t, store.Dir())
	for _, path := range paths {
		flip(t, path, 0)
	}
	if err := enclaver.Push(ctx, made, reference(t, ref.String()+"-2"), nil); !errors.Is(err, oci.ErrMismatch) {
		t.Errorf("pushed: %v", err)
	}
	if err := enclaver.Verify(ctx, made, nil).Err(); err == nil {
		t.Error("verified")
	}
	pulled, err := enclaver.Pull(ctx, ref, store, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := enclaver.Verify(ctx, pulled, nil).Err(); err != nil {
		t.Error(err)
	}
}

func TestVerifyFindsEverySingleCorruption(t *testing.T) {
	store := openStore(t)
	made := mustBuild(t, store, enclaver.Reference{})
	for _, path := range blobs(t, store.Dir()) {
		for _, at := range []int64{0, size(t, path) / 2, size(t, path) - 1} {
			flip(t, path, at)
			if err := enclaver.Verify(context.Background(), made, nil).Err(); err == nil {
				t.Errorf("%s: byte %d of %d", path, at, size(t, path))
			}
			flip(t, path, at)
		}
	}
	if err := enclaver.Verify(context.Background(), made, nil).Err(); err != nil {
		t.Error(err)
	}
}

func TestAssembledDiskIsUsedAgainOnlyIfItIsRight(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	made := mustBuild(t, openStore(t), enclaver.Reference{})
	boot, err := made.Assemble(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	right, err := os.ReadFile(boot.Disk)
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(boot.Disk)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := made.Assemble(ctx, dir); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(boot.Disk); err != nil || !os.SameFile(before, after) {
		t.Error("a right disk was made again")
	}
	for at := int64(0); at < int64(len(right)); at += int64(len(right)) / 13 {
		flip(t, boot.Disk, at)
		if _, err := made.Assemble(ctx, dir); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(boot.Disk); err != nil || !bytes.Equal(got, right) {
			t.Errorf("byte %d stayed wrong: %v", at, err)
		}
	}
	for _, path := range []string{boot.Kernel, boot.Initrd, boot.Firmware} {
		right, _ := os.ReadFile(path)
		flip(t, path, 100)
		if _, err := made.Assemble(ctx, dir); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(path); !bytes.Equal(got, right) {
			t.Errorf("%s stayed wrong", path)
		}
	}
}

func TestMissingGuestBaseSaysWhatToRun(t *testing.T) {
	from, err := source.Parse(layoutOf(t, imagetest.Small()))
	if err != nil {
		t.Fatal(err)
	}
	_, err = enclaver.Build(context.Background(), []source.Source{from}, enclaver.BuildOptions{Store: openStore(t), GuestBase: t.TempDir(), Spec: spec.Default()})
	if err == nil || !strings.Contains(hint.Of(err), "make guest-base") {
		t.Errorf("%v (hint: %s)", err, hint.Of(err))
	}
	base := t.TempDir()
	if err := imagetest.GuestBase(base); err != nil {
		t.Fatal(err)
	}
	flip(t, filepath.Join(base, "initrd"), 0)
	_, err = enclaver.Build(context.Background(), []source.Source{from}, enclaver.BuildOptions{Store: openStore(t), GuestBase: base, Spec: spec.Default()})
	if err == nil || !strings.Contains(err.Error(), "base.json says") {
		t.Errorf("got %v", err)
	}
}
