// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"errors"
	"fmt"
	"strings"
)

// challenge is what a registry answers to who did not say who he is (RFC 9110 §11.6.1).
type challenge struct {
	scheme string            // lower case
	params map[string]string // names in lower case
}

const maxChallenge = 8 << 10

var errChallenge = errors.New("the registry asks for a login in a way that cannot be read")

// parseChallenges reads the values of WWW-Authenticate headers. What can be read in two ways, like a parameter that
// is there twice, is an error (threat REG-08).
func parseChallenges(values []string) ([]challenge, error) {
	var all []challenge
	for _, value := range values {
		if len(value) > maxChallenge || len(values) > 16 {
			return nil, errChallenge
		}
		s := &scanner{rest: value}
		for s.skip(" \t,"); s.rest != ""; s.skip(" \t,") {
			c, err := s.challenge()
			if err != nil {
				return nil, err
			}
			all = append(all, c)
		}
	}
	return all, nil
}

// choose takes the first challenge that can be answered.
func choose(all []challenge) (challenge, error) {
	for _, c := range all {
		if c.scheme == "bearer" && c.params["realm"] != "" || c.scheme == "basic" {
			return c, nil
		}
	}
	return challenge{}, errChallenge
}

type scanner struct{ rest string }

func (s *scanner) skip(chars string) { s.rest = strings.TrimLeft(s.rest, chars) }

// token reads the characters of an RFC 9110 token.
func (s *scanner) token() string {
	end := strings.IndexFunc(s.rest, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+-.^_`|~", r))
	})
	if end < 0 {
		end = len(s.rest)
	}
	word := s.rest[:end]
	s.rest = s.rest[end:]
	return strings.ToLower(word)
}

func (s *scanner) challenge() (challenge, error) {
	c := challenge{scheme: s.token(), params: map[string]string{}}
	if c.scheme == "" || s.rest != "" && !strings.ContainsAny(s.rest[:1], " \t,") {
		return challenge{}, errChallenge
	}
	for {
		before := s.rest
		s.skip(" \t,")
		key := s.token()
		value, found := strings.CutPrefix(strings.TrimLeft(s.rest, " \t"), "=")
		if key == "" || !found {
			s.rest = before // the next challenge, or the end
			return c, nil
		}
		s.rest = strings.TrimLeft(value, " \t")
		text, err := s.value()
		if err != nil {
			return challenge{}, err
		}
		if _, twice := c.params[key]; twice {
			return challenge{}, fmt.Errorf("%w: it has two values for %q", errChallenge, key)
		}
		c.params[key] = text
	}
}

// value reads a token or a quoted string.
func (s *scanner) value() (string, error) {
	if !strings.HasPrefix(s.rest, `"`) {
		end := strings.IndexAny(s.rest, " \t,")
		if end < 0 {
			end = len(s.rest)
		}
		word := s.rest[:end]
		s.rest = s.rest[end:]
		return word, nil
	}
	var text strings.Builder
	for i := 1; i < len(s.rest); i++ {
		switch s.rest[i] {
		case '"':
			s.rest = s.rest[i+1:]
			return text.String(), nil
		case '\\':
			i++
			if i == len(s.rest) {
				return "", errChallenge
			}
		}
		text.WriteByte(s.rest[i])
	}
	return "", errChallenge
}
