// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"os"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
)

// calm is a writer that keeps what a workload says from drawing on a terminal: control characters become question marks. To
// anything else it writes as it is.
func calm(w io.Writer) io.Writer {
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return &calmWriter{w: w}
	}
	return w
}

type calmWriter struct {
	w    io.Writer
	part []byte // of a character that is not whole yet
}

// Write implements io.Writer.
func (c *calmWriter) Write(b []byte) (int, error) {
	text := append(c.part, b...)
	var safe []byte
	for len(text) > 0 && utf8.FullRune(text) {
		r, n := utf8.DecodeRune(text)
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r) {
			r = '?'
		}
		safe, text = utf8.AppendRune(safe, r), text[n:]
	}
	c.part = append([]byte(nil), text...)
	_, err := c.w.Write(safe)
	return len(b), err
}
