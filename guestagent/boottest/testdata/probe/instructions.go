// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

func call32()
func callVsyscall()
func readPort()
func readMSR()
func readCounter()
func halt()
func maskInterrupts()
func callX32()

// instructions are those that only the kernel may execute, and the doors that are bricked up.
func instructions() map[string]func() {
	return map[string]func(){
		"int 0x80": call32, "vsyscall": callVsyscall, "in": readPort, "rdmsr": readMSR, "rdpmc": readCounter,
		"hlt": halt, "cli": maskInterrupts, "x32": callX32,
	}
}

// instruction executes one; surviving is what is reported by status 0.
func instruction(args []string) {
	instructions()[args[0]]()
	os.Exit(0)
}

// execute runs an instruction in a process of its own, for the processor's answer is a signal. The Go runtime, which
// takes the signal, ends with status 2.
func execute(name string) func() error {
	return func() error {
		cmd := exec.Command("/proc/self/exe", "instruction", name)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Start(); err != nil {
			return err
		}
		killed := time.AfterFunc(3*time.Second, func() { _ = cmd.Process.Kill() }) // the filter ends the thread alone
		err := cmd.Wait()
		killed.Stop()
		if err == nil {
			return nil
		}
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return fmt.Errorf("%s", status.Signal())
		}
		return fmt.Errorf("%s", firstWords(said.String()))
	}
}

func firstWords(s string) string {
	for i, r := range s {
		if r == ':' || r == '\n' {
			return s[:i]
		}
	}
	return s
}
