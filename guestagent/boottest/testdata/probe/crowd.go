// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
)

// crowd takes the memory that it may have, all but what the program itself needs, and then has the agent write outputs: that
// many bytes which are not in the container's own count. It leaves the first three.
func crowd([]string) {
	const own, outputs = 40 << 20, 7
	spare := cgroupNumber("memory.max") - cgroupNumber("memory.current") - own
	fmt.Println("room", spare > 100<<20)
	file, err := os.Create("/tmp/fill")
	if err == nil {
		_, err = io.Copy(file, io.LimitReader(pattern{}, spare))
	}
	fmt.Println("filled", err)
	body := bytes.Repeat([]byte{7}, 8<<20)
	var all sync.WaitGroup
	var answers [outputs]string
	for i := range outputs {
		all.Go(func() { answers[i] = putOutput(fmt.Sprint("o", i), body) })
	}
	all.Wait()
	fmt.Println(strings.Join(answers[:], "\n"))
	for i := 3; i < outputs; i++ {
		_ = os.Remove(fmt.Sprint("/output/o", i))
	}
	os.Exit(3)
}

// pattern is an endless file of no zero pages.
type pattern struct{}

func (pattern) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(i) | 1
	}
	return len(b), nil
}

func cgroupNumber(file string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(string(whole("/sys/fs/cgroup/"+file))), 10, 64)
	return n
}

// putOutput has the agent write an output, and returns the first line of its answer.
func putOutput(name string, body []byte) string {
	c, err := net.Dial("unix", agentSocket)
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	fmt.Fprintf(c, "PUT /v1/outputs/%s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", name, os.Getenv("ESCRIN_CAPABILITY"), len(body))
	_, _ = c.Write(body)
	answer, _ := io.ReadAll(c)
	line, _, _ := strings.Cut(string(answer), "\r\n")
	return line
}
