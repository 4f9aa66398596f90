// SPDX-License-Identifier: Apache-2.0

// Package hint carries advice with an error: what the user can do about it. A command prints it on a
// line of its own; a service may leave it out.
package hint

import (
	"errors"
	"fmt"
)

type advised struct {
	err    error
	advice string
}

func (e advised) Error() string { return e.err.Error() }
func (e advised) Unwrap() error { return e.err }
func (e advised) Hint() string  { return e.advice }

// Wrap adds advice to err. An error that is nil or carries advice already is returned as it is: the
// advice given nearest to the cause wins.
func Wrap(err error, format string, args ...any) error {
	if err == nil || errors.As(err, new(interface{ Hint() string })) {
		return err
	}
	return advised{err, fmt.Sprintf(format, args...)}
}

// Of returns the advice that err carries, or "".
func Of(err error) string {
	var carrier interface{ Hint() string }
	if errors.As(err, &carrier) {
		return carrier.Hint()
	}
	return ""
}
