// SPDX-License-Identifier: Apache-2.0

package http11

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

const fine = "GET /v1/task HTTP/1.1\r\nHost: escrin\r\n\r\n"

// ask sends bytes to a server that echoes method, path and body, and returns all that it answers.
func ask(t *testing.T, request string) (*http.Response, string) {
	t.Helper()
	client, server := net.Pipe()
	handle := func(r Request, body io.Reader) Response {
		b, err := r.ReadBody(body, 16)
		if err != nil {
			return Response{Status: err.(*Error).Status}
		}
		return Response{Status: 200, Fields: [][2]string{{"ETag", `"1"`}}, Body: fmt.Appendf(nil, "%s %s %s", r.Method, r.Path, b)}
	}
	go Serve(server, handle, func(e *Error) Response { return Response{Status: e.Status, Body: []byte(e.Reason)} })
	go io.WriteString(client, request)
	response, err := http.ReadResponse(bufio.NewReader(client), nil)
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	defer client.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestARequestIsAnswered(t *testing.T) {
	for request, want := range map[string]string{
		fine: "GET /v1/task ",
		"PUT /v1/storage/a.b HTTP/1.1\r\nhost:x\r\ncontent-length: 3\r\nIf-Match: \"1\"\r\n\r\nabcdef": "PUT /v1/storage/a.b abc",
		"POST /v1/x HTTP/1.1\r\nHost: localhost:80\r\nContent-Length: 0\r\n\r\n":                       "POST /v1/x ",
	} {
		response, body := ask(t, request)
		if response.StatusCode != 200 || body != want || !response.Close || response.Header.Get("ETag") != `"1"` {
			t.Errorf("%q: %d %q %v", request, response.StatusCode, body, response.Header)
		}
	}
}

// TestAG13OtherRequestsAreRefused: what can be read in two ways, what smuggles, and what is not needed.
func TestAG13OtherRequestsAreRefused(t *testing.T) {
	many := strings.Builder{}
	for i := range MaxFields {
		fmt.Fprintf(&many, "a%d: b\r\n", i)
	}
	head := "POST /v1/x HTTP/1.1\r\nHost: x\r\n"
	for request, want := range map[string]int{
		"\r\n" + fine:                                                   400,
		"GET /v1/task\r\n\r\n":                                          400,
		"get /v1/task HTTP/1.1\r\n":                                     400,
		"GET  /v1/task HTTP/1.1\r\n":                                    505,
		"GET /v1/task HTTP/1.1 \r\n":                                    505,
		"GET /v1/task HTTP/1.0\r\n":                                     505,
		"GET /v1/task HTTP/2.0\r\n":                                     505,
		"GET /v1/task HTTP/1.1\n\r\n":                                   400,
		"GET v1 HTTP/1.1\r\n":                                           400,
		"GET * HTTP/1.1\r\n":                                            400,
		"GET / HTTP/1.1\r\n":                                            400,
		"GET /v1/ HTTP/1.1\r\n":                                         400,
		"GET /v1//task HTTP/1.1\r\n":                                    400,
		"GET /v1/./task HTTP/1.1\r\n":                                   400,
		"GET /v1/../task HTTP/1.1\r\n":                                  400,
		"GET /v1/%74ask HTTP/1.1\r\n":                                   400,
		"GET /v1/task?a=b HTTP/1.1\r\n":                                 400,
		"GET /v1/task#a HTTP/1.1\r\n":                                   400,
		"GET http://escrin/v1/task HTTP/1.1\r\n":                        400,
		"GET /v1/t\x00sk HTTP/1.1\r\n":                                  400,
		"GET /v1/täsk HTTP/1.1\r\n":                                     400,
		"GET /v1/task HTTP/1.1\r\n\r\n":                                 400, // no host
		"GET /v1/task HTTP/1.1\r\nHost:\r\n\r\n":                        400,
		"GET /v1/task HTTP/1.1\r\nHost: a b\r\n\r\n":                    400,
		"GET /v1/task HTTP/1.1\r\nHost: a@b\r\n\r\n":                    400,
		"GET /v1/task HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n":           400,
		"GET /v1/task HTTP/1.1\r\nHost : x\r\n\r\n":                     400,
		"GET /v1/task HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n":           400,
		"GET /v1/task HTTP/1.1\r\nHost: x\r\nno field\r\n\r\n":          400,
		"GET /v1/task HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n":               400,
		"GET /v1/task HTTP/1.1\r\nHost: x\r\na: \x7f\r\n\r\n":           400,
		"GET /v1/task HTTP/1.1\r\nHost: x\r\na: b\rc: d\r\n\r\n":        400,
		"GET /v1/task HTTP/1.1\r\nHost: x\r\n" + many.String() + "\r\n": 400,
		head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n":            501,
		head + "Transfer-Encoding: identity\r\n\r\n":                    501,
		head + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\na":     417,
		head + "Content-Length: +1\r\n\r\na":                            400,
		head + "Content-Length: 01\r\n\r\na":                            400,
		head + "Content-Length: 1, 1\r\n\r\na":                          400,
		head + "Content-Length: 0x1\r\n\r\na":                           400,
		head + "Content-Length: -1\r\n\r\na":                            400,
		head + "Content-Length:\r\n\r\na":                               400,
		head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab":       400,
		head + "Content-Length: 99999999999999999999\r\n\r\n":           400,
		head + "Content-Length: 17\r\n\r\n" + strings.Repeat("a", 17):   413,
		head + "A: " + strings.Repeat("a", MaxHead) + "\r\n\r\n":        431,
		strings.Repeat("G", MaxHead+1):                                  431,
	} {
		if response, body := ask(t, request); response.StatusCode != want {
			t.Errorf("%.80q: %d %q, want %d", request, response.StatusCode, body, want)
		}
	}
}

// TestAnEndIsNoRequest: a client that goes away is not answered.
func TestAnEndIsNoRequest(t *testing.T) {
	for _, sent := range []string{"", "GET", "GET /v1/task HTTP/1.1\r\nHost: x\r\n"} {
		var wrong *Error
		_, err := ReadRequest(bufio.NewReaderSize(strings.NewReader(sent), MaxHead))
		if err == nil || errors.As(err, &wrong) {
			t.Errorf("%q: %v", sent, err)
		}
	}
	if _, err := (Request{Length: 5}).ReadBody(strings.NewReader("four"), 16); err == nil {
		t.Error("a body that is too short was accepted")
	}
}

// FuzzAgainstNetHTTP: what is accepted here, net/http accepts and reads as the same request.
func FuzzAgainstNetHTTP(f *testing.F) {
	f.Add([]byte(fine))
	f.Add([]byte("PUT /v1/storage/a HTTP/1.1\r\nHost: a:1\r\nContent-Length: 3\r\nX-A:  b \r\n\r\nabcd"))
	f.Fuzz(func(t *testing.T, b []byte) {
		own := bufio.NewReaderSize(bytes.NewReader(b), MaxHead)
		got, err := ReadRequest(own)
		if err != nil {
			return
		}
		want, err := http.ReadRequest(bufio.NewReaderSize(bytes.NewReader(b), MaxHead))
		if err != nil {
			t.Fatalf("%q is refused by net/http: %v", b, err)
		}
		if got.Method != want.Method || got.Path != want.URL.Path || want.URL.RawQuery != "" || int64(got.Length) != want.ContentLength || got.Fields["host"] != want.Host {
			t.Fatalf("%q is read as %+v, by net/http as %+v", b, got, want)
		}
		for name, value := range got.Fields {
			if seen := want.Header.Get(name); name != "host" && seen != value && !(name == "connection" || name == "trailer") {
				t.Fatalf("%q: %s is %q, by net/http %q", b, name, value, seen)
			}
		}
		mine, _ := io.ReadAll(io.LimitReader(own, int64(got.Length)))
		theirs, _ := io.ReadAll(want.Body)
		if !bytes.Equal(mine, theirs) {
			t.Fatalf("%q: bodies %q and %q", b, mine, theirs)
		}
	})
}
