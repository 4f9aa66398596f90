// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// openTerminal makes a pseudo-terminal that passes every byte on as it is, and returns both ends.
func openTerminal(size Window) (outer, inner *os.File, err error) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("open terminal: %w", err)
	}
	outer = os.NewFile(uintptr(fd), "terminal") // non-blocking, so that Close ends a Read
	if inner, err = openInner(fd); err == nil {
		err = resize(outer, size)
	}
	if err != nil {
		outer.Close()
		return nil, nil, fmt.Errorf("open terminal: %w", err)
	}
	return outer, inner, nil
}

func openInner(outer int) (*os.File, error) {
	if err := unix.IoctlSetPointerInt(outer, unix.TIOCSPTLCK, 0); err != nil {
		return nil, err
	}
	fd, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(outer), unix.TIOCGPTPEER, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC)
	if errno != 0 {
		return nil, errno
	}
	settings, err := unix.IoctlGetTermios(int(fd), unix.TCGETS)
	if err == nil { // as cfmakeraw does
		settings.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
		settings.Oflag &^= unix.OPOST
		settings.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
		err = unix.IoctlSetTermios(int(fd), unix.TCSETS, settings)
	}
	if err != nil {
		unix.Close(int(fd))
		return nil, err
	}
	return os.NewFile(fd, "terminal"), nil
}

// resize tells the terminal its size, and those who use it that it changed.
func resize(terminal *os.File, w Window) error {
	conn, err := terminal.SyscallConn()
	if err != nil {
		return err
	}
	var failure error
	err = conn.Control(func(fd uintptr) {
		failure = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: w.Rows, Col: w.Columns})
	})
	return errors.Join(err, failure)
}
