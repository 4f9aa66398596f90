// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// planted is the mark of everything that is left for the next task. It is put together here, so that the program's own text
// does not have it.
func planted() string { return strings.Join([]string{"left", "for", "the", "next"}, "-") }

// leave looks for what a task before left, leaves the same wherever it can, and looks again: the second look is the control of the
// first.
func leave([]string) {
	before := look()
	for _, name := range before {
		fmt.Println("before", name)
	}
	word, _ := os.ReadFile("/input/word")
	text := planted() + " " + string(word) + "\n"
	plantFiles(text)
	plantElsewhere(text)
	after := look()
	for _, name := range after {
		fmt.Println("after", name)
	}
	fmt.Println("== end")
}

// plantFiles makes a file in each directory and appends to each file.
func plantFiles(text string) {
	_ = filepath.WalkDir("/", func(name string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return filepath.SkipDir
		case name == "/proc" || name == "/sys" || name == "/dev/pts":
			return filepath.SkipDir
		case d.IsDir():
			_ = os.WriteFile(filepath.Join(name, "."+planted()), []byte(text), 0o644)
			_ = unix.Mkfifo(filepath.Join(name, planted()+"-fifo"), 0o666)
			_ = unix.Setxattr(name, "user."+planted(), []byte(text), 0)
			_ = unix.Setxattr(name, "trusted."+planted(), []byte(text), 0)
		case d.Type().IsRegular() && name != "/probe":
			if f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0); err == nil {
				_, _ = f.WriteString(text)
				f.Close()
			}
		}
		return nil
	})
}

// listening are sockets that are not closed.
var listening []net.Listener

// plantElsewhere leaves what is in no file system: processes, memory, sockets, queues and names.
func plantElsewhere(text string) {
	if id, err := unix.SysvShmGet(0x1eaf, 1<<20, 0o1666); err == nil {
		if shared, err := unix.SysvShmAttach(id, 0, 0); err == nil {
			copy(shared, text)
		}
	}
	_, _, _ = unix.Syscall(unix.SYS_SEMGET, 0x1eaf, 1, 0o1666)
	if id, _, e := unix.Syscall(unix.SYS_MSGGET, 0x1eaf, 0o1666, 0); e == 0 {
		message := append(make([]byte, 8, 64), text...)
		message[0] = 1
		_, _, _ = unix.Syscall6(unix.SYS_MSGSND, id, uintptr(ptr(message)), uintptr(len(text)), unix.IPC_NOWAIT, 0, 0)
	}
	_, _ = unix.AddKey("user", planted(), []byte(text), -4)
	_ = unix.Sethostname([]byte(planted()))
	for _, at := range [][2]string{{"unix", "@" + planted()}, {"tcp", "127.0.0.1:4444"}} {
		l, err := net.Listen(at[0], at[1])
		if err != nil {
			fmt.Println("listen", err)
		}
		listening = append(listening, l)
	}
	_ = os.WriteFile("/sys/fs/cgroup/"+planted(), []byte(text), 0o644)
	_ = os.Mkdir("/sys/fs/cgroup/"+planted(), 0o755)
	for range 3 { // that outlive this one, each in a session of its own
		cmd := exec.Command("/proc/self/exe", "linger", planted())
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if err := cmd.Start(); err != nil {
			fmt.Println("start", err)
		}
	}
	hoard := bytes.Repeat([]byte(text), (64<<20)/len(text)) // as memory is handed on
	time.Sleep(100 * time.Millisecond)                      // for the three to be seen
	hoard[0]++
}

// look lists what has the mark.
func look() (found []string) {
	mark := planted()
	note := func(name string, content []byte) {
		if bytes.Contains(content, []byte(mark)) || strings.Contains(name, mark) {
			found = append(found, name)
		}
	}
	_ = filepath.WalkDir("/", func(name string, d os.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if name == "/sys" || name == "/proc" {
			return filepath.SkipDir
		}
		var content []byte
		if d.Type().IsRegular() {
			content = whole(name)
		}
		note(name, content)
		return nil
	})
	lookInKernel(note)
	return found
}

// lookInKernel looks at what is in no file.
func lookInKernel(note func(string, []byte)) {
	for _, name := range []string{"/proc/net/unix", "/proc/sys/kernel/hostname", "/proc/self/environ", "/proc/self/mountinfo", "/proc/keys"} {
		note(name, whole(name))
	}
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range lines {
		note("a process", whole(name))
	}
	groups, _ := filepath.Glob("/sys/fs/cgroup/*")
	for _, name := range groups {
		note(name, nil)
	}
	for _, kind := range []struct {
		name string
		get  uintptr
	}{{"shared memory", unix.SYS_SHMGET}, {"semaphores", unix.SYS_SEMGET}, {"messages", unix.SYS_MSGGET}} {
		if _, _, e := unix.Syscall(kind.get, 0x1eaf, 0, 0); e == 0 {
			note(kind.name+" "+planted(), nil)
		}
	}
	if c, err := net.DialTimeout("tcp", "127.0.0.1:4444", time.Second); err == nil {
		c.Close()
		note("port "+planted(), nil)
	}
	fresh := make([]byte, 128<<20)
	if !bytes.Equal(fresh, make([]byte, len(fresh))) {
		note("memory "+planted(), nil)
	}
}

// whole is up to a MiB of a file.
func whole(name string) []byte {
	fd, err := unix.Open(name, unix.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	file := os.NewFile(uintptr(fd), name)
	defer file.Close()
	content, _ := io.ReadAll(io.LimitReader(file, 1<<20))
	if end, err := file.Seek(-64<<10, io.SeekEnd); err == nil && end > 1<<20 { // what was appended
		tail, _ := io.ReadAll(file)
		content = append(content, tail...)
	}
	return content
}
