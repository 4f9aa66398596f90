// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/escrin/escrin/guestagent/http11"
)

type evidenceRequest struct {
	Data []byte `json:"data"` // at most 64 KiB
}

type evidenceReply struct {
	Evidence []byte `json:"evidence"`
}

// evidence has the hardware vouch for data of the workload, in a name that no statement of the agent can have (AG-03).
func (s *Server) evidence(ctx context.Context, r evidenceRequest) (evidenceReply, error) {
	evidence, err := s.agent.Evidence(ctx, r.Data)
	return evidenceReply{evidence}, err
}

type namesReply struct {
	Names []string `json:"names"` // sorted
}

func (s *Server) inputs(context.Context, none) (namesReply, error) {
	entries, err := fs.ReadDir(s.agent.Files().Inputs, ".")
	reply := namesReply{[]string{}}
	for _, e := range entries {
		reply.Names = append(reply.Names, e.Name())
	}
	return reply, err
}

func (s *Server) getInput(r request) (http11.Response, error) {
	if !fs.ValidPath(r.parameter) {
		return http11.Response{}, invalid("no input can be called so")
	}
	file, err := s.agent.Files().Inputs.Open(r.parameter)
	if err != nil {
		return http11.Response{}, &Error{404, "not_found", "there is no such input"}
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, MaxObject+1))
	if len(content) > MaxObject {
		return http11.Response{}, &Error{413, "too_large", "the input is larger than what is served here: read the file"}
	}
	return octets(content), err
}

func (s *Server) secrets(context.Context, none) (namesReply, error) {
	return namesReply{append([]string{}, slices.Sorted(maps.Keys(s.agent.Files().Secrets))...)}, nil
}

func (s *Server) getSecret(r request) (http11.Response, error) {
	content, ok := s.agent.Files().Secrets[r.parameter]
	if !ok {
		return http11.Response{}, &Error{404, "not_found", "the task was given no such secret"}
	}
	return octets(content), nil
}

// putOutput makes a file in the output directory, in the place of one that is there.
func (s *Server) putOutput(r request) (http11.Response, error) {
	if path.Base(r.parameter) != r.parameter || r.parameter[0] == '.' || len(r.parameter) > maxName {
		return http11.Response{}, invalid("no output can be called so")
	}
	return http11.Response{Status: 204}, s.agent.Files().Put(r.parameter, r.body)
}

// putResult sets the public word, which everybody can read on chain.
func (s *Server) putResult(r request) (http11.Response, error) {
	if len(r.body) != 32 {
		return http11.Response{}, invalid("the public word has 32 bytes")
	}
	return http11.Response{Status: 204}, s.agent.Files().Put("public", r.body)
}

type progressRequest struct {
	Percent uint8  `json:"percent"`
	Note    string `json:"note"` // at most 200 bytes
}

// progress notes a line for the owner of the task. Nobody else learns of it: it is sealed as standard error is.
func (s *Server) progress(_ context.Context, r progressRequest) (none, error) {
	if r.Percent > 100 || len(r.Note) > 200 {
		return none{}, invalid("want a percentage, and a note of at most 200 bytes")
	}
	s.agent.Progress(fmt.Sprintf("escrin: progress %d %% %q", r.Percent, r.Note))
	return none{}, nil
}

func octets(content []byte) http11.Response {
	return http11.Response{Status: 200, Fields: [][2]string{{"Content-Type", "application/octet-stream"}}, Body: content}
}
