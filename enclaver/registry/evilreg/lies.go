// SPDX-License-Identifier: Apache-2.0

package evilreg

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
)

// When restricts a lie to requests with this method ("" for any) and this text in the path.
func When(method, path string, lie Lie) Lie {
	return func(honest http.Handler) http.Handler {
		lying := lie(honest)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if (method == "" || method == r.Method) && strings.Contains(r.URL.Path, path) {
				lying.ServeHTTP(w, r)
				return
			}
			honest.ServeHTTP(w, r)
		})
	}
}

// Times restricts a lie to the first n requests that come to it.
func Times(n int, lie Lie) Lie {
	var mu sync.Mutex
	return func(honest http.Handler) http.Handler {
		lying := lie(honest)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			left := n
			n--
			mu.Unlock()
			if left > 0 {
				lying.ServeHTTP(w, r)
				return
			}
			honest.ServeHTTP(w, r)
		})
	}
}

// Answer is a lie that knows the answer without asking.
func Answer(answer http.HandlerFunc) Lie {
	return func(http.Handler) http.Handler { return answer }
}

// answered is what the honest registry would say.
func answered(honest http.Handler, r *http.Request) (header http.Header, status int, body []byte) {
	recorder := httptest.NewRecorder()
	honest.ServeHTTP(recorder, r)
	return recorder.Header(), recorder.Code, recorder.Body.Bytes()
}

func copyHeader(w http.ResponseWriter, header http.Header) {
	for key, values := range header {
		w.Header()[key] = values
	}
}

// Change answers with other bytes, and with the length of those.
func Change(change func([]byte) []byte) Lie {
	return func(honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			header, status, body := answered(honest, r)
			if r.Method != http.MethodHead {
				body = change(body)
				header.Set("Content-Length", strconv.Itoa(len(body)))
			}
			copyHeader(w, header)
			w.WriteHeader(status)
			w.Write(body)
		})
	}
}

// SetHeader answers honestly but for a header; an empty value removes it.
func SetHeader(key, value string) Lie {
	return func(honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			header, status, body := answered(honest, r)
			header.Set(key, value)
			if value == "" {
				header.Del(key)
			}
			copyHeader(w, header)
			w.WriteHeader(status)
			w.Write(body)
		})
	}
}

// Cut closes the connection after n bytes of the answer's body.
func Cut(n int) Lie {
	return after(n, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
}

// HangUp closes the connection without an answer.
func HangUp() Lie {
	return Answer(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
}

// Stall sends n bytes of the answer's body and then nothing more.
func Stall(n int) Lie {
	return after(n, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
}

func after(n int, then http.HandlerFunc) Lie {
	return func(honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			header, status, body := answered(honest, r)
			copyHeader(w, header)
			w.WriteHeader(status)
			w.Write(body[:min(n, len(body))])
			if n >= len(body) {
				return
			}
			w.(http.Flusher).Flush()
			then(w, r)
		})
	}
}

// NoRange answers requests for a part with the whole.
func NoRange() Lie {
	return func(honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Del("Range")
			honest.ServeHTTP(w, r)
		})
	}
}

// ShiftRange answers requests for a part with the part that begins by bytes later, and says so.
func ShiftRange(by int64) Lie {
	return func(honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var first int64
			if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &first); err == nil {
				r.Header.Set("Range", fmt.Sprintf("bytes=%d-", max(first+by, 0)))
			}
			honest.ServeHTTP(w, r)
		})
	}
}

// OnRange tells a lie to requests for a part only.
func OnRange(lie Lie) Lie {
	return func(honest http.Handler) http.Handler {
		lying := lie(honest)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") != "" {
				lying.ServeHTTP(w, r)
				return
			}
			honest.ServeHTTP(w, r)
		})
	}
}

// Redirect sends the client elsewhere.
func Redirect(status int, to string) Lie {
	return Answer(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	})
}

// Login asks who the client is, unless its Authorization header is the one wanted.
func Login(challenge, wanted string) Lie {
	return func(honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == wanted {
				honest.ServeHTTP(w, r)
				return
			}
			w.Header().Set("WWW-Authenticate", challenge)
			Refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "who are you?")
		})
	}
}

// Busy answers with a status that asks to come again.
func Busy(status int, retryAfter string) Lie {
	return Answer(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", retryAfter)
		Refuse(w, status, "TOOMANYREQUESTS", "come again")
	})
}

// Echo repeats the credentials that it was sent in an error.
func Echo(status int) Lie {
	return Answer(func(w http.ResponseWriter, r *http.Request) {
		Refuse(w, status, "DENIED", "you sent \x1b[31m"+r.Header.Get("Authorization")+" and "+r.URL.String())
	})
}

// Alternate tells one lie after the other, a request each, and begins again.
func Alternate(lies ...Lie) Lie {
	var mu sync.Mutex
	next := 0
	return func(honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			lie := lies[next%len(lies)]
			next++
			mu.Unlock()
			lie(honest).ServeHTTP(w, r)
		})
	}
}
