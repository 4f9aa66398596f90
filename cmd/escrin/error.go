// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// errorWithHint is an error with advice: what the user can do about it, one line.
type errorWithHint struct {
	err  error
	hint string
}

func (e errorWithHint) Error() string { return e.err.Error() }
func (e errorWithHint) Unwrap() error { return e.err }

// withHint gives err a hint, unless it is nil or has one already: the hint nearest to the cause wins.
func withHint(err error, format string, args ...any) error {
	if err == nil || hintOf(err) != "" {
		return err
	}
	return errorWithHint{err, fmt.Sprintf(format, args...)}
}

// usageError says that the command was called wrongly; the exit status is 2.
type usageError struct {
	command string // for example "escrin job submit"
	message string
}

func (e usageError) Error() string { return e.message }

// exitStatus ends the process with a status and no message of its own.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// hinter is how errors of other packages carry advice.
type hinter interface{ Hint() string }

// errorReport is what --json makes of an error, on standard error.
type errorReport struct {
	Error string `json:"error"`
	Hint  string `json:"hint,omitempty"`
}

// report writes err to stderr, its hint completed, as text or as one line of JSON, and returns the exit status it stands for.
func report(stderr io.Writer, err error, complete func(hint string) string, asJSON bool) int {
	var usage usageError
	var status exitStatus
	code, hint := exitError, hintOf(err)
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &status):
		if status < 0 || status > 255 { // a process cannot end with it, and its last eight bits could be 0
			return exitError
		}
		return int(status)
	case errors.As(err, &usage):
		code, hint = exitUsage, cmp.Or(hint, fmt.Sprintf("see `%s --help`", usage.command))
	}
	message, hint := oneLine(err.Error()), oneLine(complete(hint))
	if asJSON {
		line, _ := json.Marshal(errorReport{message, hint}) // two strings
		fmt.Fprintf(stderr, "%s\n", line)
		return code
	}
	fmt.Fprintf(stderr, "escrin: %s\n", message)
	if hint != "" {
		fmt.Fprintf(stderr, "hint: %s\n", hint)
	}
	return code
}

func hintOf(err error) string {
	var ours errorWithHint
	if errors.As(err, &ours) {
		return ours.hint
	}
	var theirs hinter
	if errors.As(err, &theirs) {
		return theirs.Hint()
	}
	return ""
}

// oneLine keeps text of others from drawing on the terminal: what is not printed, and what turns the direction of
// text around, becomes a space.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
}
