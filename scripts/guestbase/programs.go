// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

const (
	agentPackage   = "github.com/escrin/escrin/cmd/escrin-guest"
	runtimePackage = "github.com/opencontainers/runc"
	runtimeModule  = "scripts/guestbase/runc"
	runtimeVersion = "1.5.2"
	runtimeTags    = "seccomp,netgo,osusergo"
	stripFlags     = "-s -w -buildid="
	staticFlags    = stripFlags + " -linkmode external -extldflags '-static -Wl,--build-id=none'"
)

// buildAgent builds PID 1 of the guest.
func buildAgent(work string) ([]byte, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	return goBuild(root, work, []string{"CGO_ENABLED=0"}, "-ldflags="+stripFlags, agentPackage)
}

// buildRuntime builds the container runtime, statically with libseccomp, or takes it from the cache.
func buildRuntime(in inputs, cache, work string) ([]byte, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(root, runtimeModule)
	library := filepath.Join(in.seccomp, "lib/x86_64-linux-gnu")
	key, err := cacheKey(filepath.Join(dir, "go.sum"), filepath.Join(library, "libseccomp.a"))
	if err != nil {
		return nil, err
	}
	cached := filepath.Join(cache, "runc-"+key)
	if program, err := os.ReadFile(cached); err == nil {
		return program, nil
	}
	env := []string{
		"CGO_ENABLED=1",
		"PKG_CONFIG=true", // finds nothing, so that only the flags below count
		"CGO_CFLAGS=-O2 -I" + filepath.Join(in.seccomp, "include"),
		"CGO_LDFLAGS=-L" + library + " -lseccomp",
	}
	program, err := goBuild(dir, work, env, "-tags="+runtimeTags, "-ldflags="+staticFlags, runtimePackage)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	return program, replaceFile(cached, program)
}

// goBuild builds one program in the module at dir, deaf to the user's own Go settings.
func goBuild(dir, work string, env []string, args ...string) ([]byte, error) {
	program := filepath.Join(work, "program")
	cmd := exec.Command("go", append([]string{"build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-o", program}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append([]string{
		"GOOS=linux", "GOARCH=amd64", "GOAMD64=v1", "GOFLAGS=", "GOEXPERIMENT=", "GOWORK=off", "GOFIPS140=off",
	}, env...)...)
	if report, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build %s: %w\n%s", args[len(args)-1], err, report)
	}
	return os.ReadFile(program)
}

// cacheKey names a build by the content of its inputs, its flags and its compilers.
func cacheKey(paths ...string) (string, error) {
	gcc, err := exec.Command("gcc", "--version").Output()
	if err != nil {
		return "", fmt.Errorf("run gcc: %w", err)
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n%s\n%s", runtimeVersion, runtime.Version(), gcc, runtimeTags, staticFlags)
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		sum := sha256.Sum256(content)
		h.Write(sum[:])
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// moduleRoot is the directory of the escrin module that the program was started in.
func moduleRoot() (string, error) {
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/escrin/escrin")
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off") // the user's may not suit
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("find the escrin module: %w; start guestbase inside it", err)
	}
	return strings.TrimSpace(string(out)), nil
}
