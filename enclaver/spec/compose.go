// SPDX-License-Identifier: Apache-2.0

package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/guestagent/config"
)

// Compose says how a compose file is read.
type Compose struct {
	Machine Spec              // all that the file does not say; it has no containers
	Main    string            // the service whose end is the task's, or "" for the only one on which no other depends
	Images  map[string]string // of services, in place of those in the file
}

// Parse reads a compose file of at most MaxSize bytes: the part of the compose specification that SPEC.md names, in the plain
// part of YAML (see [Parse]). It returns the spec and the names of its images, by their numbers. What is not taken is an
// error that says why.
func (c Compose) Parse(file []byte) (s Spec, images []string, err error) {
	root, err := document(file, "the file is empty")
	if err == nil {
		err = takeLiterally(root)
	}
	project := project{volumes: make(map[string]config.Volume), secrets: make(map[string]bool)}
	if err == nil {
		err = project.read(root)
	}
	var ordered []*service
	if err == nil {
		ordered, err = project.order(c.Main)
	}
	if err == nil {
		s, images, err = c.spec(project, ordered)
	}
	if err != nil {
		return Spec{}, nil, fmt.Errorf("parse compose file: %w", err)
	}
	return s, images, nil
}

// spec puts services in their order.
func (c Compose) spec(p project, ordered []*service) (s Spec, images []string, err error) {
	s = c.Machine
	for name := range c.Images {
		if p.service(name) == nil {
			return s, nil, fmt.Errorf("an image is given for %q, which is no service", name)
		}
	}
	for _, service := range ordered {
		image, err := c.image(service)
		if err != nil {
			return s, nil, err
		}
		service.Image = numberOf(image, &images)
		if err := p.complete(&service.Container); err != nil {
			return s, nil, fmt.Errorf("service %s: %w", service.Name, err)
		}
		s.Containers = append(s.Containers, service.Container)
	}
	s.fillIn()
	return s, images, s.Validate()
}

// image is the name of a service's image. That of a service with build is what is built here: whoever has it in a registry
// need not be the one who wrote the file.
func (c Compose) image(s *service) (string, error) {
	given := c.Images[s.Name]
	switch {
	case given != "":
		return given, nil
	case s.built:
		return "", hint.Wrap(fmt.Errorf("service %s has build, and nothing is built here", s.Name), "build it, and name what was built: --image %s=IMAGE", s.Name)
	case s.image == "":
		return "", hint.Wrap(fmt.Errorf("service %s has no image", s.Name), "name one: --image %s=IMAGE", s.Name)
	}
	return s.image, nil
}

// project is what a compose file says.
type project struct {
	services []*service               // in the file's order
	volumes  map[string]config.Volume // size and medium of those with a name
	secrets  map[string]bool
}

func (p *project) service(name string) *service {
	for _, s := range p.services {
		if s.Name == name {
			return s
		}
	}
	return nil
}

func (p *project) read(n *yaml.Node) error {
	ignored := func(*yaml.Node) error { return nil }
	return taken(n, fields{"version": ignored, "name": ignored, "services": p.readServices, "volumes": p.readVolumes, "secrets": p.readSecrets}, map[string]string{
		"networks": reasonNetwork, "configs": reasonFiles, "include": reasonOneFile,
	})
}

func (p *project) readServices(n *yaml.Node) error {
	return pairs(n, config.MaxContainers, func(key, value *yaml.Node) error {
		s := &service{Container: Container{Name: key.Value}, at: key}
		p.services = append(p.services, s)
		return s.read(value)
	})
}

// readVolumes reads the volumes that services share by name. Their size and medium are an extension of ours.
func (p *project) readVolumes(n *yaml.Node) error {
	return pairs(n, config.MaxVolumes, func(key, value *yaml.Node) error {
		v := config.Volume{Name: key.Value}
		if !nothing(value) {
			medium := config.ScratchMemory
			extension := func(n *yaml.Node) error {
				return mapping(n, fields{"sizeMiB": positive(&v.SizeMiB), "medium": oneOf(&medium, config.ScratchMemory, config.ScratchDisk)})
			}
			err := taken(value, fields{"x-escrin": extension}, map[string]string{"driver": reasonVolume, "driver_opts": reasonVolume, "external": reasonVolume, "name": reasonVolume})
			if err != nil {
				return err
			}
			v.Disk = medium == config.ScratchDisk
		}
		p.volumes[v.Name] = v
		return nil
	})
}

// readSecrets reads the names of secrets, whose values come with a task or from the identity.
func (p *project) readSecrets(n *yaml.Node) error {
	return pairs(n, config.MaxSecrets, func(key, value *yaml.Node) error {
		external := false
		err := taken(value, fields{"external": boolean(&external)}, map[string]string{"file": reasonSecret, "environment": reasonSecret})
		if err == nil && !external {
			err = at(value, "want external: true, as %s", reasonSecret)
		}
		p.secrets[key.Value] = true
		return err
	})
}

// complete gives a container's volumes what the file says of their names, and looks for its secrets.
func (p *project) complete(c *Container) error {
	for i, v := range c.Volumes {
		if v.Name == "" {
			continue
		}
		declared, ok := p.volumes[v.Name]
		if !ok {
			return fmt.Errorf("volume %s is not among the file's volumes", v.Name)
		}
		c.Volumes[i].SizeMiB, c.Volumes[i].Disk = declared.SizeMiB, declared.Disk
	}
	for _, s := range c.Secrets {
		if !p.secrets[s.Name] {
			return fmt.Errorf("secret %s is not among the file's secrets", s.Name)
		}
	}
	return nil
}

// order puts services behind those that they depend on, else as in the file, and the main one last.
func (p *project) order(main string) (ordered []*service, err error) {
	if main, err = p.main(main); err != nil {
		return nil, err
	}
	left := slices.Clone(p.services)
	ready := func(s *service) bool {
		waits := slices.ContainsFunc(left, func(other *service) bool { _, depends := s.after[other.Name]; return depends })
		return !waits && (s.Name != main || len(left) == 1)
	}
	for len(left) > 0 {
		i := slices.IndexFunc(left, ready)
		if i < 0 {
			return nil, at(left[0].at, "services depend on each other in a circle")
		}
		ordered, left = append(ordered, left[i]), slices.Delete(left, i, i+1)
	}
	return ordered, nil
}

// main finds the service that comes last, and whose end the others wait for to begin.
func (p *project) main(wanted string) (string, error) {
	if len(p.services) == 0 {
		return "", fmt.Errorf("there are no services")
	}
	ends := make(map[string]bool) // of services on which another depends: whether it waits for their end
	for _, s := range p.services {
		for name, end := range s.after {
			on := p.service(name)
			if on == nil {
				return "", at(s.at, "%s depends on %q, which is no service", s.Name, name)
			}
			if before, seen := ends[name]; seen && before != end {
				return "", at(on.at, "some depend on %s while it runs, and some on its end", name)
			}
			ends[name], on.Completes = end, end
		}
	}
	var last []string
	for _, s := range p.services {
		if _, depended := ends[s.Name]; !depended {
			last = append(last, s.Name)
		}
	}
	switch {
	case len(last) == 0:
		return "", at(p.services[0].at, "services depend on each other in a circle")
	case wanted == "" && len(last) == 1:
		return last[0], nil
	case wanted == "":
		err := fmt.Errorf("any of %s could be the main one, whose end is the task's", strings.Join(last, ", "))
		return "", hint.Wrap(err, "name it: --main %s", last[len(last)-1])
	case !slices.Contains(last, wanted):
		return "", fmt.Errorf("%q is no service, or one on which another depends: it cannot be the main one", wanted)
	}
	return wanted, nil
}

// taken reads a mapping with these keys. Others that are known from the compose specification are refused with a reason; those
// of extensions are passed over.
func taken(n *yaml.Node, known fields, reasons map[string]string) error {
	return pairs(n, 1024, func(key, value *yaml.Node) error {
		read, ok := known[key.Value]
		switch {
		case ok:
			return read(value)
		case reasons[key.Value] != "":
			return at(key, "%s is not taken: %s", key.Value, reasons[key.Value])
		case strings.HasPrefix(key.Value, "x-"):
			return nil
		}
		return at(key, "unknown key %q%s", key.Value, suggestion(key.Value, known))
	})
}

// nothing says whether a value is left out.
func nothing(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" || n.Kind == yaml.MappingNode && len(n.Content) == 0
}

// takeLiterally puts $ where $$ is. A variable of the shell would make an enclave of where it was made.
func takeLiterally(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		if strings.Contains(strings.ReplaceAll(n.Value, "$$", ""), "$") {
			return at(n, "variables are not taken, as an enclave is what this file says: write the value, and $$ for $")
		}
		n.Value = strings.ReplaceAll(n.Value, "$$", "$")
	}
	for _, inner := range n.Content {
		if err := takeLiterally(inner); err != nil {
			return err
		}
	}
	return nil
}

// mebibytes reads a number of bytes, or one with the unit k, m or g, and rounds up.
func mebibytes(into *uint32) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		size := strings.TrimSuffix(strings.ToLower(n.Value), "b")
		digits := strings.TrimRight(size, "kmg")
		unit, ok := map[string]uint64{"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}[size[len(digits):]]
		number, err := strconv.ParseUint(digits, 10, 31)
		mib := (number*unit + 1<<20 - 1) >> 20
		if n.Kind != yaml.ScalarNode || !ok || err != nil || mib == 0 || mib > 1<<22 {
			return at(n, "want a size: a number with the unit k, m or g")
		}
		*into = uint32(mib)
		return nil
	}
}
