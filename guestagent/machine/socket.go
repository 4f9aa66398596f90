// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"fmt"
	"os"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/api"
	"github.com/escrin/escrin/guestagent/http11"
	"github.com/escrin/escrin/guestagent/workload"
)

// socketPath is the socket that the containers have at workload.AgentSocket.
const socketPath = "/run/agent/socket"

// Listen makes the socket for the workload's requests.
func (Machine) Listen() (api.Listener, error) { return listen(socketPath, inWorkload) }

// socket is a listening unix socket. The standard library's would make the agent larger by half a megabyte.
type socket struct {
	fd    int
	admit func(pid int32) bool

	mu   sync.Mutex
	over bool // fd is closed, and may be of something else
}

// listen makes a socket that answers the processes that admit names.
func listen(path string, admit func(pid int32) bool) (*socket, error) {
	if err := os.MkdirAll(path[:strings.LastIndexByte(path, '/')], 0o700); err != nil {
		return nil, err
	}
	if err := unix.Unlink(path); err != nil && err != unix.ENOENT { // of the task before
		return nil, err
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	err = unix.Bind(fd, &unix.SockaddrUnix{Name: path})
	if err == nil {
		err = os.Chmod(path, 0o666) // of whichever user a container has; what counts is the capability
	}
	if err == nil {
		err = unix.Listen(fd, unix.SOMAXCONN)
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("listen at %s: %w", path, err)
	}
	return &socket{fd: fd, admit: admit}, nil
}

// Accept implements api.Listener. It hangs up on processes that are not the workload's.
func (s *socket) Accept() (http11.Conn, error) {
	for {
		fd, _, err := unix.Accept4(s.fd, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
		switch err {
		case nil:
		case unix.EINTR, unix.ECONNABORTED:
			continue
		default:
			s.end()
			return nil, fmt.Errorf("accept: %w", err)
		}
		peer, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
		if err == nil && s.admit(peer.Pid) {
			return os.NewFile(uintptr(fd), "workload"), nil
		}
		_ = unix.Close(fd)
	}
}

func (s *socket) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.over = unix.Close(s.fd) == nil
	}
}

// Close implements api.Listener. It ends Accept, which closes the descriptor.
func (s *socket) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return nil
	}
	return unix.Shutdown(s.fd, unix.SHUT_RDWR)
}

// inWorkload says whether a process is in a control group of the workload (AG-01).
func inWorkload(pid int32) bool {
	group, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	path, ok := strings.CutPrefix(strings.TrimSuffix(string(group), "\n"), "0::"+workload.Cgroup)
	return err == nil && ok && (path == "" || path[0] == '/') && !strings.Contains(path, "\n")
}
