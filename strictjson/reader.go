// SPDX-License-Identifier: Apache-2.0

package strictjson

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// reader goes through a document, token by token.
type reader struct {
	data []byte // UTF-8
	at   int
	open bool // keys that a type does not know are gone over
}

// next goes over white space, and returns the byte that the next token begins with, 0 at the end.
func (r *reader) next() byte {
	for ; r.at < len(r.data); r.at++ {
		if c := r.data[r.at]; !isSpace(c) {
			return c
		}
	}
	return 0
}

// isSpace says whether a byte may stand between the tokens of a document.
func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

var errNothing = errors.New("neither a string, a number, a list, an object, true, false nor null")

// nothing is the error for what is no value: that the document ends, if it is one up to there.
func (r *reader) nothing(soFar bool) error {
	if soFar {
		return io.ErrUnexpectedEOF
	}
	return errNothing
}

// word goes over one of the words that are values.
func (r *reader) word(word string) error {
	if rest := r.data[r.at:]; !bytes.HasPrefix(rest, []byte(word)) {
		return r.nothing(strings.HasPrefix(word, string(rest[:min(len(rest), len(word))])))
	}
	r.at += len(word)
	return nil
}

// members goes over an object, and calls each at the value of each key, to go over that.
func (r *reader) members(each func(key []byte) error) error {
	r.at++
	for more := r.next() != '}'; more; {
		key, err := r.key()
		if err != nil {
			return err
		}
		if err := each(key); err != nil {
			return fmt.Errorf("%.64q: %w", key, err)
		}
		if more, err = r.more('}'); err != nil {
			return err
		}
	}
	r.at++
	return nil
}

// elements goes over a list, and calls each at each element, to go over that.
func (r *reader) elements(each func() error) error {
	r.at++
	for more := r.next() != ']'; more; {
		err := each()
		if err == nil {
			more, err = r.more(']')
		}
		if err != nil {
			return err
		}
	}
	r.at++
	return nil
}

// more goes over a comma, and reports false at the closing bracket.
func (r *reader) more(end byte) (bool, error) {
	switch c := r.next(); {
	case c == ',':
		r.at++
		return true, nil
	case c == end:
		return false, nil
	case r.at == len(r.data):
		return false, io.ErrUnexpectedEOF
	}
	return false, fmt.Errorf("neither a comma nor %q after a value", end)
}

// key reads the key of an object, and goes over its colon.
func (r *reader) key() ([]byte, error) {
	switch c := r.next(); {
	case r.at == len(r.data):
		return nil, io.ErrUnexpectedEOF
	case c != '"':
		return nil, errors.New("a key is not a string")
	}
	key, err := r.text()
	if err == nil && r.next() != ':' {
		err = errors.New("a key is not followed by a colon")
		if r.at == len(r.data) {
			err = io.ErrUnexpectedEOF
		}
	}
	r.at++
	return key, err
}

// text reads a string. It points into the document if there are no escapes in it.
func (r *reader) text() ([]byte, error) {
	escapes := false
	start := r.at + 1
	for at := start; at < len(r.data); at++ {
		switch c := r.data[at]; {
		case c == '"' && !escapes:
			r.at = at + 1
			return r.data[start:at:at], nil
		case c == '"':
			r.at = at + 1
			return unescape(r.data[start:at])
		case c == '\\':
			escapes = true
			at++ // over what is escaped
		case c < ' ':
			return nil, errors.New("a control character in a string")
		}
	}
	return nil, io.ErrUnexpectedEOF
}

// Escapes of one letter, and what they stand for.
const (
	escapeLetters = `"\/bfnrt`
	escaped       = "\"\\/\b\f\n\r\t"
)

// unescape returns a string without its escapes, each of which has a letter.
func unescape(text []byte) ([]byte, error) {
	out := make([]byte, 0, len(text))
	for {
		at := bytes.IndexByte(text, '\\')
		if at < 0 {
			return append(out, text...), nil
		}
		out = append(out, text[:at]...)
		text = text[at:]
		if at := strings.IndexByte(escapeLetters, text[1]); at >= 0 {
			out, text = append(out, escaped[at]), text[2:]
			continue
		}
		c, ok := unit(text)
		if text = text[min(len(text), unitLength):]; ok && utf16.IsSurrogate(c) {
			low, _ := unit(text)
			c = utf16.DecodeRune(c, low)
			ok, text = c != utf8.RuneError, text[min(len(text), unitLength):]
		}
		if !ok {
			return nil, errors.New("not UTF-8: an escape is of no character, or of half of one")
		}
		out = utf8.AppendRune(out, c)
	}
}

// unitLength is the length of an escape of four hex digits, which is a unit of UTF-16.
const unitLength = 6

// unit reads such an escape at the start of a text.
func unit(text []byte) (rune, bool) {
	if len(text) < unitLength || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	value, err := strconv.ParseUint(string(text[2:unitLength]), 16, 16)
	return rune(value), err == nil
}

// number goes over a number, and returns it.
func (r *reader) number() ([]byte, error) {
	start := r.at
	r.over("-", 1)
	whole := r.digits()
	good := whole == 1 || whole > 1 && r.data[r.at-whole] != '0'
	if r.over(".", 1) > 0 {
		good = r.digits() > 0 && good
	}
	if r.over("eE", 1) > 0 {
		r.over("+-", 1)
		good = r.digits() > 0 && good
	}
	if !good {
		ends := r.at == len(r.data) && (r.at == start || strings.IndexByte("-+.eE", r.data[r.at-1]) >= 0)
		return nil, r.nothing(ends)
	}
	return r.data[start:r.at], nil
}

func (r *reader) digits() int { return r.over("0123456789", len(r.data)) }

// over goes over at most some bytes of a set, and returns how many there were.
func (r *reader) over(set string, most int) (n int) {
	for ; n < most && r.at < len(r.data) && strings.IndexByte(set, r.data[r.at]) >= 0; n++ {
		r.at++
	}
	return n
}
