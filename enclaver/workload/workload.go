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
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/guestagent/config"
)

const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Config returns the measured config of an image under a spec: root is the image's file system, and disk what it lies on.
// The config is valid, and its volumes and secrets go through none of the image's symbolic links.
func Config(image oci.ImageConfig, declared spec.Spec, root fs.FS, disk config.Disk) (config.Config, error) {
	if err := declared.Validate(); err != nil {
		return config.Config{}, err
	}
	main, err := container(image.Process, declared, root)
	if err != nil {
		return config.Config{}, err
	}
	main.Name, main.Disk = config.MainName, disk
	main.IO = config.IO{Input: config.InputPath, Output: config.OutputPath}
	c := declared.Around(main)
	return c, c.Validate()
}

// container is how an image is run, but for its name, its disk and what it has of the workload interface.
func container(image oci.Process, declared spec.Spec, root fs.FS) (c config.Container, err error) {
	args, err := arguments(image, declared)
	if err != nil {
		return c, err
	}
	env, err := environment(image.Env, declared)
	if err != nil {
		return c, err
	}
	user, err := resolveUser(either(declared.User, image.User), root)
	if err != nil {
		return c, err
	}
	c = config.Container{
		Process:      config.Process{Args: args, Env: env, Cwd: path.Join("/", either(declared.Workdir, image.WorkingDir)), User: user},
		StopSignal:   stopSignal(image.StopSignal),
		ReadOnlyRoot: declared.ReadOnlyRoot,
	}
	c.Process.User.AdditionalGIDs = orEmpty(user.AdditionalGIDs)
	if c.Volumes, err = volumes(image.Volumes, declared, root); err != nil {
		return c, err
	}
	c.Secrets, err = secrets(declared.Secrets, root)
	return c, err
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

func arguments(image oci.Process, declared spec.Spec) ([]string, error) {
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
func environment(image []string, declared spec.Spec) ([]string, error) {
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

// stopSignal spells the image's signal as the measured config wants it; a bad one is refused there.
func stopSignal(image string) string {
	name := strings.ToUpper(image)
	switch {
	case name == "":
		return "SIGTERM"
	case strings.HasPrefix(name, "SIG"):
		return name
	case name[0] >= '0' && name[0] <= '9':
		number, err := strconv.Atoi(name)
		if err != nil {
			return name
		}
		return unix.SignalName(unix.Signal(number))
	}
	return "SIG" + name
}
