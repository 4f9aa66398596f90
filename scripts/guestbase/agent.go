// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	escrinModule = "github.com/escrin/escrin"
	agentPackage = escrinModule + "/cmd/escrin-guest"
	// gatewayPackage is the program of guests with a network.
	gatewayPackage = escrinModule + "/cmd/escrin-guest-gateway"
)

// agentSettings are all settings that the build information of the agent, and of the gateway, may show.
func agentSettings() map[string]string {
	return map[string]string{
		"-buildmode": "exe", "-compiler": "gc", "-trimpath": "true",
		"CGO_ENABLED": "0", "GOOS": "linux", "GOARCH": "amd64", "GOAMD64": "v1",
	}
}

// runtimeSettings are Go's runtime's, as the go command hands over a program's own: threads are not interrupted by signals, mappings have
// no names, and allocations are not sampled. All three are code that a short life has no use for. A goroutine that has run for long makes way for others, and for the collector, at its
// next call then; what runs long here calls all the time, and loops without a call are short.
const runtimeSettings = "asyncpreemptoff=1,decoratemappings=0,memprofilerate=0"

// buildFlags are the flags of the programs' build. Functions are inlined everywhere, as the compiler has it: that costs 50 kB, and a boot runs
// 1,400 blocks of code less.
func buildFlags() []string {
	return []string{"-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags=-s -w -buildid= -funcalign=1 -X=runtime.godebugDefault=" + runtimeSettings}
}

// buildProgram builds a program of the guest with the toolchain that go.mod names and checks that it was built so.
func buildProgram(work, name string) (program []byte, toolchain string, err error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, "", err
	}
	if toolchain, err = pinnedToolchain(root); err != nil {
		return nil, "", err
	}
	out := filepath.Join(work, filepath.Base(name))
	cmd := exec.Command("go", append(append([]string{"build"}, buildFlags()...), "-o", out, name)...)
	cmd.Dir = root
	if cmd.Env, err = buildEnvironment(root, toolchain); err != nil {
		return nil, "", err
	}
	if report, err := cmd.CombinedOutput(); err != nil {
		return nil, "", fmt.Errorf("build %s with %s: %w\n%s", name, toolchain, err, report)
	}
	if program, err = os.ReadFile(out); err != nil {
		return nil, "", err
	}
	return program, toolchain, checkBuild(program, name, toolchain)
}

// checkBuild reads from a program how it was built.
func checkBuild(program []byte, name, toolchain string) error {
	info, err := buildinfo.Read(bytes.NewReader(program))
	if err != nil {
		return fmt.Errorf("read the build information of %s: %w", name, err)
	}
	if info.Path != name {
		return fmt.Errorf("the program is %s, not %s", info.Path, name)
	}
	if info.GoVersion != toolchain {
		return fmt.Errorf("%s was built with %s, but go.mod pins %s", name, info.GoVersion, toolchain)
	}
	want := agentSettings()
	for _, s := range info.Settings {
		if value, ok := want[s.Key]; !ok || value != s.Value {
			return fmt.Errorf("%s was built with %s=%s", name, s.Key, s.Value)
		}
		delete(want, s.Key)
	}
	if !bytes.Contains(program, []byte(runtimeSettings)) { // the linker says nothing of a variable that it does not find
		return fmt.Errorf("%s was built without %s", name, runtimeSettings)
	}
	if len(want) > 0 {
		return fmt.Errorf("the build information of %s lacks %v", name, want)
	}
	return nil
}

// pinnedToolchain is the version in the toolchain line of go.mod, such as go1.26.8.
func pinnedToolchain(root string) (string, error) {
	out, err := exec.Command("go", "mod", "edit", "-json", filepath.Join(root, "go.mod")).Output()
	if err != nil {
		return "", fmt.Errorf("read go.mod: %w", err)
	}
	var mod struct{ Toolchain string }
	if err := json.Unmarshal(out, &mod); err != nil {
		return "", err
	}
	if mod.Toolchain == "" {
		return "", errors.New("go.mod has no toolchain line")
	}
	return mod.Toolchain, nil
}

// buildEnvironment is deaf to the user's own settings but those that say where modules come from and are kept.
// The go command fetches the toolchain like a module where the installed one is another.
func buildEnvironment(root, toolchain string) ([]string, error) {
	keep := []string{"GOPROXY", "GOSUMDB", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE", "GOAUTH", "GOPATH", "GOMODCACHE", "GOCACHE"}
	cmd := exec.Command("go", append([]string{"env", "-json"}, keep...)...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("read the user's Go settings: %w", err)
	}
	var user map[string]string
	if err := json.Unmarshal(out, &user); err != nil {
		return nil, err
	}
	var env []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "GO") && !strings.HasPrefix(variable, "CGO_") {
			env = append(env, variable)
		}
	}
	for _, name := range keep {
		env = append(env, name+"="+user[name])
	}
	return append(env, "GOENV=off", "GOWORK=off", "GOTOOLCHAIN="+toolchain,
		"CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOAMD64=v1"), nil
}

// moduleRoot is the directory of the escrin module that the program was started in.
func moduleRoot() (string, error) {
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", escrinModule)
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off") // the user's may not suit
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("find the escrin module: %w; start guestbase inside it", err)
	}
	return strings.TrimSpace(string(out)), nil
}
