// SPDX-License-Identifier: Apache-2.0

package enclaver

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
	"github.com/escrin/escrin/guestagent/config"
)

const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Spec is what an author declares beyond what the image says. The zero value adds nothing.
type Spec struct {
	Entrypoint []string // takes the place of the image's entrypoint and command
	Cmd        []string // takes the place of the image's command
}

// runConfig says how the image is run: everything of the measured config but the disk.
func runConfig(image oci.Process, spec Spec, root fs.FS) (config.Config, error) {
	args, err := arguments(image, spec)
	if err != nil {
		return config.Config{}, err
	}
	env, err := environment(image.Env)
	if err != nil {
		return config.Config{}, err
	}
	user, err := resolveUser(image.User, root)
	if err != nil {
		return config.Config{}, err
	}
	volumes, err := volumePaths(image.Volumes)
	if err != nil {
		return config.Config{}, err
	}
	return config.Config{
		Version:    config.Version,
		Process:    config.Process{Args: args, Env: env, Cwd: path.Join("/", image.WorkingDir), User: user},
		StopSignal: stopSignal(image.StopSignal),
		Volumes:    volumes,
		IO:         config.IO{Input: config.InputPath, Output: config.OutputPath},
		Bounds:     config.DefaultBounds(),
		Network:    config.NetworkNone,
	}, nil
}

func arguments(image oci.Process, spec Spec) ([]string, error) {
	if image.ArgsEscaped {
		return nil, errors.New("the image is made for another operating system (ArgsEscaped)")
	}
	entrypoint, cmd := image.Entrypoint, image.Cmd
	if len(spec.Entrypoint) > 0 {
		entrypoint, cmd = spec.Entrypoint, nil
	}
	if len(spec.Cmd) > 0 {
		cmd = spec.Cmd
	}
	args := slices.Concat(entrypoint, cmd)
	if len(args) == 0 {
		return nil, hint.Wrap(errors.New("the image has neither entrypoint nor command"), "name one with --entrypoint")
	}
	return args, nil
}

// environment gives every name one value, the last, and a PATH if there is none.
func environment(image []string) ([]string, error) {
	var names []string
	values := make(map[string]string)
	for _, entry := range image {
		name, _, ok := strings.Cut(entry, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("environment: %q is not NAME=value", entry)
		}
		if _, twice := values[name]; !twice {
			names = append(names, name)
		}
		values[name] = entry
	}
	env := make([]string, 0, len(names)+1)
	if _, ok := values["PATH"]; !ok {
		env = append(env, defaultPath)
	}
	for _, name := range names {
		env = append(env, values[name])
	}
	return env, nil
}

func volumePaths(volumes map[string]struct{}) ([]string, error) {
	var paths []string
	for volume := range maps.Keys(volumes) {
		if !path.IsAbs(volume) {
			return nil, fmt.Errorf("volume %q is not an absolute path", volume)
		}
		paths = append(paths, path.Clean(volume))
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
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
