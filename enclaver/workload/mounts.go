// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/escrin/escrin/guestagent/config"
)

// volumes are the image's, each with the usual size and medium, and the spec's: the author has the last word.
func volumes(image map[string]struct{}, usual config.Volume, declared []config.Volume, root fs.FS) ([]config.Volume, error) {
	found := make(map[string]config.Volume)
	add := func(v config.Volume) (err error) {
		if v.Path, err = resolve(root, path.Clean(v.Path)); err != nil {
			return fmt.Errorf("volume %s: %w", v.Path, err)
		}
		found[v.Path] = v
		return nil
	}
	for p := range image {
		if !path.IsAbs(p) {
			return nil, fmt.Errorf("volume %q is not an absolute path", p)
		}
		v := usual
		v.Path = p
		if err := add(v); err != nil {
			return nil, err
		}
	}
	for _, v := range declared {
		if err := add(v); err != nil {
			return nil, err
		}
	}
	list := slices.AppendSeq([]config.Volume{}, maps.Values(found))
	slices.SortFunc(list, func(a, b config.Volume) int { return strings.Compare(a.Path, b.Path) })
	return list, nil
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
