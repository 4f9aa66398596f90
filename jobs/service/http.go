// SPDX-License-Identifier: Apache-2.0

package service

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/origin"
)

// Bounds of the HTTP interface (JS-04).
const (
	maxRequests = 128             // at once, event streams apart; half of them of one site
	maxStreams  = 64              // event streams at once; likewise
	endGrace    = 3 * time.Second // for a guest to end after its task has
)

// Task returns the status of a task, and whether the chain has it.
func (s *Service) Task(id common.Hash) (api.Task, bool) {
	t, _, ok := s.glance(id)
	return t, ok
}

// Tasks returns the status of all tasks, in the order of submission.
func (s *Service) Tasks() []api.Task {
	s.mu.Lock()
	defer s.mu.Unlock()
	tasks := []api.Task{}
	for _, t := range s.Journal.Tasks() {
		if t.State != "" {
			tasks = append(tasks, t)
		}
	}
	return tasks
}

// Handler serves the interface that package api describes, together with the routes that more adds (the blobs').
func (s *Service) Handler(more ...func(*http.ServeMux)) http.Handler {
	plain := http.NewServeMux()
	plain.HandleFunc("GET /healthz", s.serveHealth)
	plain.HandleFunc("GET /v1/tasks", s.serveTasks)
	plain.HandleFunc("GET /v1/tasks/{id}", s.serveTask)
	for _, add := range more {
		add(plain)
	}
	mux := http.NewServeMux()
	mux.Handle("/", s.atMost(maxRequests, plain))
	mux.Handle("GET /v1/tasks/{id}/events", s.atMost(maxStreams, http.HandlerFunc(s.serveEvents)))
	return s.pace.each(mux)
}

// atMost answers 429 beyond n requests at once, or half as many of one site, so that no stranger can have all places.
func (s *Service) atMost(n int, h http.Handler) http.Handler {
	places, sites := make(chan struct{}, n), origin.NewTurns(n/2)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leave, ok := sites.Try(origin.Site(origin.Of(r, s.TrustedProxies)))
		if !ok {
			busy(w)
			return
		}
		defer leave()
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
			h.ServeHTTP(w, r)
		default:
			busy(w)
		}
	})
}

func busy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	writeError(w, http.StatusTooManyRequests, api.CodeBusy, "too many requests at once")
}

func (s *Service) serveHealth(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	health := api.Health{ChainID: s.ChainID, Block: s.head.Number, Running: len(s.guests)}
	trouble := s.trouble
	started := s.head.Hash != common.Hash{}
	s.mu.Unlock()
	w.Header().Set(api.InstanceHeader, s.Instance)
	switch {
	case trouble != nil:
		writeError(w, http.StatusServiceUnavailable, api.CodeChain, "cannot follow the chain: "+trouble.Error())
	case !started:
		writeError(w, http.StatusServiceUnavailable, api.CodeChain, "the chain has not been read yet")
	default:
		writeJSON(w, http.StatusOK, health)
	}
}

func (s *Service) serveTasks(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, api.TaskList{Tasks: s.Tasks()})
}

// find reads the id in the path and finds its task, or answers why not.
func (s *Service) find(w http.ResponseWriter, r *http.Request) (api.Task, common.Hash, bool) {
	id, err := api.ParseID(r.PathValue("id"))
	if err != nil {
		writeError(w, http.StatusBadRequest, api.CodeBadRequest, err.Error())
		return api.Task{}, id, false
	}
	t, ok := s.Task(id)
	if !ok {
		writeError(w, http.StatusNotFound, api.CodeUnknownTask, fmt.Sprintf("task %s is not known (yet)", id))
	}
	return t, id, ok
}

func (s *Service) serveTask(w http.ResponseWriter, r *http.Request) {
	if t, _, ok := s.find(w, r); ok {
		writeJSON(w, http.StatusOK, t)
	}
}

// serveEvents writes the task now and each time it changes, one JSON line each, until it is final. The final line
// waits for the guest to end, but not for long, so that it has the attempt's last steps.
func (s *Service) serveEvents(w http.ResponseWriter, r *http.Request) {
	_, id, ok := s.find(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Type", "application/jsonl")
	lines, control := json.NewEncoder(w), http.NewResponseController(w)
	var last api.Task
	var patience <-chan time.Time
	for tired := false; ; {
		changed := s.watch()
		t, busy, ok := s.glance(id)
		if !ok {
			return
		}
		if ending := t.State.Final() && busy && !tired; ending && patience == nil {
			patience = time.After(endGrace)
		} else if !ending && !reflect.DeepEqual(t, last) {
			last = t
			if lines.Encode(t) != nil || control.Flush() != nil || t.State.Final() {
				return
			}
		}
		select {
		case <-changed:
		case <-patience:
			tired = true
		case <-r.Context().Done():
			return
		}
	}
}

// glance returns a task and whether a guest runs for it.
func (s *Service) glance(id common.Hash) (t api.Task, busy, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok = s.Journal.Task(id)
	return t, s.guests[id] != nil, ok && t.State != ""
}

// watch returns a channel that is closed at the next change of any task.
func (s *Service) watch() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func writeError(w http.ResponseWriter, status int, code, message string) {
	writeJSON(w, status, api.Error{Error: api.ErrorDetail{Code: code, Message: message}})
}

// writeJSON answers; a client that went away is nobody to tell.
func writeJSON[T any](w http.ResponseWriter, status int, body T) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}
