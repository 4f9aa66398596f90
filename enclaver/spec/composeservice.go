// SPDX-License-Identifier: Apache-2.0

package spec

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/escrin/escrin/guestagent/config"
)

// service is a service of a compose file.
type service struct {
	Container
	image string
	built bool            // by whoever has the sources, and image may be the name of what is built, or nobody's
	after map[string]bool // services that start before, and whether their end is waited for
	at    *yaml.Node
}

// Why parts of the compose specification are not taken.
const (
	reasonNetwork = "containers share one loopback interface, and find each other by name; what else is reached, and at which ports, says network in escrin.yaml (--spec)"
	reasonBounds  = "bounds are the machine's, in escrin.yaml (--spec)"
	reasonRights  = "every container has the same few rights, and namespaces of its own"
	reasonFiles   = "files come in images, in inputs, and in the confidential config of the identity"
	reasonVolume  = "a volume is memory or encrypted disk of the guest; x-escrin says sizeMiB and medium"
	reasonSecret  = "its value comes with a task or from the identity, and not from this machine"
	reasonOneFile = "an enclave is what one file says"
	reasonNoUse   = "it would have no effect in an enclave"
	reasonRestart = "a container that has ended stays so"
)

// refusedKeys are those of a service that are not taken.
func refusedKeys() map[string]string {
	refused := make(map[string]string)
	for reason, keys := range map[string]string{
		reasonNetwork: "ports expose networks network_mode links external_links extra_hosts dns dns_opt dns_search domainname hostname mac_address",
		reasonBounds: "deploy cpus cpu_count cpu_percent cpu_shares cpu_period cpu_quota cpu_rt_runtime cpu_rt_period cpuset mem_limit mem_reservation mem_swappiness" +
			" memswap_limit oom_kill_disable oom_score_adj pids_limit shm_size ulimits blkio_config storage_opt",
		reasonRights: "privileged cap_add cap_drop devices device_cgroup_rules security_opt group_add userns_mode pid ipc uts cgroup cgroup_parent isolation" +
			" runtime sysctls gpus credential_spec",
		reasonFiles:   "configs env_file label_file volumes_from develop",
		reasonOneFile: "extends profiles",
		reasonNoUse: "labels annotations container_name platform pull_policy scale attach logging stdin_open tty init healthcheck stop_grace_period" +
			" provider models post_start pre_stop use_api_socket",
		reasonRestart: "restart",
	} {
		for key := range strings.FieldsSeq(keys) {
			refused[key] = reason
		}
	}
	return refused
}

// read reads a service. What is to be built somebody else builds, and names beside the file.
func (s *service) read(n *yaml.Node) error {
	return taken(n, fields{
		"build": func(*yaml.Node) error { s.built = true; return nil },
		"image": text(&s.image), "entrypoint": words(&s.Entrypoint), "command": words(&s.Cmd), "environment": s.readEnvironment, "user": text(&s.User),
		"working_dir": text(&s.Workdir), "stop_signal": stopSignal(&s.StopSignal), "read_only": boolean(&s.ReadOnlyRoot), "depends_on": s.readDependencies,
		"volumes": s.readVolumes, "tmpfs": s.readTmpfs, "secrets": s.readSecrets,
	}, refusedKeys())
}

// words reads a list, or a text that is one list for every shell.
func words(into *[]string) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		if n.Kind != yaml.ScalarNode {
			return texts(into)(n)
		}
		var line string
		if err := text(&line)(n); err != nil {
			return err
		}
		if strings.ContainsAny(line, "\"'\\\n") {
			return at(n, "quotes are not taken: write a list")
		}
		if *into = strings.Fields(line); len(*into) == 0 {
			return at(n, "there is no word")
		}
		return nil
	}
}

// readEnvironment reads a mapping, or a list of NAME=value.
func (s *service) readEnvironment(n *yaml.Node) error {
	if n.Kind == yaml.MappingNode {
		return variables(&s.Env)(n)
	}
	var entries []string
	if err := texts(&entries)(n); err != nil {
		return err
	}
	s.Env = make(map[string]string)
	for i, entry := range entries {
		name, value, ok := strings.Cut(entry, "=")
		if _, twice := s.Env[name]; !ok || twice {
			return at(n.Content[i], "want NAME=value, and each name once: a value of this machine's is not taken")
		}
		s.Env[name] = value
	}
	return nil
}

// readDependencies reads a list of names, or a mapping of names to conditions.
func (s *service) readDependencies(n *yaml.Node) error {
	s.after = make(map[string]bool)
	if n.Kind == yaml.SequenceNode {
		var names []string
		err := texts(&names)(n)
		for _, name := range names {
			s.after[name] = false
		}
		return err
	}
	const started, ended = "service_started", "service_completed_successfully"
	return pairs(n, config.MaxContainers, func(key, value *yaml.Node) error {
		condition := started
		err := taken(value, fields{"condition": oneOf(&condition, started, ended)}, map[string]string{"restart": reasonRestart, "required": reasonOneFile})
		s.after[key.Value] = condition == ended
		return err
	})
}

func (s *service) readVolumes(n *yaml.Node) error {
	var more []config.Volume
	err := list(&more, config.MaxVolumes, func(v *config.Volume, n *yaml.Node) error {
		if n.Kind == yaml.ScalarNode {
			return readShortVolume(v, n)
		}
		return readLongVolume(v, n)
	})(n)
	s.Volumes = append(s.Volumes, more...)
	return err
}

// readShortVolume reads PATH or NAME:PATH[:ro|rw].
func readShortVolume(v *config.Volume, n *yaml.Node) error {
	var line string
	if err := text(&line)(n); err != nil {
		return err
	}
	parts := strings.Split(line, ":")
	switch access := parts[len(parts)-1]; {
	case len(parts) == 3 && (access == "ro" || access == "rw"):
		v.ReadOnly = access == "ro"
		fallthrough
	case len(parts) == 2:
		v.Name, v.Path = parts[0], parts[1]
	case len(parts) == 1:
		v.Path = parts[0]
	default:
		return at(n, "want PATH or NAME:PATH, with :ro if it is only read")
	}
	if strings.ContainsAny(v.Name, "/.~") {
		return at(n, "a folder of this machine is not taken: %s", reasonFiles)
	}
	return nil
}

// readLongVolume reads a mapping for a volume with a name, one of the container's own, or a tmpfs.
func readLongVolume(v *config.Volume, n *yaml.Node) error {
	kind := "volume"
	size := func(n *yaml.Node) error { return mapping(n, fields{"size": mebibytes(&v.SizeMiB)}) }
	return taken(n, fields{
		"type": oneOf(&kind, "volume", "tmpfs"), "source": text(&v.Name), "target": text(&v.Path), "read_only": boolean(&v.ReadOnly), "tmpfs": size,
	}, map[string]string{"bind": reasonFiles, "volume": reasonVolume, "consistency": reasonNoUse, "image": reasonFiles, "cluster": reasonVolume})
}

// readTmpfs reads PATH, PATH:size=SIZE, or a list of those. It begins with what the image has there.
func (s *service) readTmpfs(n *yaml.Node) error {
	read := func(v *config.Volume, n *yaml.Node) error {
		var line string
		if err := text(&line)(n); err != nil {
			return err
		}
		path, options, sized := strings.Cut(line, ":")
		v.Path = path
		if !sized {
			return nil
		}
		size, ok := strings.CutPrefix(options, "size=")
		if !ok {
			return at(n, "want PATH or PATH:size=SIZE")
		}
		return mebibytes(&v.SizeMiB)(&yaml.Node{Kind: yaml.ScalarNode, Value: size, Line: n.Line, Column: n.Column})
	}
	var more []config.Volume
	if n.Kind == yaml.ScalarNode {
		more = make([]config.Volume, 1)
		if err := read(&more[0], n); err != nil {
			return err
		}
	} else if err := list(&more, config.MaxVolumes, read)(n); err != nil {
		return err
	}
	s.Volumes = append(s.Volumes, more...)
	return nil
}

// readSecrets reads names, or mappings with source and target. A secret is a file in /run/secrets if nothing else is said.
func (s *service) readSecrets(n *yaml.Node) error {
	return list(&s.Secrets, config.MaxSecrets, func(secret *config.Secret, n *yaml.Node) error {
		if n.Kind == yaml.ScalarNode {
			err := text(&secret.Name)(n)
			secret.Path = "/run/secrets/" + secret.Name
			return err
		}
		err := taken(n, fields{"source": text(&secret.Name), "target": text(&secret.Path)}, map[string]string{
			"uid": reasonRights, "gid": reasonRights, "mode": reasonRights,
		})
		if secret.Path == "" {
			secret.Path = secret.Name
		}
		if !strings.HasPrefix(secret.Path, "/") {
			secret.Path = "/run/secrets/" + secret.Path
		}
		return err
	})(n)
}
