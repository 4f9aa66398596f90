// SPDX-License-Identifier: Apache-2.0

package qemu

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Process is a running guest.
type Process struct {
	link    net.Conn
	network net.Conn // nil without one
	started time.Time
	cmd     *exec.Cmd
	done    chan struct{}
	err     error // valid after done is closed
}

// Start starts the machine. What the guest writes to its serial line goes to console, which must not block for
// long: give it a Console. The guest dies with the calling process, however that ends, kill -9 included.
func (b Binary) Start(m Machine, console io.Writer) (*Process, error) {
	unpacked, err := m.unpack()
	defer func() {
		for _, f := range unpacked {
			f.Close()
		}
	}()
	if err != nil {
		return nil, fmt.Errorf("start QEMU: %w", err)
	}
	args, err := m.Args()
	if err != nil {
		return nil, err
	}
	sockets, err := openSockets(m)
	if err != nil {
		return nil, fmt.Errorf("start QEMU: make sockets: %w", err)
	}
	defer sockets.closeGuests()
	complaints := NewConsole(nil, maxComplaints)
	cmd := exec.Command(b.path, args...)
	cmd.Env = []string{"PATH=/usr/bin:/bin"}
	if m.Scratch {
		cmd.Env = append(cmd.Env, "TMPDIR="+filepath.Dir(m.Disk)) // of the file that QEMU makes and unlinks
	}
	cmd.Dir = "/"
	cmd.ExtraFiles = append(sockets.guests, unpacked...)
	cmd.Stdout = console
	cmd.Stderr = complaints
	cmd.WaitDelay = 5 * time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	p := &Process{link: sockets.hosts[0], cmd: cmd, done: make(chan struct{})}
	if m.Network {
		p.network = sockets.hosts[1]
	}
	if err := p.launch(complaints); err != nil {
		p.closeHosts()
		return nil, fmt.Errorf("start QEMU: %w", err)
	}
	return p, nil
}

// unpack opens what a machine starts with directly, and has the machine name it: the kernel's image, and an initrd that could be unpacked. A
// kernel that has no image to start with makes a machine that starts by the firmware.
func (m *Machine) unpack() (files []*os.File, err error) {
	if !m.Direct {
		return nil, nil
	}
	kernel, err := openDirect(m.Kernel)
	if errors.Is(err, ErrNotDirect) {
		m.Direct = false
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open kernel: %w", err)
	}
	files = []*os.File{kernel}
	if m.Initrd == "" {
		return files, nil
	}
	unpacked, err := openUnpacked(m.Initrd)
	if err != nil {
		return files, fmt.Errorf("open initrd: %w", err)
	}
	if unpacked != nil {
		m.Initrd = descriptor(m.kernelFD() + len(files))
		files = append(files, unpacked)
	}
	return files, nil
}

// maxComplaints bounds what is kept of QEMU's own messages, in bytes.
const maxComplaints = 8 << 10

// launch starts the command and waits for it on one locked thread: the kernel sends the death signal when the
// *thread* that started the child ends, so that thread has to live as long as the child.
func (p *Process) launch(complaints *Console) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		p.started = time.Now()
		err := p.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = explain(p.cmd.Wait(), complaints)
		close(p.done)
	}()
	return <-started
}

// explain adds the last thing QEMU said to an exit status that is not 0.
func explain(err error, complaints *Console) error {
	if err == nil {
		return nil
	}
	if said := strings.Join(strings.Fields(complaints.Tail()), " "); said != "" {
		return fmt.Errorf("QEMU: %w: %s", err, said)
	}
	return fmt.Errorf("QEMU: %w", err)
}

// Link is the host's end of the guest's virtio-serial port.
func (p *Process) Link() net.Conn { return p.link }

// Network is the host's end of the port for the workload's network; nil if the machine has none.
func (p *Process) Network() net.Conn { return p.network }

func (p *Process) closeHosts() {
	p.link.Close()
	if p.network != nil {
		p.network.Close()
	}
}

// Started is when QEMU was started.
func (p *Process) Started() time.Time { return p.started }

// Done is closed when QEMU has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits until QEMU has ended, closes the link, and returns nil if the guest powered itself off or rebooted
// (which ends it too).
func (p *Process) Wait() error {
	<-p.done
	p.closeHosts()
	return p.err
}

// Stop kills QEMU and waits until it has ended. Nothing of a guest is worth a clean shutdown: its disk is
// read-only. Stopping an ended guest does nothing.
func (p *Process) Stop() {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return
	}
	p.Wait() // killed: the exit status says nothing new
}

// sockets are the pairs that a machine's ports are connected with, in the order of their descriptors.
type sockets struct {
	hosts  []net.Conn
	guests []*os.File
}

func openSockets(m Machine) (s sockets, err error) {
	count := 1
	if m.Network {
		count++
	}
	for range count {
		host, guest, err := socketPair()
		if err != nil {
			s.closeGuests()
			for _, h := range s.hosts {
				h.Close()
			}
			return sockets{}, err
		}
		s.hosts, s.guests = append(s.hosts, host), append(s.guests, guest)
	}
	return s, nil
}

func (s sockets) closeGuests() {
	for _, g := range s.guests {
		g.Close()
	}
}

// socketPair makes the two ends of a port.
func socketPair() (host net.Conn, guest *os.File, err error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	guest = os.NewFile(uintptr(fds[1]), "link-guest")
	f := os.NewFile(uintptr(fds[0]), "link-host")
	defer f.Close()
	host, err = net.FileConn(f) // duplicates the descriptor
	if err != nil {
		return nil, nil, errors.Join(err, guest.Close())
	}
	return host, guest, nil
}

// Console keeps what a guest (which is hostile) writes: the first max bytes go to a file, the last few KiB stay
// in memory for error messages, the rest is dropped. It is safe for concurrent use and never fails.
type Console struct {
	mu   sync.Mutex
	w    io.Writer
	left int64
	tail []byte
}

const tailSize = 4 << 10

// NewConsole makes a console that writes at most max bytes to w; w may be nil.
func NewConsole(w io.Writer, max int64) *Console { return &Console{w: w, left: max} }

// Write takes all of b and reports no error, even when nothing is kept.
func (c *Console) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if keep := b[:min(int64(len(b)), c.left)]; c.w != nil && len(keep) > 0 {
		if _, err := c.w.Write(keep); err != nil {
			c.w = nil
		}
		c.left -= int64(len(keep))
	}
	c.tail = append(c.tail, b[max(0, len(b)-tailSize):]...)
	c.tail = append([]byte(nil), c.tail[max(0, len(c.tail)-tailSize):]...)
	return len(b), nil
}

// Tail is the last thing that was written, at most 4 KiB, printable: every other character is a space.
func (c *Console) Tail() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Map(func(r rune) rune {
		if r != '\n' && (r < ' ' || r > '~') {
			return ' '
		}
		return r
	}, string(c.tail))
}
