// SPDX-License-Identifier: Apache-2.0

package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
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
		"user": text(&s.User), "workdir": text(&s.Workdir), "vm": s.VM.read, "network": text(&s.Network),
		"volumes": list(&s.Volumes, config.MaxVolumes, readVolume), "secrets": list(&s.Secrets, config.MaxSecrets, readSecret),
		"scratchMiB": integer(&s.ScratchMiB), "outputMiB": integer(&s.OutputMiB), "maxProcesses": integer(&s.MaxProcesses),
		"readOnlyRoot": boolean(&s.ReadOnlyRoot),
	})
	for i := range s.Volumes {
		if s.Volumes[i].SizeMiB == 0 {
			s.Volumes[i].SizeMiB = s.ScratchMiB
		}
	}
	slices.SortFunc(s.Volumes, func(a, b config.Volume) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(s.Secrets, func(a, b config.Secret) int { return strings.Compare(a.Name, b.Name) })
	return err
}

func (v *VM) read(n *yaml.Node) error {
	return mapping(n, fields{"minMemoryMiB": integer(&v.MinMemoryMiB), "minVcpus": integer(&v.MinVCPUs), "maxVcpus": integer(&v.MaxVCPUs)})
}

func readVolume(v *config.Volume, n *yaml.Node) error {
	return mapping(n, fields{"path": text(&v.Path), "sizeMiB": positive(&v.SizeMiB)})
}

func readSecret(s *config.Secret, n *yaml.Node) error {
	return mapping(n, fields{"name": text(&s.Name), "path": text(&s.Path), "env": text(&s.Env)})
}

// fields says how the value of each key of a mapping is read.
type fields map[string]func(*yaml.Node) error

// mapping reads a mapping that has only these keys.
func mapping(n *yaml.Node, known fields) error {
	return pairs(n, len(known), func(key, value *yaml.Node) error {
		read, ok := known[key.Value]
		if !ok {
			return at(key, "unknown key %q%s", key.Value, suggestion(key.Value, known))
		}
		return read(value)
	})
}

// pairs calls f for each key and value of a mapping of at most limit keys.
func pairs(n *yaml.Node, limit int, f func(key, value *yaml.Node) error) error {
	if err := plain(n, yaml.MappingNode, "!!map", "a mapping"); err != nil {
		return err
	}
	seen := make(map[string]bool)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if err := plain(key, yaml.ScalarNode, "!!str", "a key that is text"); err != nil {
			return err
		}
		if seen[key.Value] {
			return at(key, "key %q appears twice", key.Value)
		}
		seen[key.Value] = true
		if err := f(key, n.Content[i+1]); err != nil {
			return err
		}
	}
	if len(seen) == 0 || len(seen) > limit {
		return at(n, "want 1…%d keys", limit)
	}
	return nil
}

// plain requires a node of a kind and type, without anchor, alias or tag.
func plain(n *yaml.Node, kind yaml.Kind, tag, what string) error {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return at(n, "anchors and aliases are not taken: write the value again")
	case n.Style&yaml.TaggedStyle != 0:
		return at(n, "tags are not taken")
	case n.Kind == yaml.ScalarNode && tag == "!!str" && n.ShortTag() != "!!null" && (n.ShortTag() != tag || n.Style == 0 && ambiguous(n.Value)):
		return at(n, "want %s: write %q in quotes", what, n.Value)
	case n.Kind != kind || n.ShortTag() != tag:
		return at(n, "want %s", what)
	}
	return nil
}

// ambiguous says whether YAML 1.1 takes a text of YAML 1.2 for a boolean or for a number of base 60.
func ambiguous(value string) bool {
	return slices.Contains([]string{"y", "n", "yes", "no", "on", "off"}, strings.ToLower(value)) ||
		regexp.MustCompile(`\A[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?\z`).MatchString(value)
}

func text(into *string) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		if err := plain(n, yaml.ScalarNode, "!!str", "text"); err != nil {
			return err
		}
		if n.Value == "" {
			return at(n, "the text is empty: leave the key out")
		}
		*into = n.Value
		return nil
	}
}

// texts reads a list of texts, which may be empty.
func texts(into *[]string) func(*yaml.Node) error {
	return list(into, maxTexts, func(s *string, n *yaml.Node) error {
		*s = n.Value
		return plain(n, yaml.ScalarNode, "!!str", "text")
	})
}

const maxTexts = 1024 // entries of entrypoint, cmd and env each

func variables(into *map[string]string) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		*into = make(map[string]string)
		return pairs(n, maxTexts, func(key, value *yaml.Node) error {
			(*into)[key.Value] = value.Value
			return plain(value, yaml.ScalarNode, "!!str", "text")
		})
	}
}

// list reads 1…limit elements.
func list[T any](into *[]T, limit int, read func(*T, *yaml.Node) error) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		if err := plain(n, yaml.SequenceNode, "!!seq", "a list"); err != nil {
			return err
		}
		if len(n.Content) == 0 || len(n.Content) > limit {
			return at(n, "want 1…%d entries", limit)
		}
		*into = make([]T, len(n.Content))
		for i, element := range n.Content {
			if err := read(&(*into)[i], element); err != nil {
				return err
			}
		}
		return nil
	}
}

// integer reads decimal digits.
func integer[T int | uint32](into *T) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		if err := plain(n, yaml.ScalarNode, "!!int", "a whole number in decimal digits"); err != nil {
			return err
		}
		number, err := strconv.ParseUint(n.Value, 10, 31)
		if err != nil || strconv.FormatUint(number, 10) != n.Value {
			return at(n, "want a whole number in decimal digits, without sign or leading zero, at most 2147483647")
		}
		*into = T(number)
		return nil
	}
}

// positive is an integer that is not 0, which would stand for what is left out.
func positive(into *uint32) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		if err := integer(into)(n); err != nil {
			return err
		}
		if *into == 0 {
			return at(n, "want at least 1")
		}
		return nil
	}
}

func boolean(into *bool) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		if err := plain(n, yaml.ScalarNode, "!!bool", "true or false"); err != nil {
			return err
		}
		if n.Value != "true" && n.Value != "false" {
			return at(n, "want true or false, in small letters")
		}
		*into = n.Value == "true"
		return nil
	}
}

// at is an error with its place in the file.
func at(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("line %d, column %d: %s", n.Line, n.Column, fmt.Sprintf(format, args...))
}

// suggestion names the known key that differs from key in case or in one letter.
func suggestion(key string, known fields) string {
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if strings.EqualFold(name, key) || near(name, key) || near(key, name) {
			return fmt.Sprintf("; did you mean %q?", name)
		}
	}
	return "; known are " + strings.Join(names, ", ")
}

// near says whether leaving out or replacing one byte of long gives short.
func near(long, short string) bool {
	for i := range len(long) {
		without := long[:i] + long[i+1:]
		if without == short || len(long) == len(short) && without == short[:i]+short[i+1:] {
			return true
		}
	}
	return false
}
