// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/guestagent/config"
)

// wanting is an image whose author wants these volumes. In it /results is a symbolic link to /output, and /a one to /b and back.
func wanting(volumes ...string) Image {
	image := Image{Process: oci.Process{Cmd: []string{"/a"}, Volumes: map[string]struct{}{}}, Disk: disk(), Root: fstest.MapFS{
		"results": {Mode: fs.ModeSymlink, Data: []byte("output")}, "a": {Mode: fs.ModeSymlink, Data: []byte("b")}, "b": {Mode: fs.ModeSymlink, Data: []byte("a")},
	}}
	for _, p := range volumes {
		image.Process.Volumes[p] = struct{}{}
	}
	return image
}

// beside is a spec of two containers of which the second is the main one.
func beside() spec.Spec {
	s := spec.Default()
	s.Containers = []spec.Container{{Name: "helper"}, {Name: "app"}}
	return s
}

func paths(volumes []config.Volume) (paths []string) {
	for _, v := range volumes {
		paths = append(paths, v.Path)
	}
	return paths
}

// TestImagesVolumesWhereTheGuestMountsAreNotMade: the image's wish is fulfilled without.
func TestImagesVolumesWhereTheGuestMountsAreNotMade(t *testing.T) {
	image := wanting("/output", "/input/", "/dev/shm", "/results", "/sys/fs/cgroup", "/data", "/dev/../srv")
	single := spec.Default()
	for _, machine := range []spec.Spec{single, beside()} {
		all := machine.All()
		main := all[len(all)-1]
		c, err := Container(image, main, machine)
		if err != nil || !slices.Equal(paths(c.Volumes), []string{"/data", "/srv"}) {
			t.Errorf("%+v, %v", c.Volumes, err)
		}
		if got := Provided(image, main, machine); !slices.Equal(got, []string{"/dev/shm", "/input", "/output", "/sys/fs/cgroup"}) {
			t.Errorf("%q", got)
		}
		if _, err := Config(single, []config.Container{c}); err != nil {
			t.Error(err)
		}
	}
	image = wanting("/dev/shm", "/data")
	c, err := Container(image, beside().Containers[0], beside())
	if got := Provided(image, beside().Containers[0], beside()); err != nil || !slices.Equal(paths(c.Volumes), []string{"/data"}) || !slices.Equal(got, []string{"/dev/shm"}) {
		t.Errorf("of a helper: %+v, %q, %v", c.Volumes, got, err)
	}
}

// TestVolumesThatOnlyTheImageAsksForAreCalledTheImages: their author does not find them in a spec.
func TestVolumesThatOnlyTheImageAsksForAreCalledTheImages(t *testing.T) {
	many := wanting()
	for i := range config.MaxVolumes + 1 {
		many.Process.Volumes[fmt.Sprintf("/data/%d", i)] = struct{}{}
	}
	main, helper := 1, 0
	for name, c := range map[string]struct {
		image     Image
		container int
		change    func(*spec.Spec)
		want      string
	}{
		"below the output":  {wanting("/output/data"), main, nil, `"/output/data" is taken`},
		"by a link":         {wanting("/results/data"), main, nil, `"/output/data" is taken`},
		"below /dev/shm":    {wanting("/dev/shm/x"), main, nil, `"/dev/shm/x" is taken`},
		"root":              {wanting("/"), main, nil, `"/" is taken`},
		"the agent's":       {wanting("/run/escrin"), main, nil, `"/run/escrin" is taken`},
		"relative":          {wanting("data"), main, nil, `"data" is not an absolute path`},
		"not UTF-8":         {wanting("/\xff"), main, nil, "not UTF-8"},
		"links in a circle": {wanting("/a"), main, nil, "more than 40 symbolic links"},
		"too many":          {many, main, nil, "at most 64"},
		"a helper's output": {wanting("/output"), helper, nil, `"/output" is taken`},
		"a helper's input":  {wanting("/input"), helper, nil, `"/input" is taken`},
		"over a secret": {wanting("/tls.key"), main, func(s *spec.Spec) {
			s.Containers[main].Secrets = []config.Secret{{Name: "tls.key", Path: "/tls.key"}}
		}, "/tls.key is taken"},
		"in a shared one": {wanting("/data/log"), main, func(s *spec.Spec) {
			s.Containers[main].Volumes = []config.Volume{{Path: "/data", SizeMiB: 1, Name: "data"}}
		}, "/data/log would be mounted in it"},
		"over the owner's file": {wanting("/etc/app.conf"), main, func(s *spec.Spec) {
			s.Confidential.Files = []string{"/etc/app.conf"}
		}, "/etc/app.conf"},
	} {
		machine := beside()
		if c.change != nil {
			c.change(&machine)
		}
		_, err := Container(c.image, machine.Containers[c.container], machine)
		if err == nil || !strings.Contains(err.Error(), "the image asks for volumes (VOLUME)") || !strings.Contains(err.Error(), c.want) || hint.Of(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	machine := beside()
	machine.Confidential.Files = []string{"/etc/app.conf"} // of the main container
	if _, err := Container(wanting("/etc/app.conf"), machine.Containers[helper], machine); err != nil {
		t.Error(err)
	}
}

// TestAuthorsVolumesWhereTheGuestMountsStayRefused, also where the image asks for the same, and not in the image's name.
func TestAuthorsVolumesWhereTheGuestMountsStayRefused(t *testing.T) {
	for _, p := range []string{"/output", "/dev/shm", "/input", "/results"} {
		for _, image := range []Image{wanting(), wanting(p)} {
			machine := spec.Default()
			machine.Volumes = []config.Volume{{Path: p, SizeMiB: 1}}
			c, err := Container(image, machine.All()[0], machine)
			if err == nil {
				_, err = Config(machine, []config.Container{c})
			}
			if err == nil || !strings.Contains(err.Error(), "is taken") || strings.Contains(err.Error(), "the image asks") {
				t.Errorf("%s: %v", p, err)
			}
		}
	}
}
