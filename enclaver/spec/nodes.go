// SPDX-License-Identifier: Apache-2.0

package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

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

// port is a number in 1…65535.
func port(into *uint16) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		var number uint32
		if err := positive(&number)(n); err != nil {
			return err
		}
		if *into = uint16(number); uint32(*into) != number {
			return at(n, "want a port in 1…65535")
		}
		return nil
	}
}

// oneOf is one of some texts.
func oneOf(into *string, known ...string) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		if err := text(into)(n); err != nil {
			return err
		}
		if !slices.Contains(known, *into) {
			return at(n, "want %s", strings.Join(known, " or "))
		}
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
