// SPDX-License-Identifier: Apache-2.0

package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/escrin/escrin/guestagent/config"
)

// Parse reads an escrin.yaml of at most MaxSize bytes. It takes the plain part of YAML in which every reader sees the
// same document: one document, no anchors, aliases, tags or merges, each key once and in its own case, and text that
// another version of YAML takes for something else only in quotes. Errors name line and column.
func Parse(file []byte) (Spec, error) {
	s, err := parse(file)
	if err != nil {
		return Spec{}, fmt.Errorf("parse spec: %w", err)
	}
	return s, nil
}

func parse(file []byte) (Spec, error) {
	if len(file) > MaxSize {
		return Spec{}, fmt.Errorf("%d bytes, more than %d", len(file), MaxSize)
	}
	if !utf8.Valid(file) {
		return Spec{}, errors.New("not UTF-8")
	}
	decoder := yaml.NewDecoder(bytes.NewReader(file))
	var document, more yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return Spec{}, errors.New("the file is empty; it begins with version: 1")
	} else if err != nil {
		return Spec{}, err
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return Spec{}, errors.New("more than one document")
	}
	s := Default()
	s.Version = 0
	if err := s.read(document.Content[0]); err != nil {
		return Spec{}, err
	}
	return s, s.Validate()
}

// read fills s from the file's mapping. What a volume leaves out depends on another field, and is filled in at the end.
func (s *Spec) read(n *yaml.Node) error {
	err := mapping(n, fields{
		"version": integer(&s.Version), "entrypoint": texts(&s.Entrypoint), "cmd": texts(&s.Cmd), "env": variables(&s.Env),
		"user": text(&s.User), "workdir": text(&s.Workdir), "vm": s.VM.read, "network": s.readNetwork, "chain": boolean(&s.Chain),
		"volumes": list(&s.Volumes, config.MaxVolumes, readVolume), "secrets": list(&s.Secrets, config.MaxSecrets, readSecret),
		"scratchMiB": integer(&s.ScratchMiB), "outputMiB": integer(&s.OutputMiB), "maxProcesses": integer(&s.MaxProcesses),
		"readOnlyRoot": boolean(&s.ReadOnlyRoot), "scratch": text(&s.Scratch), "tasks": s.readTasks, "confidential": s.readConfidential, "logs": s.readLogs,
	})
	for i := range s.Volumes {
		if s.Volumes[i].SizeMiB == 0 {
			s.Volumes[i].SizeMiB = s.ScratchMiB
		}
	}
	s.sort()
	return err
}

func (v *VM) read(n *yaml.Node) error {
	return mapping(n, fields{"minMemoryMiB": integer(&v.MinMemoryMiB), "minVcpus": integer(&v.MinVCPUs), "maxVcpus": integer(&v.MaxVCPUs)})
}

func readVolume(v *config.Volume, n *yaml.Node) error {
	medium := config.ScratchMemory
	err := mapping(n, fields{"path": text(&v.Path), "sizeMiB": positive(&v.SizeMiB), "medium": oneOf(&medium, config.ScratchMemory, config.ScratchDisk)})
	v.Disk = medium == config.ScratchDisk
	return err
}

// readNetwork reads "none" or a mapping.
func (s *Spec) readNetwork(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		var none string
		return oneOf(&none, "none")(n)
	}
	return mapping(n, fields{
		"egress":  list(&s.Network.Egress, config.MaxDestinations, readDestination),
		"ingress": list(&s.Network.Ingress, config.MaxServices, readService),
	})
}

// readDestination reads NAME:PORT, where an IPv6 address is in brackets.
func readDestination(d *config.Destination, n *yaml.Node) error {
	var joined string
	if err := text(&joined)(n); err != nil {
		return err
	}
	name, port, err := net.SplitHostPort(joined)
	number, failed := strconv.ParseUint(port, 10, 16)
	*d = config.Destination{Name: name, Port: uint16(number)}
	if err != nil || failed != nil || net.JoinHostPort(name, strconv.FormatUint(number, 10)) != joined {
		return at(n, "want NAME:PORT")
	}
	if err := d.Validate(); err != nil {
		return at(n, "%v", err)
	}
	return nil
}

func readService(s *config.Service, n *yaml.Node) error {
	return mapping(n, fields{"port": port(&s.Port), "to": port(&s.To), "tls": boolean(&s.TLS)})
}

func (s *Spec) readTasks(n *yaml.Node) error {
	return mapping(n, fields{"perBoot": positive(&s.Tasks.PerBoot)})
}

func (s *Spec) readConfidential(n *yaml.Node) error {
	c := &s.Confidential
	return mapping(n, fields{
		"required": boolean(&c.Required), "args": boolean(&c.Args),
		"env":   list(&c.Env, config.MaxConfidential, readText),
		"files": list(&c.Files, config.MaxConfidential, readText),
	})
}

func (s *Spec) readLogs(n *yaml.Node) error {
	return mapping(n, fields{"live": boolean(&s.Logs.Live)})
}

func readText(s *string, n *yaml.Node) error { return text(s)(n) }

func readSecret(s *config.Secret, n *yaml.Node) error {
	return mapping(n, fields{"name": text(&s.Name), "path": text(&s.Path), "env": text(&s.Env)})
}
