// SPDX-License-Identifier: Apache-2.0

package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/escrin/escrin/guestagent/config"
)

// Parse reads an escrin.yaml of at most MaxSize bytes. It takes the plain part of YAML in which every reader sees the
// same document: one document, no anchors, aliases, tags or merges, each key once and in its own case, and text that
// another version of YAML takes for something else only in quotes. Errors name line and column. It also returns the names of
// the images of containers, by their numbers; an image that no container names has none.
func Parse(file []byte) (s Spec, images []string, err error) {
	s = Default()
	s.Version = 0
	root, err := document(file, "the file is empty; it begins with version: 1")
	if err == nil {
		images, err = s.read(root)
	}
	if err == nil {
		err = s.Validate()
	}
	if err != nil {
		return Spec{}, nil, fmt.Errorf("parse spec: %w", err)
	}
	return s, images, nil
}

// document is the root of a file's only document.
func document(file []byte, empty string) (*yaml.Node, error) {
	if len(file) > MaxSize {
		return nil, fmt.Errorf("%d bytes, more than %d", len(file), MaxSize)
	}
	if !utf8.Valid(file) {
		return nil, errors.New("not UTF-8")
	}
	decoder := yaml.NewDecoder(bytes.NewReader(file))
	var first, more yaml.Node
	if err := decoder.Decode(&first); errors.Is(err, io.EOF) {
		return nil, errors.New(empty)
	} else if err != nil {
		return nil, err
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one document")
	}
	return first.Content[0], nil
}

// read fills s from the file's mapping, and returns the names of its containers' images. What a volume leaves out depends on
// another field, and is filled in at the end.
func (s *Spec) read(n *yaml.Node) (images []string, err error) {
	known := fields{
		"version": integer(&s.Version), "vm": s.VM.read, "network": s.readNetwork,
		"scratchMiB": integer(&s.ScratchMiB), "outputMiB": integer(&s.OutputMiB), "maxProcesses": integer(&s.MaxProcesses),
		"scratch": text(&s.Scratch), "tasks": s.readTasks, "confidential": s.readConfidential, "logs": s.readLogs, "chain": boolean(&s.Chain),
		"containers": list(&s.Containers, config.MaxContainers, func(c *Container, n *yaml.Node) error { return c.read(n, &images) }),
	}
	s.Workload.addTo(known)
	err = mapping(n, known)
	s.fillIn()
	return images, err
}

// fillIn gives volumes the size that they have by default, and sorts.
func (s *Spec) fillIn() {
	s.Workload.fillIn(s.ScratchMiB)
	for i := range s.Containers {
		s.Containers[i].fillIn(s.ScratchMiB)
	}
	s.sort()
}

func (w *Workload) fillIn(size uint32) {
	for i := range w.Volumes {
		if w.Volumes[i].SizeMiB == 0 {
			w.Volumes[i].SizeMiB = size
		}
	}
}

// addTo adds the keys that say how an image is run.
func (w *Workload) addTo(known fields) {
	maps.Copy(known, fields{
		"entrypoint": texts(&w.Entrypoint), "cmd": texts(&w.Cmd), "env": variables(&w.Env), "user": text(&w.User), "workdir": text(&w.Workdir),
		"stopSignal": stopSignal(&w.StopSignal), "readOnlyRoot": boolean(&w.ReadOnlyRoot),
		"volumes": list(&w.Volumes, config.MaxVolumes, readVolume), "secrets": list(&w.Secrets, config.MaxSecrets, readSecret),
	})
}

// read reads a container, whose image is the next one if none before had its name.
func (c *Container) read(n *yaml.Node, images *[]string) error {
	var image string
	known := fields{"name": text(&c.Name), "image": text(&image), "completes": boolean(&c.Completes)}
	c.Workload.addTo(known)
	if err := mapping(n, known); err != nil {
		return err
	}
	if image == "" {
		return at(n, "want an image")
	}
	c.Image = numberOf(image, images)
	return nil
}

// numberOf is the number of an image, which is added if it is not there.
func numberOf(image string, images *[]string) int {
	if i := slices.Index(*images, image); i >= 0 {
		return i
	}
	*images = append(*images, image)
	return len(*images) - 1
}

func (v *VM) read(n *yaml.Node) error {
	return mapping(n, fields{"minMemoryMiB": integer(&v.MinMemoryMiB), "minVcpus": integer(&v.MinVCPUs), "maxVcpus": integer(&v.MaxVCPUs)})
}

func readVolume(v *config.Volume, n *yaml.Node) error {
	medium := config.ScratchMemory
	err := mapping(n, fields{
		"path": text(&v.Path), "sizeMiB": positive(&v.SizeMiB), "medium": oneOf(&medium, config.ScratchMemory, config.ScratchDisk),
		"name": text(&v.Name), "readOnly": boolean(&v.ReadOnly),
	})
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
