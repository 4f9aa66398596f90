// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/guestagent/config"
	guest "github.com/escrin/escrin/guestagent/workload"
)

// volumes are the image's, each with the usual size and medium, and the spec's: the author has the last word. Those of the image
// where the guest mounts its own are not among them.
func volumes(image map[string]struct{}, usual config.Volume, declared []config.Volume, root fs.FS, own []string) ([]config.Volume, error) {
	found := make(map[string]config.Volume)
	for _, p := range slices.Sorted(maps.Keys(image)) {
		v := usual
		var err error
		if v.Path, err = resolveVolume(root, p); err != nil {
			return nil, ofImage(err)
		}
		if !slices.Contains(own, v.Path) {
			found[v.Path] = v
		}
	}
	for _, v := range declared {
		var err error
		if v.Path, err = resolveVolume(root, v.Path); err != nil {
			return nil, err
		}
		found[v.Path] = v
	}
	list := slices.AppendSeq([]config.Volume{}, maps.Values(found))
	slices.SortFunc(list, func(a, b config.Volume) int { return strings.Compare(a.Path, b.Path) })
	return list, nil
}

// resolveVolume is where a volume is that is said to be at p.
func resolveVolume(root fs.FS, p string) (string, error) {
	if !path.IsAbs(p) {
		return "", fmt.Errorf("volume %q is not an absolute path", p)
	}
	resolved, err := resolve(root, path.Clean(p))
	if err != nil {
		return "", fmt.Errorf("volume %s: %w", p, err)
	}
	return resolved, nil
}

// ofImage says that an error is about volumes for which nobody but the image asks.
func ofImage(err error) error {
	return hint.Wrap(fmt.Errorf("the image asks for volumes (VOLUME) that it cannot have: %w", err),
		"leave VOLUME out where the image is made (one that is made FROM it has it as well), or move what the spec has out of its way")
}

// checkVolumes refuses a container that would be right with the author's volumes alone.
func checkVolumes(c config.Container, authors []config.Volume, machine spec.Spec) error {
	if !isMain(c.Name, machine) {
		machine.Confidential = spec.Default().Confidential
	}
	with := func(volumes []config.Volume) error {
		c.Volumes, c.Completes, c.IO = volumes, false, config.IO{Input: config.InputPath, Output: config.OutputPath} // as the only one
		return machine.Around(c).Validate()
	}
	if err := with(c.Volumes); err != nil && with(authors) == nil {
		return ofImage(cmp.Or(errors.Unwrap(err), err)) // without the container's name
	}
	return nil
}

func isMain(name string, machine spec.Spec) bool {
	all := machine.All()
	return name == all[len(all)-1].Name
}

// Provided are the volumes of an image that are not made, because the guest mounts its own file systems and directories there:
// where they are in the container, sorted.
func Provided(image Image, declared spec.Container, machine spec.Spec) (paths []string) {
	own := mounted(isMain(declared.Name, machine))
	for p := range image.Process.Volumes {
		if resolved, err := resolveVolume(image.Root, p); err == nil && slices.Contains(own, resolved) {
			paths = append(paths, resolved)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// mounted are the directories that the guest mounts in every container, and in the main one the inputs and the output as well.
func mounted(main bool) (paths []string) {
	for _, m := range guest.Spec(config.Container{}, config.Bounds{}, guest.Paths{}, 0).Mounts {
		if m.Type != "bind" {
			paths = append(paths, m.Destination)
		}
	}
	if main {
		paths = append(paths, config.InputPath, config.OutputPath)
	}
	return paths
}

func secrets(declared []config.Secret, root fs.FS) ([]config.Secret, error) {
	list := slices.Clone(orEmpty(declared))
	for i, s := range list {
		if s.Path == "" {
			continue
		}
		resolved, err := resolve(root, s.Path)
		if err != nil {
			return nil, fmt.Errorf("secret %s: %w", s.Name, err)
		}
		list[i].Path = resolved
	}
	slices.SortFunc(list, func(a, b config.Secret) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// resolve follows the image's symbolic links in a clean absolute path, as a process in the image would, so that the
// measured config names the place itself and the guest need not follow any (IMG-07). What is not there stays as it is.
func resolve(root fs.FS, p string) (string, error) {
	links, ok := root.(fs.ReadLinkFS)
	if !ok {
		return p, nil
	}
	done, rest, followed := "/", strings.Split(p[1:], "/"), 0
	for len(rest) > 0 {
		next := path.Join(done, rest[0]) // ".." of the root is the root
		rest = rest[1:]
		if next == "/" {
			done = next
			continue
		}
		info, err := links.Lstat(next[1:])
		if errors.Is(err, fs.ErrNotExist) {
			return path.Join(append([]string{next}, rest...)...), nil
		}
		if err != nil {
			return "", err
		}
		if info.Mode().Type() != fs.ModeSymlink {
			done = next
			continue
		}
		if followed++; followed > maxLinks {
			return "", errors.New("more than 40 symbolic links")
		}
		target, err := links.ReadLink(next[1:])
		if err != nil {
			return "", err
		}
		if path.IsAbs(target) {
			done = "/"
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return done, nil
}

const maxLinks = 40 // as Linux
