// SPDX-License-Identifier: Apache-2.0

// Package http11 is the part of HTTP/1.1 (RFC 9110, RFC 9112) that the clients of a workload need, and no more: one request
// for each connection, its body of a declared length, its target a plain path. There is one way to read what it accepts; all
// else is refused: chunks, folded lines, repeated fields, queries, escapes. net/http accepts all of it, and reads the same.
package http11

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"time"
)

const (
	// MaxHead is the largest request line with all fields in bytes.
	MaxHead = 8 << 10
	// MaxFields is the largest number of fields.
	MaxFields = 64

	patience = 30 * time.Second // for the head, for the body, and for the client to take the response
	maxDrain = 64 << 20         // bytes of an unread body that are taken, such that the client comes to read the response
)

// Conn is a connection, as os.File and net.Conn are.
type Conn interface {
	io.ReadWriteCloser
	SetDeadline(time.Time) error
}

// Request is a request without its body.
type Request struct {
	Method string
	Path   string            // begins with /; parts of A-Z a-z 0-9 . _ ~ -, none empty, "." or ".."
	Fields map[string]string // by name in lower case
	Length uint64            // of the body in bytes
}

// Response is what a request is answered with.
type Response struct {
	Status int
	Fields [][2]string // beside Content-Length and Connection
	Body   []byte
}

// Handler answers a request, whose body it may read from body. It is called at most once for each connection.
type Handler func(r Request, body io.Reader) Response

// Error is why a request is refused, with the status to answer.
type Error struct {
	Status int
	Reason string
}

// Error implements error.
func (e *Error) Error() string { return e.Reason }

// Serve reads a request from conn, answers it, and closes conn. What is no request is given to refuse.
func Serve(conn Conn, handle Handler, refuse func(*Error) Response) {
	defer conn.Close()
	if conn.SetDeadline(time.Now().Add(patience)) != nil {
		return
	}
	in := bufio.NewReaderSize(conn, MaxHead)
	request, err := ReadRequest(in)
	var wrong *Error
	if errors.As(err, &wrong) {
		_ = write(conn, refuse(wrong)) // it may be gone
		return
	}
	if err != nil {
		return
	}
	body := io.LimitReader(in, int64(min(request.Length, 1<<62)))
	response := handle(request, timely{conn, body})
	if conn.SetDeadline(time.Now().Add(patience)) != nil {
		return
	}
	if request.Length <= maxDrain {
		_, _ = io.Copy(io.Discard, body)
	}
	_ = write(conn, response)
}

// timely gives the client time for each piece of a body, and a handler all the time that it needs after it.
type timely struct {
	conn Conn
	body io.Reader
}

// Read implements io.Reader.
func (t timely) Read(p []byte) (int, error) {
	if err := t.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return 0, err
	}
	n, err := t.body.Read(p)
	return n, errors.Join(err, t.conn.SetDeadline(time.Time{}))
}

// write writes a response. Values of fields are the server's own.
func write(w io.Writer, r Response) error {
	head := "HTTP/1.1 " + strconv.Itoa(r.Status) + " \r\nConnection: close\r\nContent-Length: " +
		strconv.Itoa(len(r.Body)) + "\r\n"
	for _, f := range r.Fields {
		head += f[0] + ": " + f[1] + "\r\n"
	}
	if _, err := io.WriteString(w, head+"\r\n"); err != nil {
		return err
	}
	_, err := w.Write(r.Body)
	return err
}
