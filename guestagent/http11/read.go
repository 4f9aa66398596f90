// SPDX-License-Identifier: Apache-2.0

package http11

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"strconv"
	"strings"
)

// Statuses of requests that are refused as such.
const (
	badRequest      = 400
	expectFailed    = 417
	headTooLarge    = 431
	notImplemented  = 501
	versionNotKnown = 505
)

func bad(reason string) *Error { return &Error{badRequest, reason} }

// ReadRequest reads a request up to its body. Its error is an *Error if something else was sent. in must have room for MaxHead bytes.
func ReadRequest(in *bufio.Reader) (Request, error) {
	left := MaxHead
	line, err := readLine(in, &left)
	if err != nil {
		return Request{}, err
	}
	r, err := requestLine(line)
	for err == nil {
		line, err = readLine(in, &left)
		if err == nil && line == "" {
			return r, r.check()
		}
		if err == nil {
			err = r.addField(line)
		}
	}
	return Request{}, err
}

// readLine reads a line that ends with CRLF, and takes its length from what is left of the head.
func readLine(in *bufio.Reader, left *int) (string, error) {
	line, err := in.ReadSlice('\n')
	*left -= len(line)
	if *left < 0 || errors.Is(err, bufio.ErrBufferFull) {
		return "", &Error{headTooLarge, "the head is too large"}
	}
	if err != nil {
		return "", err
	}
	text, ok := strings.CutSuffix(string(line), "\r\n")
	if !ok || strings.ContainsFunc(text, func(r rune) bool { return r != '\t' && (r < ' ' || r > '~') }) {
		return "", bad("a line of the head has other bytes than printable ASCII, or does not end with CRLF")
	}
	return text, nil
}

func requestLine(line string) (Request, error) {
	method, rest, _ := strings.Cut(line, " ")
	path, version, ok := strings.Cut(rest, " ")
	switch {
	case !ok || method == "" || len(method) > 16 || strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		return Request{}, bad("the request line is not METHOD /path HTTP/1.1")
	case version != "HTTP/1.1":
		return Request{}, &Error{versionNotKnown, "the version is not HTTP/1.1"}
	case !validPath(path):
		return Request{}, bad("the target is not a plain path: parts of A-Z a-z 0-9 . _ ~ - without a query")
	}
	return Request{Method: method, Path: path, Fields: map[string]string{}}, nil
}

func validPath(path string) bool {
	parts, ok := strings.CutPrefix(path, "/")
	other := func(r rune) bool { return reserved(r) && r != '/' }
	return ok && fs.ValidPath(parts) && parts != "." && !strings.ContainsFunc(parts, other)
}

// reserved is true of all but RFC 3986's unreserved characters.
func reserved(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._~-", r))
}

func (r *Request) addField(line string) error {
	name, value, ok := strings.Cut(line, ":")
	name = strings.ToLower(name)
	if !ok || name == "" || strings.ContainsFunc(name, func(c rune) bool { return reserved(c) && !strings.ContainsRune("!#$%&'*+^`|", c) }) {
		return bad("a field has no name")
	}
	if _, repeated := r.Fields[name]; repeated || len(r.Fields) == MaxFields {
		return bad("a field is repeated, or there are too many")
	}
	r.Fields[name] = strings.Trim(value, " \t")
	return nil
}

// check reads the fields that say where the request ends.
func (r *Request) check() error {
	if host := r.Fields["host"]; host == "" || strings.ContainsFunc(host, func(c rune) bool { return reserved(c) && c != ':' }) {
		return bad("there is no plain host")
	}
	if _, ok := r.Fields["transfer-encoding"]; ok {
		return &Error{notImplemented, "a body must have a length"}
	}
	if _, ok := r.Fields["expect"]; ok {
		return &Error{expectFailed, "nothing is expected here"}
	}
	length, ok := r.Fields["content-length"]
	if !ok {
		return nil
	}
	n, err := strconv.ParseUint(length, 10, 62)
	if err != nil || strconv.FormatUint(n, 10) != length {
		return bad("the length is not a number")
	}
	r.Length = n
	return nil
}

// ReadBody reads a body of r, of at most limit bytes.
func (r Request) ReadBody(body io.Reader, limit uint64) ([]byte, error) {
	if r.Length > limit {
		return nil, &Error{413, "the body has more than " + strconv.FormatUint(limit, 10) + " bytes"}
	}
	b := make([]byte, r.Length)
	if _, err := io.ReadFull(body, b); err != nil {
		return nil, bad("the body is shorter than its length")
	}
	return b, nil
}
