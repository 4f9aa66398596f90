// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"strings"

	"github.com/escrin/escrin/guestagent/http11"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/strictjson"
)

// request is one that may be answered.
type request struct {
	fields    map[string]string // by name in lower case
	parameter string            // last part of the path
	body      []byte
	giveBack  func() // gives the place of a large body back, which is not needed any more
}

// route answers requests with a method and a path, which may end with the parameter {name}.
type route struct {
	method, path string
	limit        uint64 // bytes of the body
	do           func(*Server, request) (http11.Response, error)
}

type none struct{}

// routes are all.
func routes() []route {
	return []route{
		{"GET", "/v1/task", 0, answer((*Server).task)},
		{"POST", "/v1/keys/omni", maxMessage, answer((*Server).omniKey)},
		{"POST", "/v1/keys/derive", maxMessage, answer((*Server).deriveKey)},
		{"POST", "/v1/keys/sign", maxMessage, answer((*Server).sign)},
		{"POST", "/v1/evidence", maxMessage, answer((*Server).evidence)},
		{"POST", "/v1/seal", maxMessage, answer((*Server).seal)},
		{"POST", "/v1/unseal", maxMessage, answer((*Server).unseal)},
		{"GET", "/v1/storage/{name}", MaxObject, (*Server).getObject},
		{"PUT", "/v1/storage/{name}", MaxObject, (*Server).putObject},
		{"POST", "/v1/chain/rpc", maxMessage, answer((*Server).rpc)},
		{"POST", "/v1/chain/sign", maxMessage, answer((*Server).signTransaction)},
		{"GET", "/v1/inputs", 0, answer((*Server).inputs)},
		{"GET", "/v1/inputs/{name}", MaxObject, (*Server).getInput},
		{"GET", "/v1/secrets", 0, answer((*Server).secrets)},
		{"GET", "/v1/secrets/{name}", 0, (*Server).getSecret},
		{"PUT", "/v1/outputs/{name}", MaxObject, (*Server).putOutput},
		{"PUT", "/v1/result", 32, (*Server).putResult},
		{"POST", "/v1/progress", maxMessage, answer((*Server).progress)},
	}
}

// find returns the route of a request, and its parameter.
func find(r http11.Request) (found route, parameter string, err error) {
	known := false
	for _, route := range routes() {
		prefix, variable := strings.CutSuffix(route.path, "{name}")
		rest, ok := strings.CutPrefix(r.Path, prefix)
		if !ok || variable != (rest != "") || strings.Contains(rest, "/") {
			continue
		}
		if known = true; route.method == r.Method {
			return route, rest, nil
		}
	}
	if known {
		return route{}, "", &Error{405, "bad_request", "the path has no such method"}
	}
	return route{}, "", &Error{404, "bad_request", "there is no such path"} // not_found is of what has a path
}

// answer makes a route's function of one that answers JSON, and is asked in JSON where there is something to ask.
func answer[P, R any](f func(*Server, context.Context, P) (R, error)) func(*Server, request) (http11.Response, error) {
	return func(s *Server, r request) (http11.Response, error) {
		var asked P
		if len(r.body) > 0 {
			var err error
			if asked, err = strictjson.Decode[P](r.body, maxMessage); err != nil {
				return http11.Response{}, invalid("the body is not the JSON that is documented: " + err.Error())
			}
		}
		reply, err := f(s, s.ctx, asked)
		if err != nil {
			return http11.Response{}, err
		}
		body, err := wire.Encode(reply)
		return http11.Response{Status: 200, Fields: [][2]string{{"Content-Type", "application/json"}}, Body: body}, err
	}
}

func (s *Server) task(context.Context, none) (Task, error) { return s.agent.Task(), nil }
