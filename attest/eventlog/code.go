// SPDX-License-Identifier: Apache-2.0

package eventlog

import (
	"errors"
	"fmt"
)

// Code is a stable word for what is wrong with a log.
type Code string

// Codes of logs that cannot be read.
const (
	CodeEmpty     Code = "eventlog.empty"     // no bytes
	CodeLong      Code = "eventlog.long"      // more bytes or events than allowed
	CodeShort     Code = "eventlog.short"     // ends within a field, or a length leads behind the end
	CodeLegacy    Code = "eventlog.legacy"    // not a crypto-agile log
	CodeHead      Code = "eventlog.head"      // first event is malformed
	CodeAlgorithm Code = "eventlog.algorithm" // unknown, twice, missing or of another size
	CodeRegister  Code = "eventlog.register"  // index out of range
	CodePadding   Code = "eventlog.padding"   // bytes behind the padding
	CodeTable     Code = "eventlog.table"     // ACPI table is malformed
)

// Codes of logs that can be read and must not be believed.
const (
	CodeReplay             Code = "eventlog.replay"              // a register is not what the log comes to
	CodeMissingBank        Code = "eventlog.bank"                // no SHA-384 digests
	CodeRegisterTDX        Code = "eventlog.register.tdx"        // extends what is no RTMR
	CodeNoAction           Code = "eventlog.noaction"            // an event that extends nothing has a digest
	CodeData               Code = "eventlog.data"                // data is not what was measured
	CodeMalformedData      Code = "eventlog.data.malformed"      // data has not the form of its type
	CodeSeparator          Code = "eventlog.separator"           // not four bytes of 0x00 or 0xff
	CodeSeparatorDuplicate Code = "eventlog.separator.duplicate" // a second one in a register
	CodeSeparatorMissing   Code = "eventlog.separator.missing"   // none in RTMR0 or RTMR1
	CodeSeparatorType      Code = "eventlog.separator.type"      // has the digest of one and another type
	CodeType               Code = "eventlog.type"                // of a type that its register has no place for
	CodeVariables          Code = "eventlog.variables"           // those of Secure Boot are not all in RTMR0, each once and in order
)

// Codes of logs that differ from a prediction.
const (
	CodeMissing Code = "eventlog.predicted.missing" // the log ends before the prediction
	CodeExtra   Code = "eventlog.predicted.extra"   // the log has more than the prediction
	CodeDiffers Code = "eventlog.predicted.differs" // another digest in its place
)

// Codes returns all codes.
func Codes() []Code {
	return []Code{
		CodeEmpty, CodeLong, CodeShort, CodeLegacy, CodeHead, CodeAlgorithm, CodeRegister, CodePadding, CodeTable,
		CodeReplay, CodeMissingBank, CodeRegisterTDX, CodeNoAction, CodeData, CodeMalformedData, CodeSeparator, CodeSeparatorDuplicate,
		CodeSeparatorMissing, CodeSeparatorType, CodeType, CodeVariables, CodeMissing, CodeExtra, CodeDiffers,
	}
}

// Error says why a log cannot be read.
type Error struct {
	Code   Code
	Detail string
}

// Error returns code and detail.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Detail }

// CodeOf returns the code of an error of this package, and none of others.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func fail(code Code, format string, args ...any) *Error {
	return &Error{code, fmt.Sprintf(format, args...)}
}

// Whole is the place of a finding that belongs to no single event.
const Whole = -1

// Finding is one reason not to believe a log.
type Finding struct {
	Code   Code
	Event  int // index into Log.Events, or Whole
	Detail string
}

// String returns code, place and detail.
func (f Finding) String() string {
	if f.Event == Whole {
		return fmt.Sprintf("%s: %s", f.Code, f.Detail)
	}
	return fmt.Sprintf("%s: event %d: %s", f.Code, f.Event, f.Detail)
}

type findings []Finding

func (f *findings) add(code Code, event int, format string, args ...any) {
	*f = append(*f, Finding{code, event, fmt.Sprintf(format, args...)})
}
