// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"context"
	"strings"
	"time"

	"github.com/escrin/escrin/jobs/api"
)

// ProcessStatus is one line of [Status].
type ProcessStatus struct {
	Name      string   `json:"name"`
	PID       int      `json:"pid,omitempty"`
	Alive     bool     `json:"alive"`   // the process exists
	Healthy   bool     `json:"healthy"` // and answers
	URL       string   `json:"url"`
	Problem   string   `json:"problem,omitempty"`
	Log       string   `json:"log"`
	LastLines []string `json:"lastLines,omitempty"` // of the log, when it died
}

// NetworkStatus is what [Status] found.
type NetworkStatus struct {
	Dir       string          `json:"dir"`
	Processes []ProcessStatus `json:"processes"` // in the order of start
}

// Up reports whether every process is alive and healthy.
func (s NetworkStatus) Up() bool {
	for _, p := range s.Processes {
		if !p.Healthy {
			return false
		}
	}
	return len(s.Processes) > 0
}

// Missing names the processes that are not healthy, separated by commas.
func (s NetworkStatus) Missing() string {
	var names []string
	for _, p := range s.Processes {
		if !p.Healthy {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}

// statusPatience is how long one server may take to answer.
const statusPatience = 3 * time.Second

// Status asks every process of the network in dir how it is. It changes nothing and takes no lock.
func Status(ctx context.Context, dir string) (NetworkStatus, error) {
	found, err := Find(dir)
	if err != nil {
		return NetworkStatus{}, err
	}
	d := directory(found)
	p, err := d.readPlan()
	if err != nil {
		return NetworkStatus{}, err
	}
	s, err := newSupervisor(d, nil)
	if err != nil {
		return NetworkStatus{}, err
	}
	status := NetworkStatus{Dir: found}
	for _, server := range servers(p.Ports) {
		status.Processes = append(status.Processes, s.examine(ctx, server))
	}
	return status, nil
}

// server is a process of a network and how to ask whether it is well.
type server struct {
	name, url string
	probe     func(context.Context) error
}

func servers(p Ports) []server {
	chain := "http://" + loopback(p.HTTP)
	list := []server{{"devnet", chain, func(ctx context.Context) error {
		_, err := chainID(ctx, chain)
		return err
	}}}
	for i, port := range p.Keyholders {
		url := "http://" + loopback(port)
		list = append(list, server{keyholderName(i + 1), url, func(ctx context.Context) error {
			_, err := ServedKeys(ctx, url)
			return err
		}})
	}
	jobs := "http://" + loopback(p.Jobs)
	return append(list, server{"serve", jobs, func(ctx context.Context) error {
		_, err := api.NewClient(jobs).Health(ctx)
		return err
	}})
}

func (s *supervisor) examine(ctx context.Context, server server) ProcessStatus {
	status := ProcessStatus{Name: server.name, URL: server.url, Log: s.dir.path("logs", server.name+".log")}
	p, alive := s.running(server.name)
	if !alive {
		status.Problem = "not started"
		if s.started(server.name) {
			status.Problem = "died"
			status.LastLines = lastLines(status.Log, 5)
		}
		return status
	}
	status.PID, status.Alive = p.PID, true
	ctx, cancel := context.WithTimeout(ctx, statusPatience)
	defer cancel()
	if err := server.probe(ctx); err != nil {
		status.Problem = err.Error()
		return status
	}
	status.Healthy = true
	return status
}
