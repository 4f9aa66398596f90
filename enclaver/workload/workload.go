// SPDX-License-Identifier: Apache-2.0

// Package workload says how an enclave's image is run: it makes the measured config of what the image's author wants,
// what the enclave's author declares, and the image's own files. It is a function of these alone.
package workload

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/guestagent/config"
)

const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Image is an image that a container runs.
type Image struct {
	Process oci.Process // what its author wants
	Root    fs.FS       // its file system
	Disk    config.Disk // what that lies on
}

// Container says how one of the containers that a spec declares is run. Its volumes and secrets go through none of the
// image's symbolic links.
func Container(image Image, declared spec.Container, machine spec.Spec) (config.Container, error) {
	c, err := container(image, declared, machine)
	if err != nil && len(machine.Containers) > 0 {
		err = fmt.Errorf("container %s: %w", declared.Name, err)
	}
	return c, err
}

// Config returns the measured config of the containers of a spec. It is valid.
func Config(machine spec.Spec, containers []config.Container) (config.Config, error) {
	c := machine.Around(slices.Clone(containers)...)
	if len(containers) > 0 {
		c.Containers[len(containers)-1].IO = config.IO{Input: config.InputPath, Output: config.OutputPath}
	}
	return c, c.Validate()
}

func container(image Image, declared spec.Container, machine spec.Spec) (c config.Container, err error) {
	wants := image.Process
	args, err := arguments(wants, declared.Workload)
	if err != nil {
		return c, err
	}
	env, err := environment(wants.Env, declared.Workload)
	if err != nil {
		return c, err
	}
	user, err := resolveUser(either(declared.User, wants.User), image.Root)
	if err != nil {
		return c, err
	}
	stop, err := stopSignal(declared.StopSignal, wants.StopSignal)
	if err != nil {
		return c, err
	}
	c = config.Container{
		Name: declared.Name, Disk: image.Disk,
		Process:      config.Process{Args: args, Env: env, Cwd: path.Join("/", either(declared.Workdir, wants.WorkingDir)), User: user},
		StopSignal:   stop,
		ReadOnlyRoot: declared.ReadOnlyRoot, Completes: declared.Completes,
	}
	c.Process.User.AdditionalGIDs = orEmpty(user.AdditionalGIDs)
	usual := config.Volume{SizeMiB: machine.ScratchMiB, Disk: machine.Scratch == config.ScratchDisk}
	authors, err := volumes(nil, usual, declared.Volumes, image.Root, nil)
	if err != nil {
		return c, err
	}
	if c.Volumes, err = volumes(wants.Volumes, usual, authors, image.Root, mounted(isMain(c.Name, machine))); err != nil {
		return c, err
	}
	if c.Secrets, err = secrets(declared.Secrets, image.Root); err != nil {
		return c, err
	}
	return c, checkVolumes(c, authors, machine)
}

func either(declared, image string) string {
	if declared != "" {
		return declared
	}
	return image
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func arguments(image oci.Process, declared spec.Workload) ([]string, error) {
	if image.ArgsEscaped {
		return nil, errors.New("the image is made for another operating system (ArgsEscaped)")
	}
	entrypoint, cmd := image.Entrypoint, image.Cmd
	if len(declared.Entrypoint) > 0 {
		entrypoint, cmd = declared.Entrypoint, nil
	}
	if len(declared.Cmd) > 0 {
		cmd = declared.Cmd
	}
	args := slices.Concat(entrypoint, cmd)
	if len(args) == 0 {
		return nil, hint.Wrap(errors.New("the image has neither entrypoint nor command"), "name one with --entrypoint")
	}
	return args, nil
}

// environment gives every name one value: the spec's, else the image's last; and a PATH if there is none. A variable that
// is a secret's has no value that is measured.
func environment(image []string, declared spec.Workload) ([]string, error) {
	var names []string
	values := make(map[string]string)
	set := func(name, value string) {
		if _, twice := values[name]; !twice {
			names = append(names, name)
		}
		values[name] = value
	}
	for _, entry := range image {
		name, value, ok := strings.Cut(entry, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("environment: %q is not NAME=value", entry)
		}
		set(name, value)
	}
	for _, name := range slices.Sorted(maps.Keys(declared.Env)) {
		set(name, declared.Env[name])
	}
	for _, s := range declared.Secrets {
		names = slices.DeleteFunc(names, func(name string) bool { return name == s.Env })
	}
	env := make([]string, 0, len(names)+1)
	if _, ok := values["PATH"]; !ok {
		env = append(env, defaultPath)
	}
	for _, name := range names {
		env = append(env, name+"="+values[name])
	}
	return env, nil
}

// stopSignal is the spec's, else the image's as the measured config spells it.
func stopSignal(declared, image string) (string, error) {
	if declared+image == "" {
		return "SIGTERM", nil
	}
	name, err := spec.StopSignal(either(declared, image))
	if err != nil && declared == "" {
		err = hint.Wrap(fmt.Errorf("the image's STOPSIGNAL: %w", err), "name another: stopSignal in escrin.yaml, or stop_signal in a compose file")
	}
	return name, err
}
