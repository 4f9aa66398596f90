// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// patience is how long a process may take until it is ready; the making of the key is within it.
const patience = 90 * time.Second

// supervisor starts what does not run yet, keeps the record of it, and notices when one dies.
type supervisor struct {
	dir      directory
	recorded []Process         // what processes.json holds, in the order of start
	children map[string]*child // started by this call
	wanted   []string          // what this call has made sure of so far
	report   func(Event)
}

func newSupervisor(d directory, report func(Event)) (*supervisor, error) {
	recorded, err := d.readProcesses()
	if err != nil {
		return nil, err
	}
	if report == nil {
		report = func(Event) {}
	}
	return &supervisor{dir: d, recorded: recorded, children: map[string]*child{}, report: report}, nil
}

// running returns the recorded process of that name if it lives.
func (s *supervisor) running(name string) (Process, bool) {
	for _, p := range s.recorded {
		if p.Name == name && p.Alive() {
			return p, true
		}
	}
	return Process{}, false
}

// started tells whether a process of that name was started and not ended by [Down].
func (s *supervisor) started(name string) bool {
	return slices.ContainsFunc(s.recorded, func(p Process) bool { return p.Name == name })
}

// ensure starts p unless it runs. ports are the ports it is going to listen on.
func (s *supervisor) ensure(p program, ports ...namedPort) (started bool, err error) {
	s.wanted = append(s.wanted, p.name)
	if _, ok := s.running(p.name); ok {
		return false, nil
	}
	for _, port := range ports {
		if !free(port.port) {
			return false, &PortError{Server: port.name, Port: port.port}
		}
	}
	p.log = s.dir.path("logs", p.name+".log")
	c, err := start(p)
	if c == nil {
		return false, err
	}
	s.children[p.name] = c
	s.record(c.Process)
	return true, errors.Join(err, s.dir.writeProcesses(s.recorded))
}

func (s *supervisor) record(p Process) {
	s.recorded = slices.DeleteFunc(s.recorded, func(old Process) bool { return old.Name == p.Name })
	s.recorded = append(s.recorded, p)
}

// await calls ready every few milliseconds until it returns nil. It ends early when any process that this call has
// made sure of dies.
func (s *supervisor) await(ctx context.Context, name string, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errSlow)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		if dead := s.deaths(); dead != nil {
			return dead
		}
		select {
		case <-ctx.Done():
			if context.Cause(ctx) != errSlow {
				return ctx.Err()
			}
			return s.processError(name, fmt.Sprintf("is not ready after %v: %v", patience, err))
		case <-tick.C:
		}
	}
}

var errSlow = errors.New("patience is over")

// death is nil as long as the process lives.
func (s *supervisor) death(name string) error {
	if c, ok := s.children[name]; ok {
		select {
		case <-c.ended:
			return s.processError(name, "ended with "+c.exit.String())
		default:
			return nil
		}
	}
	if _, ok := s.running(name); ok {
		return nil
	}
	return s.processError(name, "does not run any more")
}

// deaths returns the first death among the processes that this call has made sure of.
func (s *supervisor) deaths() error {
	for _, name := range s.wanted {
		if err := s.death(name); err != nil {
			return err
		}
	}
	return nil
}

func (s *supervisor) processError(name, problem string) error {
	log := s.dir.path("logs", name+".log")
	return &ProcessError{Name: name, Problem: problem, Log: log, LastLines: lastLines(log, 8)}
}

// abandon ends what this call has started, last first, after it could not finish, and forgets what had not died.
func (s *supervisor) abandon() {
	for _, p := range slices.Backward(slices.Clone(s.recorded)) {
		c, ok := s.children[p.Name]
		if !ok || !c.Alive() {
			continue
		}
		if _, err := stop(context.Background(), c.Process); err == nil {
			s.recorded = slices.DeleteFunc(s.recorded, func(r Process) bool { return r.Name == p.Name })
		}
	}
	_ = s.dir.writeProcesses(s.recorded) // else they are said to have died
}

// stopAll ends every recorded process that lives, last started first, and forgets it.
func (s *supervisor) stopAll(ctx context.Context) error {
	for i := len(s.recorded) - 1; i >= 0; i-- {
		p := s.recorded[i]
		if !p.Alive() {
			continue
		}
		begin := time.Now()
		s.report(Event{Name: p.Name})
		killed, err := stop(ctx, p)
		if err != nil {
			return err
		}
		detail := "ended"
		if killed {
			detail = "killed: it did not end by itself"
		}
		s.report(Event{Name: p.Name, Detail: detail, Done: true, Took: time.Since(begin)})
	}
	s.recorded = nil
	return s.dir.writeProcesses(nil)
}
