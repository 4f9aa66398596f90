// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Home is where a volume is made, by the indexes of a container and of its volume: with the first container that has one of
// this name, for all that have.
func (c Config) Home(container, volume int) (homeContainer, homeVolume int) {
	name := c.Containers[container].Volumes[volume].Name
	if name == "" {
		return container, volume
	}
	for i, other := range c.Containers[:container] {
		if j := slices.IndexFunc(other.Volumes, func(v Volume) bool { return v.Name == name }); j >= 0 {
			return i, j
		}
	}
	return container, volume
}

// validShared checks what containers have in common: the names by which they find each other, and volumes.
func (c Config) validShared() error {
	for i, container := range c.Containers {
		isContainer := func(d Destination) bool { return d.Name == container.Name }
		if len(c.Containers) > 1 && slices.ContainsFunc(c.Network.Egress, isContainer) {
			return fmt.Errorf("network.egress: %s is a container", container.Name)
		}
		var files []string
		if i == len(c.Containers)-1 {
			files = c.Confidential.Files
		}
		if err := container.validMountpoints(files); err != nil {
			return fmt.Errorf("container %s: %w", container.Name, err)
		}
		for j, v := range container.Volumes {
			if v.Name != "" && slices.ContainsFunc(container.Volumes[:j], func(other Volume) bool { return other.Name == v.Name }) {
				return fmt.Errorf("container %s has the volume %s twice", container.Name, v.Name)
			}
			home, at := c.Home(i, j)
			if err := v.validShare(c.Containers[home].Volumes[at]); err != nil {
				return fmt.Errorf("container %s: volume %s: %w", container.Name, v.Path, err)
			}
		}
	}
	return nil
}

// validShare requires of a volume that it is as it was made.
func (v Volume) validShare(home Volume) error {
	switch {
	case v.Name == "" && v.ReadOnly:
		return errors.New("readOnly without a name: nobody could write to it")
	case v.SizeMiB != home.SizeMiB || v.Disk != home.Disk:
		return errors.New("another container has it with another size or medium")
	}
	return nil
}

// validMountpoints keeps everything else out of volumes with a name: other containers can change what is there while this one
// is set up.
func (c Container) validMountpoints(files []string) error {
	targets := append([]string{agentPath, "/etc/hosts"}, files...)
	for _, v := range c.Volumes {
		targets = append(targets, v.Path)
	}
	for _, s := range c.Secrets {
		targets = append(targets, s.Path)
	}
	for _, v := range c.Volumes {
		if v.Name == "" {
			continue
		}
		inside := func(target string) bool { return strings.HasPrefix(target, v.Path+"/") }
		if at := slices.IndexFunc(targets, inside); at >= 0 {
			return fmt.Errorf("volume %s has a name, and %s would be mounted in it", v.Path, targets[at])
		}
	}
	return nil
}
