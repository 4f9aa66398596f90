// SPDX-License-Identifier: Apache-2.0

// Package oci has the fields of the OCI runtime specification's configuration (config.md and config-linux.md, version 1.2) that a
// guest uses, by their names there. The specification's own Go types name all platforms' fields; to learn of them
// takes an emulated guest longer than to write what it needs.
package oci

// Version is the version of the specification.
const Version = "1.2.0"

// Spec is a container's configuration.
type Spec struct {
	Version     string            `json:"ociVersion"`
	Process     *Process          `json:"process,omitempty"`
	Root        *Root             `json:"root,omitempty"`
	Hostname    string            `json:"hostname,omitempty"`
	Mounts      []Mount           `json:"mounts,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"` // run.oci.* are crun's
	Linux       *Linux            `json:"linux,omitempty"`
}

// Process is a container's first process.
type Process struct {
	Terminal        bool          `json:"terminal,omitempty"`
	ConsoleSize     *Box          `json:"consoleSize,omitempty"`
	User            User          `json:"user"`
	Args            []string      `json:"args,omitempty"`
	Env             []string      `json:"env,omitempty"`
	Cwd             string        `json:"cwd"`
	Capabilities    *Capabilities `json:"capabilities,omitempty"`
	Rlimits         []Rlimit      `json:"rlimits,omitempty"`
	NoNewPrivileges bool          `json:"noNewPrivileges,omitempty"`
	OOMScoreAdj     *int          `json:"oomScoreAdj,omitempty"`
	Scheduler       *Scheduler    `json:"scheduler,omitempty"`
}

// Scheduler is how the process gets its share of the processor.
type Scheduler struct {
	Policy string `json:"policy"` // e.g. SCHED_OTHER
}

// Box is the size of a terminal in characters.
type Box struct {
	Height uint `json:"height"`
	Width  uint `json:"width"`
}

// User is whose the process is.
type User struct {
	UID            uint32   `json:"uid"`
	GID            uint32   `json:"gid"`
	AdditionalGids []uint32 `json:"additionalGids,omitempty"`
}

// Capabilities are sets of names like CAP_KILL.
type Capabilities struct {
	Bounding  []string `json:"bounding,omitempty"`
	Effective []string `json:"effective,omitempty"`
	Permitted []string `json:"permitted,omitempty"`
}

// Rlimit is a limit like RLIMIT_NOFILE.
type Rlimit struct {
	Type string `json:"type"`
	Hard uint64 `json:"hard"`
	Soft uint64 `json:"soft"`
}

// Root is the root file system.
type Root struct {
	Path     string `json:"path"`
	Readonly bool   `json:"readonly,omitempty"`
}

// Mount is a file system below the root.
type Mount struct {
	Destination string   `json:"destination"`
	Type        string   `json:"type,omitempty"`
	Source      string   `json:"source,omitempty"`
	Options     []string `json:"options,omitempty"`
}

// Linux is what only Linux has.
type Linux struct {
	Resources     *Resources  `json:"resources,omitempty"`
	CgroupsPath   string      `json:"cgroupsPath,omitempty"`
	Namespaces    []Namespace `json:"namespaces,omitempty"`
	MaskedPaths   []string    `json:"maskedPaths,omitempty"`
	ReadonlyPaths []string    `json:"readonlyPaths,omitempty"`
}

// Resources are the limits of the container's control group.
type Resources struct {
	Devices []Device `json:"devices,omitempty"`
	Memory  *Memory  `json:"memory,omitempty"`
	Pids    *Pids    `json:"pids,omitempty"`
}

// Device is a rule for device nodes.
type Device struct {
	Allow  bool   `json:"allow"`
	Access string `json:"access,omitempty"`
}

// Memory has limits in bytes.
type Memory struct {
	Limit *int64 `json:"limit,omitempty"`
	Swap  *int64 `json:"swap,omitempty"` // memory and swap together
}

// Pids bounds the number of processes.
type Pids struct {
	Limit int64 `json:"limit"`
}

// Namespace is a new one, or with a path the one that is there.
type Namespace struct {
	Type NamespaceType `json:"type"`
	Path string        `json:"path,omitempty"`
}

// NamespaceType is a kind of namespace.
type NamespaceType string

// The kinds.
const (
	PIDNamespace     NamespaceType = "pid"
	NetworkNamespace NamespaceType = "network"
	MountNamespace   NamespaceType = "mount"
	IPCNamespace     NamespaceType = "ipc"
	UTSNamespace     NamespaceType = "uts"
	CgroupNamespace  NamespaceType = "cgroup"
)
