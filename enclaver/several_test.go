// SPDX-License-Identifier: Apache-2.0

package enclaver_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/source"
	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/guestagent/config"
)

// three are containers of two images: the second runs beside what the first is before and after.
func three() spec.Spec {
	s := spec.Default()
	s.Containers = []spec.Container{
		{Name: "prepare", Completes: true, Workload: spec.Workload{Cmd: []string{"prepare"}}},
		{Name: "db", Image: 1, Workload: spec.Workload{Volumes: []config.Volume{{Path: "/data", SizeMiB: 8, Name: "data"}}}},
		{Name: "app", Workload: spec.Workload{Volumes: []config.Volume{{Path: "/data", SizeMiB: 8, Name: "data"}}}},
	}
	return s
}

func sources(t *testing.T, images ...v1.Image) (all []source.Source) {
	t.Helper()
	for _, image := range images {
		from, err := source.Parse(layoutOf(t, image))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, from)
	}
	return all
}

func buildSeveral(t *testing.T, store *enclaver.Store, declared spec.Spec, name enclaver.Reference, images ...v1.Image) *enclaver.Enclave {
	t.Helper()
	e, err := enclaver.Build(context.Background(), sources(t, images...), enclaver.BuildOptions{Store: store, GuestBase: guestBase(t), Spec: declared, Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestEnclaveOfSeveralImages goes from images to a registry to a machine, and back to the images.
func TestEnclaveOfSeveralImages(t *testing.T) {
	ctx := context.Background()
	ref := reference(t, imagetest.Registry(t)+"/app:v1")
	made := buildSeveral(t, openStore(t), three(), ref, imagetest.Small(), imagetest.Changed())
	if again := buildSeveral(t, openStore(t), three(), enclaver.Reference{}, imagetest.Small(), imagetest.Changed()); again.Digest() != made.Digest() {
		t.Errorf("%s, then %s", made.Digest(), again.Digest())
	}
	if err := enclaver.Push(ctx, made, ref, nil); err != nil {
		t.Fatal(err)
	}
	pulled, err := enclaver.Pull(ctx, ref.WithDigest(made.Digest()), openStore(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	boot, err := pulled.Assemble(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	checkBoot(t, boot, made)
	containers := boot.Config.Containers
	if a, b := containers[0].Disk, containers[1].Disk; len(containers) != 3 || a != containers[2].Disk || b.OffsetBlocks <= a.HashOffsetBlocks {
		t.Errorf("disks %+v", containers)
	}
	flip(t, boot.Disk, int64(containers[1].Disk.OffsetBlocks)*config.BlockSize+9) // of the second file system
	if _, err := pulled.Assemble(ctx, dir); err != nil {
		t.Error(err)
	}
	report := enclaver.Rebuild(ctx, pulled, sources(t, imagetest.Small(), imagetest.Changed()), "", nil)
	if err := report.Err(); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"prepare, app: source image", "prepare, app: layer 1 of 2", "db: verity root", "db: merged file system"} {
		if !slices.ContainsFunc(report, func(c enclaver.Check) bool { return c.Name == name }) {
			t.Errorf("%s was not checked: %+v", name, report)
		}
	}
	if err := enclaver.Rebuild(ctx, pulled, sources(t, imagetest.Changed(), imagetest.Small()), "", nil).Err(); err == nil {
		t.Error("other images make the same enclave")
	}
	seen, err := enclaver.Inspect(ctx, ref, nil)
	if err != nil || len(seen.Images) != 2 || !slices.Equal(seen.Images[0].Containers, []string{"prepare", "app"}) || len(seen.Referrers) != 3 {
		t.Errorf("inspect: %+v, %v", seen, err)
	}
}

// TestDiffOfSeveralImages: files and variables are told with the container that has them.
func TestDiffOfSeveralImages(t *testing.T) {
	store := openStore(t)
	a := buildSeveral(t, store, three(), enclaver.Reference{}, imagetest.Small(), imagetest.Small())
	b := buildSeveral(t, store, three(), enclaver.Reference{}, imagetest.Small(), imagetest.Changed())
	found, err := enclaver.Diff(context.Background(), a, b, nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range found {
		names = append(names, d.Kind+" "+d.Name)
	}
	for _, want := range []string{"environment db: MODE", "file db: /bin/app", "disk db: verity root"} {
		if !slices.Contains(names, want) {
			t.Errorf("no %s in %q", want, names)
		}
	}
	if at := slices.IndexFunc(names, func(n string) bool { return strings.Contains(n, "app: ") || strings.Contains(n, "prepare: ") }); at >= 0 {
		t.Errorf("%s differs", names[at])
	}
}

func TestNumberOfImagesIsTheSpecs(t *testing.T) {
	for _, images := range [][]v1.Image{{}, {imagetest.Small()}, {imagetest.Small(), imagetest.Small(), imagetest.Small()}} {
		_, err := enclaver.Build(context.Background(), sources(t, images...), enclaver.BuildOptions{Store: openStore(t), GuestBase: guestBase(t), Spec: three()})
		if err == nil || !strings.Contains(err.Error(), "images, and the spec has 2") {
			t.Errorf("%d images: %v", len(images), err)
		}
	}
}

// TestVolumesThatTheGuestMountsAreNoted: in whichever container, which has no other there.
func TestVolumesThatTheGuestMountsAreNoted(t *testing.T) {
	run := imagetest.Run("/app")
	run.Volumes = map[string]struct{}{"/dev/shm": {}, "/data": {}}
	image := imagetest.Image(run, imagetest.Tar(imagetest.File{Name: "app", Mode: 0o755}))
	run.Volumes = map[string]struct{}{"/dev/shm": {}, "/output": {}}
	other := imagetest.Image(run, imagetest.Tar(imagetest.File{Name: "app", Mode: 0o755}))
	declared := spec.Default()
	declared.Containers = []spec.Container{{Name: "helper"}, {Name: "app", Image: 1}}
	note := func(name, at string) string {
		return "container " + name + ": the image asks for a volume at " + at + ", where the guest mounts its own: no other is made"
	}
	var notes []string
	e, err := enclaver.Build(t.Context(), sources(t, image, other), enclaver.BuildOptions{
		Store: openStore(t), GuestBase: guestBase(t), Spec: declared, Note: func(line string) { notes = append(notes, line) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{note("helper", "/dev/shm"), note("app", "/dev/shm"), note("app", "/output")}; !slices.Equal(notes, want) {
		t.Errorf("%q, want %q", notes, want)
	}
	boot, err := e.Assemble(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if c := boot.Config.Containers; len(c[0].Volumes) != 1 || c[0].Volumes[0].Path != "/data" || len(c[1].Volumes) != 0 {
		t.Errorf("%+v", c)
	}
}
