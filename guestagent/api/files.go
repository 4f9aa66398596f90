// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"syscall"

	"github.com/escrin/escrin/guestagent/http11"
)

const maxEvidence = 64 << 10 // bytes of data

type evidenceRequest struct {
	Data []byte `json:"data"`
}

type evidenceReply struct {
	Evidence []byte `json:"evidence"`
}

// evidence has the hardware vouch for data of the workload, in a name that no statement of the agent can have (AG-03).
func (s *Server) evidence(ctx context.Context, r evidenceRequest) (evidenceReply, error) {
	if len(r.Data) > maxEvidence {
		return evidenceReply{}, &Error{413, "too_large", "the data have more than 65536 bytes: have evidence over their digest"}
	}
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
	return s.makeOutput(r.parameter, r.body)
}

// makeOutput makes a file in the output directory, in which the workload may have done as it likes.
func (s *Server) makeOutput(name string, content []byte) (http11.Response, error) {
	err := s.agent.Files().Put(name, content)
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		err = &Error{507, "too_large", "the output directory is full"}
	case errors.Is(err, syscall.EISDIR), errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		err = &Error{409, "conflict", "a directory is in the place of this output"}
	}
	return http11.Response{Status: 204}, err
}

// putResult sets the public word, which everybody can read on chain.
func (s *Server) putResult(r request) (http11.Response, error) {
	if len(r.body) != 32 {
		return http11.Response{}, invalid("the public word has 32 bytes")
	}
	return s.makeOutput("public", r.body)
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
