// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/escrin/escrin/jobs/durable"
)

// Holders is the number of keyholders of a dev network, Threshold how many of them must answer.
const (
	Holders   = 3
	Threshold = 2
)

// Ports are the loopback TCP ports of a dev network, one per server.
type Ports struct {
	HTTP       int          `json:"http"`
	WS         int          `json:"ws"`
	Registry   int          `json:"registry"`
	Jobs       int          `json:"jobs"`
	Keyholders [Holders]int `json:"keyholders"`
}

// DefaultPorts are the ports that the documentation names.
func DefaultPorts() Ports {
	return Ports{HTTP: 8545, WS: 8546, Registry: 5000, Jobs: 1057, Keyholders: [Holders]int{1075, 1076, 1077}}
}

// ParsePorts reads the value of --ports: "" is [DefaultPorts], "auto" picks seven ports that are free now,
// and a number is the first of seven consecutive ports.
func ParsePorts(s string) (Ports, error) {
	switch s {
	case "":
		return DefaultPorts(), nil
	case "auto":
		return freePorts()
	}
	base, err := strconv.ParseUint(s, 10, 16)
	if err != nil || base == 0 || base > 65535-6 {
		return Ports{}, fmt.Errorf("cannot use %q as ports: not a number from 1 to 65529 and not \"auto\"", s)
	}
	b := int(base)
	return Ports{HTTP: b, WS: b + 1, Registry: b + 2, Keyholders: [Holders]int{b + 3, b + 4, b + 5}, Jobs: b + 6}, nil
}

// freePorts holds seven listeners open at once, so that the ports differ, and closes them again.
func freePorts() (Ports, error) {
	var found [4 + Holders]int
	for i := range found {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return Ports{}, fmt.Errorf("find free port: %w", err)
		}
		defer l.Close()
		found[i] = l.Addr().(*net.TCPAddr).Port
	}
	return Ports{HTTP: found[0], WS: found[1], Registry: found[2], Jobs: found[3],
		Keyholders: [Holders]int(found[4:])}, nil
}

// free reports whether nothing listens on a loopback port.
func free(port int) bool {
	l, err := net.Listen("tcp", loopback(port))
	if err != nil {
		return false
	}
	l.Close()
	return true
}

// namedPort is a port and the server that listens on it.
type namedPort struct {
	name string
	port int
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

func keyholderName(index int) string { return "keyholder-" + strconv.Itoa(index) }

// planVersion is that of networks whose keyholders make their key on the chain. Before, they made it among themselves.
const planVersion = 2

// plan is decided once, before a network's first process starts, and read by every later call.
type plan struct {
	Version int   `json:"version"`
	Ports   Ports `json:"ports"`
}

func (d directory) readPlan() (plan, error) {
	var p plan
	b, err := os.ReadFile(d.path("plan.json"))
	if err != nil {
		return plan{}, err
	}
	if err := json.Unmarshal(b, &p); err != nil {
		return plan{}, fmt.Errorf("read %s: %w", d.path("plan.json"), err)
	}
	if p.Version < 1 || p.Version > planVersion {
		return plan{}, fmt.Errorf("read %s: cannot use a plan of version %d: this escrin knows versions up to %d", d.path("plan.json"), p.Version, planVersion)
	}
	return p, nil
}

// OldNetworkError says that a network was made by an earlier escrin, whose keyholders and contracts these programs cannot
// go on with.
type OldNetworkError struct{ Dir string }

func (e *OldNetworkError) Error() string {
	return fmt.Sprintf("cannot start the network in %s: it was made by an earlier escrin, whose keyholders made their key in another way", e.Dir)
}

// Hint says what to do.
func (e *OldNetworkError) Hint() string {
	return "delete it, with its chain and its keys, with `escrin dev reset`; or make another beside it: `escrin dev up --dir DIR --ports auto`"
}

// settlePlan reads the plan, or makes it from the ports asked for. Ports that differ from an existing plan's
// are refused: contracts and key shares of the network are bound to it.
func (d directory) settlePlan(ports string) (plan, error) {
	p, err := d.readPlan()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		asked, err := ParsePorts(ports)
		if err != nil {
			return plan{}, err
		}
		p = plan{Version: planVersion, Ports: asked}
		return p, d.writeJSON("plan.json", p, 0o600)
	case err != nil:
		return plan{}, err
	case p.Version < planVersion:
		return plan{}, &OldNetworkError{Dir: string(d)}
	case ports == "" || ports == "auto":
		return p, nil
	}
	asked, err := ParsePorts(ports)
	if err != nil {
		return plan{}, err
	}
	if asked != p.Ports {
		return plan{}, fmt.Errorf("cannot move the network to port %d: it was made with port %d for the chain", asked.HTTP, p.Ports.HTTP)
	}
	return p, nil
}

// directory is the state directory of one dev network: an absolute path.
type directory string

func (d directory) path(elem ...string) string {
	return filepath.Join(append([]string{string(d)}, elem...)...)
}

func (d directory) writeJSON(name string, v any, mode os.FileMode) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	return durable.WriteFile(d.path(name), append(b, '\n'), mode)
}
