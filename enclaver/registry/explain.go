// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/strictjson"
)

// ErrNotFound says that the registry has no such content.
var ErrNotFound = errors.New("not in the registry")

const (
	maxErrorBody    = 64 << 10
	maxErrorMessage = 200 // characters
)

// answerError is an answer with a status that means no.
type answerError struct {
	status     int
	code       string // of the distribution specification, if there is one
	message    string // the registry's words, safe to print
	retryAfter string
}

// newAnswerError reads what the registry says about it. What it says is printed by us: without secrets, without
// control characters, short.
func newAnswerError(resp *http.Response, v *vault) *answerError {
	e := &answerError{status: resp.StatusCode, retryAfter: resp.Header.Get("Retry-After")}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	if err != nil {
		return e
	}
	document, err := strictjson.DecodeOpen[struct {
		Errors []struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"errors"`
	}](data, maxErrorBody)
	if err == nil && len(document.Errors) > 0 {
		e.code = printable(v.redact(document.Errors[0].Code))
		e.message = printable(v.redact(document.Errors[0].Message))
	}
	return e
}

func (e *answerError) Error() string {
	text := fmt.Sprintf("answers %d %s", e.status, http.StatusText(e.status))
	for _, more := range []string{e.code, e.message} {
		if more != "" {
			text += ": " + more
		}
	}
	return text
}

// printable leaves nothing that could move a terminal's cursor or fill its window.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)
	if runes := []rune(text); len(runes) > maxErrorMessage {
		return string(runes[:maxErrorMessage]) + "…"
	}
	return text
}

// explain turns an error of the connection into one that says what to do.
func (c *client) explain(err error) error {
	host := c.repository.RegistryStr()
	var where *url.Error
	if errors.As(err, &where) {
		err = where.Err // its address may hold the signature of a storage service
	}
	var dns *net.DNSError
	var dial *net.OpError
	var answer *answerError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, errRefused), errors.Is(err, errCredentials), errors.Is(err, oci.ErrMismatch):
		return err
	case errors.As(err, &answer):
		return c.explainAnswer(answer)
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, new(tls.RecordHeaderError)):
		return hint.Wrap(fmt.Errorf("registry %s does not speak TLS", host),
			"only a registry on the local host may do without: put a certificate before this one")
	case errors.As(err, &dns):
		return hint.Wrap(fmt.Errorf("cannot find registry %s: %w", host, dns),
			"check the name; an image on this machine is written ./FOLDER:TAG")
	case errors.As(err, &dial) && dial.Op == "dial":
		advice := "check the name and the network"
		if schemeOf(c.repository.Registry) == "http" {
			advice = "start the local network with `escrin dev up`, or check the port"
		}
		return hint.Wrap(fmt.Errorf("cannot reach registry %s: %w", host, dial), "%s", advice)
	}
	return fmt.Errorf("speak to registry %s: %w", host, err)
}

func (c *client) explainAnswer(answer *answerError) error {
	host := c.repository.RegistryStr()
	switch {
	case answer.code == "MANIFEST_BLOB_UNKNOWN":
		return hint.Wrap(fmt.Errorf("registry %s has lost a part: %w", host, answer), "push again")
	case answer.status == http.StatusNotFound:
		return fmt.Errorf("%s: %w", c.repository, ErrNotFound)
	case answer.status == http.StatusUnauthorized || answer.status == http.StatusForbidden:
		return hint.Wrap(fmt.Errorf("registry %s refuses access to %s: %w", host, c.repository.RepositoryStr(), answer),
			"log in with `docker login %s` or `podman login %s`; a wrong name is refused in the same way", host, host)
	case answer.status == http.StatusTooManyRequests:
		return hint.Wrap(fmt.Errorf("registry %s: %w", host, answer),
			"wait, or log in with `docker login %s`: most registries let known users ask more often", host)
	}
	return fmt.Errorf("registry %s: %w", host, answer)
}

func notFound(ref oci.Reference, err error) error {
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	return hint.Wrap(fmt.Errorf("%s: %w", ref, ErrNotFound),
		"check name and tag; an enclave gets there with `escrin push`, an image on this machine is written ./FOLDER:TAG")
}
