// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/guestagent/config"
)

// specFile is what an author's file is called.
const specFile = "escrin.yaml"

// specFlags are the flags that say what an escrin.yaml says, and which file to read.
type specFlags struct {
	file    string
	compose string
	main    string
	images  []string
	given   spec.Spec // by flags
	env     []string
	volumes []string
	secrets []string
}

// addSpecFlags adds the flags to a command.
func addSpecFlags(cmd *cobra.Command) *specFlags {
	f := new(specFlags)
	flags := cmd.Flags()
	flags.StringVar(&f.file, "spec", "", "read this "+specFile+" `FILE`; other flags override it")
	flags.StringVar(&f.compose, "compose", "", "make the containers of the services of this compose `FILE`")
	flags.StringVar(&f.main, "main", "", "`SERVICE` of the compose file whose end is the task's (default: the only one on which none depends)")
	flags.StringArrayVar(&f.images, "image", nil, "`SERVICE=IMAGE`: the image of a service, in place of the compose file's; repeatable")
	flags.StringArrayVar(&f.given.Entrypoint, "entrypoint", nil, "`PROGRAM` and, repeated, its arguments, in place of entrypoint and command")
	flags.StringArrayVar(&f.given.Cmd, "cmd", nil, "`ARGUMENT`, repeated, in place of the command")
	flags.StringArrayVar(&f.env, "env", nil, "environment variable `NAME=VALUE`; repeatable")
	flags.StringVar(&f.given.User, "user", "", "`USER`, or USER:GROUP, in place of the image's")
	flags.StringVar(&f.given.Workdir, "workdir", "", "working `DIR`ectory, in place of the image's")
	flags.Uint32Var(&f.given.VM.MinMemoryMiB, "min-memory", 0, "least memory of the machine in `MIB`")
	flags.Uint32Var(&f.given.VM.MinVCPUs, "min-vcpus", 0, "least `NUMBER` of processors")
	flags.Uint32Var(&f.given.VM.MaxVCPUs, "max-vcpus", 0, "largest `NUMBER` of processors")
	flags.StringArrayVar(&f.volumes, "volume", nil, "writable directory in RAM, `PATH[:MIB]`; repeatable")
	flags.StringArrayVar(&f.secrets, "secret", nil, "input that is a file or a variable, `NAME=PATH` or NAME=env:VARIABLE; repeatable")
	flags.Uint32Var(&f.given.ScratchMiB, "scratch", 0, "RAM for the writable root in `MIB`")
	flags.Uint32Var(&f.given.OutputMiB, "output-size", 0, "RAM for /output in `MIB`")
	flags.Uint32Var(&f.given.MaxProcesses, "max-processes", 0, "most processes and threads of the workload: a `NUMBER`")
	flags.BoolVar(&f.given.ReadOnlyRoot, "read-only", false, "make the root file system read-only")
	return f
}

// spec is what files and flags declare, and the names of the images of containers.
func (f *specFlags) spec(cmd *cobra.Command) (s spec.Spec, images []string, err error) {
	if s, images, err = f.read(cmd); err != nil {
		return spec.Spec{}, nil, err
	}
	err = f.override(&s, cmd)
	if err == nil {
		err = s.Validate()
	}
	if err != nil {
		return spec.Spec{}, nil, usageError{cmd.CommandPath(), err.Error()}
	}
	if f.compose != "" {
		return f.readCompose(cmd, s)
	}
	for _, name := range []string{"main", "image"} {
		if cmd.Flags().Changed(name) {
			return spec.Spec{}, nil, usageError{cmd.CommandPath(), "--" + name + " is about services: name their file with --compose"}
		}
	}
	return s, images, nil
}

// readCompose makes containers of the services of the compose file.
func (f *specFlags) readCompose(cmd *cobra.Command, machine spec.Spec) (s spec.Spec, images []string, err error) {
	if !reflect.DeepEqual(machine.All(), spec.Default().All()) {
		return s, nil, usageError{cmd.CommandPath(), "the compose file says which containers there are, and how they are run: --spec and flags say the rest"}
	}
	c := spec.Compose{Machine: machine, Main: f.main, Images: make(map[string]string)}
	for _, text := range f.images {
		name, image, ok := strings.Cut(text, "=")
		if !ok || image == "" {
			return s, nil, usageError{cmd.CommandPath(), fmt.Sprintf("--image %q is not SERVICE=IMAGE", text)}
		}
		c.Images[name] = image
	}
	document, err := readBounded(f.compose, spec.MaxSize)
	if err != nil {
		return s, nil, fmt.Errorf("read compose file: %w", err)
	}
	if s, images, err = c.Parse(document); err != nil {
		return s, nil, fmt.Errorf("%s: %w", filepath.Base(f.compose), err)
	}
	return s, images, nil
}

// read reads the file, if one is named. One that is not named is not read: what an enclave is must not depend on the folder
// in which it was made.
func (f *specFlags) read(cmd *cobra.Command) (s spec.Spec, images []string, err error) {
	if f.file == "" {
		if _, err := os.Stat(specFile); err == nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "escrin: note: %s is not used without --spec %s\n", specFile, specFile)
		}
		return spec.Default(), nil, nil
	}
	document, err := readBounded(f.file, spec.MaxSize)
	if err != nil {
		return s, nil, fmt.Errorf("read spec: %w", err)
	}
	if s, images, err = spec.Parse(document); err != nil {
		return s, nil, withHint(fmt.Errorf("%s: %w", filepath.Base(f.file), err), "`escrin schema` prints what it may say")
	}
	return s, images, nil
}

// override puts in place what was given by flags.
func (f *specFlags) override(s *spec.Spec, cmd *cobra.Command) error {
	if cmd.Flags().Changed("entrypoint") {
		s.Entrypoint, s.Cmd = f.given.Entrypoint, nil
	}
	if cmd.Flags().Changed("cmd") {
		s.Cmd = f.given.Cmd
	}
	replace(cmd, "user", &s.User, f.given.User)
	replace(cmd, "workdir", &s.Workdir, f.given.Workdir)
	replace(cmd, "min-memory", &s.VM.MinMemoryMiB, f.given.VM.MinMemoryMiB)
	replace(cmd, "min-vcpus", &s.VM.MinVCPUs, f.given.VM.MinVCPUs)
	replace(cmd, "max-vcpus", &s.VM.MaxVCPUs, f.given.VM.MaxVCPUs)
	replace(cmd, "scratch", &s.ScratchMiB, f.given.ScratchMiB)
	replace(cmd, "output-size", &s.OutputMiB, f.given.OutputMiB)
	replace(cmd, "max-processes", &s.MaxProcesses, f.given.MaxProcesses)
	replace(cmd, "read-only", &s.ReadOnlyRoot, f.given.ReadOnlyRoot)
	return errors.Join(f.addVariables(s), f.addVolumes(s), f.addSecrets(s))
}

func replace[T any](cmd *cobra.Command, name string, field *T, value T) {
	if cmd.Flags().Changed(name) {
		*field = value
	}
}

func (f *specFlags) addVariables(s *spec.Spec) error {
	for _, text := range f.env {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("--env %q is not NAME=VALUE", text)
		}
		if s.Env == nil {
			s.Env = make(map[string]string)
		}
		s.Env[name] = value
	}
	return nil
}

func (f *specFlags) addVolumes(s *spec.Spec) error {
	for _, text := range f.volumes {
		path, size, sized := strings.Cut(text, ":")
		v := config.Volume{Path: path, SizeMiB: s.ScratchMiB}
		if sized {
			n, err := strconv.ParseUint(size, 10, 32)
			if err != nil {
				return fmt.Errorf("--volume %q is not PATH or PATH:MIB", text)
			}
			v.SizeMiB = uint32(n)
		}
		s.Volumes = slices.DeleteFunc(s.Volumes, func(old config.Volume) bool { return old.Path == path })
		s.Volumes = append(s.Volumes, v)
	}
	slices.SortFunc(s.Volumes, func(a, b config.Volume) int { return strings.Compare(a.Path, b.Path) })
	return nil
}

func (f *specFlags) addSecrets(s *spec.Spec) error {
	for _, text := range f.secrets {
		name, target, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("--secret %q is not NAME=PATH or NAME=env:VARIABLE", text)
		}
		secret := config.Secret{Name: name, Path: target}
		if variable, isVariable := strings.CutPrefix(target, "env:"); isVariable {
			secret = config.Secret{Name: name, Env: variable}
		}
		s.Secrets = slices.DeleteFunc(s.Secrets, func(old config.Secret) bool { return old.Name == name })
		s.Secrets = append(s.Secrets, secret)
	}
	slices.SortFunc(s.Secrets, func(a, b config.Secret) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// newSchemaCommand prints the schema of escrin.yaml.
func newSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON schema of " + specFile,
		Long: `Print the JSON schema (draft 2020-12) of ` + specFile + `, in which an enclave's author declares what the image does not say.
Editors complete and check the file with it.`,
		Example: "  escrin schema > escrin.schema.json",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(cmd.OutOrStdout(), spec.Schema())
			return err
		},
	}
}
