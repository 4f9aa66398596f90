// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"errors"
	"io"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/child"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/gateway/plan"
	"github.com/escrin/escrin/guestagent/session"
)

const (
	gatewayRoot   = "/gateway" // folder of the initrd with the program "gateway" and nothing else
	gatewayGroup  = cgroupPath + "/gateway"
	gatewayID     = 65533 // user and group, nobody else's in the guest
	gatewayMiB    = 128   // of memory that it may take
	gatewayPids   = 64
	gatewayClones = unix.CLONE_NEWPID | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWNS

	// networkPort is the name of the virtio-serial port of a gateway (package uplink, which has more than an agent wants).
	networkPort = "org.escrin.network"
)

// place is where the workload finds a destination.
type place struct {
	name    string
	address config.Address
	port    uint16
}

// placesOf gives each name an address of 198.18.0.0/24, which is reserved for benchmarks; an address stands for itself.
// Destinations are sorted by name, so that equal names are neighbours.
func placesOf(n config.Network) []place {
	places := make([]place, 0, len(n.Egress))
	next := config.Address{198, 18, 0, 1} // there are fewer destinations than addresses
	for i, d := range n.Egress {
		address, ok := config.ParseAddress(d.Name)
		if i > 0 && d.Name == n.Egress[i-1].Name {
			address = places[i-1].address
		} else if !ok {
			address = next
			next[3]++
		}
		places = append(places, place{d.Name, address, d.Port})
	}
	return places
}

func planOf(n config.Network, places []place, evidence []byte) plan.Plan {
	p := plan.Plan{Egress: []plan.Listener{}, Ingress: []plan.Service{}, Evidence: evidence}
	for _, at := range places {
		p.Egress = append(p.Egress, plan.Listener{Address: at.address.String(), Name: at.name, Port: at.port})
	}
	for _, s := range n.Ingress {
		p.Ingress = append(p.Ingress, plan.Service{Port: s.Port, To: s.To, TLS: s.TLS})
	}
	return p
}

// gatewayProcess is a gateway that was started.
type gatewayProcess struct {
	*child.Process
	channel *os.File      // to ask the agent
	ended   chan struct{} // closed when it has
}

// startGateway starts the gateway in the network namespace of this thread: without privileges, in a root directory that
// holds itself alone, with namespaces and limits of its own.
func startGateway(document []byte) (*gatewayProcess, error) {
	port, err := openPort(networkPort)
	if err != nil {
		return nil, err
	}
	defer port.Close()
	if err := limitGroup(gatewayGroup, gatewayMiB<<20, gatewayPids); err != nil {
		return nil, err
	}
	group, err := os.Open(gatewayGroup)
	if err != nil {
		return nil, err
	}
	defer group.Close()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	stdin, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer stdin.Close()
	go func() {
		_, _ = in.Write(document) // fails when the gateway has ended
		in.Close()
	}()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "gateway"), os.NewFile(uintptr(fds[1]), "agent")
	defer theirs.Close()
	started, err := child.Start("/gateway", []string{"gateway"}, []*os.File{stdin, null, null, port, theirs}, syscall.ProcAttr{Dir: "/", Sys: &syscall.SysProcAttr{
		Chroot: gatewayRoot, Credential: &syscall.Credential{Uid: gatewayID, Gid: gatewayID}, Cloneflags: gatewayClones,
		UseCgroupFD: true, CgroupFD: int(group.Fd()),
	}})
	if err != nil {
		ours.Close()
		return nil, err
	}
	g := &gatewayProcess{Process: started, channel: ours, ended: make(chan struct{})}
	go func() {
		_, _ = g.Wait() // that it has ended says all
		close(g.ended)
	}()
	return g, nil
}

// await waits until the gateway says that it listens.
func (g *gatewayProcess) await(limit time.Duration) error {
	if err := g.channel.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	if _, err := io.ReadFull(g.channel, make([]byte, 1)); err != nil {
		return errors.New("the gateway does not listen")
	}
	return g.channel.SetReadDeadline(time.Time{})
}

// notarize signs the gateway's statements until it has ended. All that it reads is of a fixed size, and whatever that is, its
// digest is that of a statement about a session, and nothing else that the key signs.
func (g *gatewayProcess) notarize(sign func(digest [32]byte) [65]byte) {
	for sign != nil {
		var statement [session.StatementSize]byte
		if _, err := io.ReadFull(g.channel, statement[:]); err != nil {
			return
		}
		signature := sign(session.Digest(statement))
		if _, err := g.channel.Write(signature[:]); err != nil {
			return
		}
	}
}

// stop ends the gateway and waits until it has.
func (g *gatewayProcess) stop() {
	g.Signal(unix.SIGKILL)
	<-g.ended
	g.channel.Close()
}
