// SPDX-License-Identifier: Apache-2.0

package spec

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/wire"
)

// Workload is how an image is run, where that is another way than the image's author wants.
type Workload struct {
	Entrypoint   []string          `json:"entrypoint,omitempty"` // takes the place of the image's entrypoint and command
	Cmd          []string          `json:"cmd,omitempty"`        // takes the place of the image's command
	Env          map[string]string `json:"env,omitempty"`        // added to the image's, or in place of it
	User         string            `json:"user,omitempty"`       // in place of the image's
	Workdir      string            `json:"workdir,omitempty"`    // in place of the image's; absolute
	StopSignal   string            `json:"stopSignal,omitempty"` // in place of the image's
	Volumes      []config.Volume   `json:"volumes,omitempty"`    // sorted; beside the image's, or with another size or medium
	Secrets      []config.Secret   `json:"secrets,omitempty"`    // sorted
	ReadOnlyRoot bool              `json:"readOnlyRoot"`
}

// Container is one of several containers.
type Container struct {
	Name  string `json:"name"`
	Image int    `json:"image"` // which of the enclave's images, counted from 0 in the order in which containers name them
	Workload
	Completes bool `json:"completes"` // the next one starts when this one has ended with status 0
}

// All are the containers in start order: those that are declared, or the one of an enclave that is made of one image.
func (s Spec) All() []Container {
	if len(s.Containers) > 0 {
		return s.Containers
	}
	return []Container{{Name: config.MainName, Workload: s.Workload}}
}

// Images is the number of images that the containers are made of.
func (s Spec) Images() int {
	count := 0
	for _, c := range s.All() {
		count = max(count, c.Image+1)
	}
	return count
}

// validContainers holds what the measured config has no rules for.
func (s Spec) validContainers() error {
	if len(s.Containers) > 0 && !reflect.ValueOf(s.Workload).IsZero() {
		return errors.New("containers: how an image is run is said of each container, and not beside them")
	}
	images := 0
	for _, c := range s.All() {
		if c.Image < 0 || c.Image > images {
			return fmt.Errorf("container %q: image %d, want 0…%d", c.Name, c.Image, images)
		}
		images = max(images, c.Image+1)
		if len(c.Entrypoint) > 0 && c.Entrypoint[0] == "" {
			return fmt.Errorf("container %q: entrypoint: the program's name is empty", c.Name)
		}
		for name := range c.Env {
			if !config.ValidVariable(name) {
				return fmt.Errorf("container %q: env: %q is not a name of a variable", c.Name, name)
			}
		}
	}
	return nil
}

// measured is a container of a measured config with all that c says in it.
func (c Container) measured() config.Container {
	m := config.Container{
		Name: c.Name,
		Process: config.Process{
			Args: slices.Concat([]string{"image", c.User}, c.Entrypoint, c.Cmd), // all its text
			Env:  []string{}, Cwd: "/",
			User: config.User{AdditionalGIDs: []uint32{}},
		},
		StopSignal: "SIGTERM",
		Volumes:    orEmpty(c.Volumes), Secrets: orEmpty(c.Secrets),
		Disk:         config.Disk{DataBlocks: 1, HashOffsetBlocks: 1, RootHash: wire.Hash32{1}},
		ReadOnlyRoot: c.ReadOnlyRoot, Completes: c.Completes,
	}
	for name, value := range c.Env {
		m.Process.Env = append(m.Process.Env, name+"="+value)
	}
	if c.Workdir != "" {
		m.Process.Cwd = c.Workdir
	}
	if c.StopSignal != "" {
		m.StopSignal = c.StopSignal
	}
	return m
}

func (w Workload) clone() Workload {
	w.Volumes, w.Secrets = slices.Clone(w.Volumes), slices.Clone(w.Secrets)
	return w
}

// sort puts lists in the order that the measured config wants.
func (w *Workload) sort() {
	slices.SortFunc(w.Volumes, func(a, b config.Volume) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(w.Secrets, func(a, b config.Secret) int { return strings.Compare(a.Name, b.Name) })
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
