// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/escrin/escrin/guestagent/task"
)

const (
	// MaxVolumes is the largest number of volumes.
	MaxVolumes = 64
	// MaxSecrets is the largest number of secrets: each is an input.
	MaxSecrets = task.MaxInputs
)

// Validate requires the name of an input, and either a path that does not hide the system or the interface, or the
// name of a variable that no loader, shell or language runtime takes as an instruction.
func (s Secret) Validate() error {
	if !task.ValidName(s.Name) {
		return fmt.Errorf("secrets: %q is not a name of an input", s.Name)
	}
	if (s.Path == "") == (s.Env == "") {
		return fmt.Errorf("secret %s: want either path or env", s.Name)
	}
	if s.Path != "" {
		return validTarget("secret "+s.Name, s.Path)
	}
	if !ValidVariable(s.Env) {
		return fmt.Errorf("secret %s: %q is not a name of a variable", s.Name, s.Env)
	}
	if ControlsPrograms(s.Env) {
		return fmt.Errorf("secret %s: %s tells programs what to run, and is not for secrets", s.Name, s.Env)
	}
	return nil
}

func (c Container) validSecrets() error {
	if c.Secrets == nil || len(c.Secrets) > MaxSecrets {
		return fmt.Errorf("secrets: want a list of at most %d", MaxSecrets)
	}
	var taken []string // variables and paths that have their value
	for _, e := range c.Process.Env {
		name, _, _ := strings.Cut(e, "=")
		taken = append(taken, name)
	}
	for _, v := range c.Volumes {
		taken = append(taken, v.Path)
	}
	for i, s := range c.Secrets {
		if err := s.Validate(); err != nil {
			return err
		}
		if i > 0 && s.Name <= c.Secrets[i-1].Name {
			return errors.New("secrets must be sorted by name, and names unique")
		}
		if slices.Contains(taken, s.Path+s.Env) {
			return fmt.Errorf("secret %s: %s is taken", s.Name, s.Path+s.Env)
		}
		taken = append(taken, s.Path+s.Env)
	}
	return nil
}

// ValidVariable says whether a variable may have this name: letters, digits and underscores, no digit first.
func ValidVariable(name string) bool {
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	other := func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || digit(r) || r == '_') }
	return name != "" && len(name) <= maxVariable && !digit(rune(name[0])) && !strings.ContainsFunc(name, other)
}

const maxVariable = 128 // bytes of a variable's name

// ControlsPrograms says whether the dynamic loader, the C library, a shell or a language runtime takes the value of a
// variable as code, as a place to load code from, or as an option. What is not measured must not be there (IMG-16).
func ControlsPrograms(variable string) bool {
	begins := func(prefix string) bool { return strings.HasPrefix(variable, prefix) }
	ends := func(suffix string) bool { return strings.HasSuffix(variable, suffix) }
	return slices.ContainsFunc([]string{"LD_", "DYLD_", "GLIBC_", "MALLOC_", "BASH", "PYTHON", "PERL", "LUA_", "DOTNET_", "COMPlus_", "CORECLR_",
		"MONO_", "OPENSSL_", "GIT_CONFIG", "NODE_", "GEM_", "BUNDLE_", "ERL_", "R_", "JULIA_", "GUILE_", "OPENJ9_"}, begins) ||
		slices.ContainsFunc([]string{"_OPTIONS", "_OPTS", "_PRELOAD", "_LOAD_PATH"}, ends) ||
		slices.Contains([]string{"PATH", "ENV", "IFS", "CDPATH", "SHELL", "SHELLOPTS", "PS4", "PROMPT_COMMAND", "ZDOTDIR", "HOME", "TMPDIR",
			"RUBYOPT", "RUBYLIB", "CLASSPATH", "PHPRC", "PHP_INI_SCAN_DIR", "TCLLIBPATH", "OMP_TOOL_LIBRARIES", "GODEBUG", "GOCOVERDIR",
			"GIT_SSH", "GIT_SSH_COMMAND", "GIT_EXEC_PATH", "GCONV_PATH", "LOCPATH", "MUSL_LOCPATH", "NLSPATH", "TZDIR", "TERMINFO",
			"HOSTALIASES", "LOCALDOMAIN", "GTK_MODULES", "QT_PLUGIN_PATH", "EDITOR", "VISUAL", "PAGER", "LESSOPEN", "BROWSER",
			"SSLKEYLOGFILE"}, variable)
}
