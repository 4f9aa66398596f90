// SPDX-License-Identifier: Apache-2.0

// Package workload runs the containers of a guest: it makes an OCI runtime configuration of each of the
// measured config's, starts the container runtime of the initrd, feeds and captures, and waits.
package workload

import (
	"path/filepath"
	"strings"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/workload/oci"
)

// Paths are the directories of the agent that a container is made of.
type Paths struct {
	Root    string   // the stacked root file system
	Input   string   // opened inputs, to be read; of the main container
	Output  string   // to be written; likewise
	Volumes []string // the content of each volume
	Secrets string   // a file for each secret that is not a variable, by name
	Agent   string   // the socket of the agent; likewise
	Cgroup  string   // control group

	Namespace string // network namespace, or "" for one with nothing in it
	Hosts     string // file with the names of what can be reached, or "" for the image's
}

// Secret is the file with this secret.
func (p Paths) Secret(name string) string { return filepath.Join(p.Secrets, name) }

// Hostname is the name of every guest.
const Hostname = "enclave"

// Cgroup is the control group of all containers, each of which has one of its own in it.
const Cgroup = "/workload"

// AgentSocket is where the main container finds the agent's socket (package api), and CapabilityVariable the variable of its
// environment that has the capability to be answered.
const (
	AgentSocket        = "/run/escrin/agent.sock"
	CapabilityVariable = "ESCRIN_CAPABILITY"
)

// Spec returns the OCI runtime configuration of a container. It grants what Docker grants by default
// and less: no new privileges, no device but the harmless ones, no network card, no set-up of its own mounts.
func Spec(c config.Container, bounds config.Bounds, p Paths, memoryLimit int64) oci.Spec {
	return oci.Spec{
		Version:     oci.Version,
		Root:        &oci.Root{Path: p.Root},
		Hostname:    Hostname,
		Process:     process(c),
		Mounts:      mounts(c, p),
		Annotations: map[string]string{seccompAnnotation: seccompFilter},
		Linux: &oci.Linux{
			CgroupsPath:   p.Cgroup,
			Namespaces:    namespaces(p.Namespace),
			Resources:     resources(bounds, memoryLimit),
			MaskedPaths:   maskedPaths(),
			ReadonlyPaths: readonlyPaths(),
		},
	}
}

// maxPID is how many processes there can be: PID_MAX_LIMIT of Linux's include/linux/threads.h.
const maxPID = 1 << 22

func process(c config.Container) *oci.Process {
	caps := capabilities()
	score := 0
	return &oci.Process{
		Args: c.Process.Args,
		Env:  c.Process.Env,
		Cwd:  c.Process.Cwd,
		User: oci.User{UID: c.Process.User.UID, GID: c.Process.User.GID, AdditionalGids: c.Process.User.AdditionalGIDs},
		Capabilities: &oci.Capabilities{
			Bounding: caps, Permitted: caps, Effective: effective(c.Process.User.UID, caps),
		},
		Rlimits: []oci.Rlimit{
			{Type: "RLIMIT_CORE"},
			{Type: "RLIMIT_NOFILE", Soft: 1024, Hard: 65536},
			{Type: "RLIMIT_NPROC", Soft: maxPID, Hard: maxPID}, // the kernel's own follows from the memory; the bound is maxProcesses
		},
		NoNewPrivileges: true,
		OOMScoreAdj:     &score,
		Scheduler:       &oci.Scheduler{Policy: "SCHED_OTHER"}, // whatever the runtime's own is
	}
}

// capabilities are those of Docker's default that mean something without devices, set-user-id programs
// and a network: a root user in an image can still own files, change users and signal its children.
func capabilities() []string {
	return []string{"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL",
		"CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT"}
}

// effective is empty for every user but root, as execve would make it.
func effective(uid uint32, caps []string) []string {
	if uid != 0 {
		return []string{}
	}
	return caps
}

func namespaces(network string) []oci.Namespace {
	return []oci.Namespace{
		{Type: oci.PIDNamespace}, {Type: oci.NetworkNamespace, Path: network}, {Type: oci.IPCNamespace},
		{Type: oci.UTSNamespace}, {Type: oci.MountNamespace}, {Type: oci.CgroupNamespace},
	}
}

func resources(bounds config.Bounds, memoryLimit int64) *oci.Resources {
	pids := int64(bounds.MaxProcesses)
	swap := memoryLimit
	return &oci.Resources{
		Devices: []oci.Device{{Allow: false, Access: "rwm"}},
		Memory:  &oci.Memory{Limit: &memoryLimit, Swap: &swap},
		Pids:    &oci.Pids{Limit: pids},
	}
}

func mounts(c config.Container, p Paths) []oci.Mount {
	list := []oci.Mount{
		ofRoot(c, p),
		{Destination: "/proc", Type: "proc", Source: "proc", Options: []string{"nosuid", "noexec", "nodev"}},
		{Destination: "/dev", Type: "tmpfs", Source: "tmpfs", Options: []string{"nosuid", "strictatime", "mode=755", "size=65536k"}},
		{Destination: "/dev/pts", Type: "devpts", Source: "devpts", Options: []string{"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"}},
		{Destination: "/dev/shm", Type: "tmpfs", Source: "shm", Options: []string{"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}},
		{Destination: "/dev/mqueue", Type: "mqueue", Source: "mqueue", Options: []string{"nosuid", "noexec", "nodev"}},
		{Destination: "/sys", Type: "sysfs", Source: "sysfs", Options: []string{"nosuid", "noexec", "nodev", "ro"}},
		{Destination: "/sys/fs/cgroup", Type: "cgroup", Source: "cgroup", Options: []string{"nosuid", "noexec", "nodev", "ro"}},
	}
	for i, v := range c.Volumes { // writable also under a read-only root
		access := "rw"
		if v.ReadOnly {
			access = "ro"
		}
		list = append(list, bind(v.Path, p.Volumes[i], access))
	}
	if c.IO != (config.IO{}) { // the main container, which alone has the task's authority
		list = append(list, bind(AgentSocket, p.Agent, "ro", "noexec"), bind(c.IO.Input, p.Input, "ro", "noexec"), bind(c.IO.Output, p.Output, "rw", "noexec"))
	}
	if p.Hosts != "" {
		list = append(list, bind("/etc/hosts", p.Hosts, "ro", "noexec"))
	}
	for _, s := range c.Secrets {
		if s.Path != "" {
			list = append(list, bind(s.Path, p.Secret(s.Name), "ro", "noexec"))
		}
	}
	return list
}

// rootItself is the root by a path that the runtime can open.
const rootItself = "/."

// ofRoot gives the root its options. The runtime clears those that it was mounted with, and would clear these for Root.Readonly.
func ofRoot(c config.Container, p Paths) oci.Mount {
	root := bind(rootItself, p.Root, "remount")
	if c.ReadOnlyRoot {
		root.Options = append(root.Options, "ro")
	}
	return root
}

func bind(destination, source string, options ...string) oci.Mount {
	return oci.Mount{Destination: destination, Type: "bind", Source: source, Options: append([]string{"bind", "nosuid", "nodev"}, options...)}
}

// maskedPaths tell of the kernel's memory, of other processes' doings, and of the machine that the host made up.
func maskedPaths() []string {
	return strings.Fields(`
		/proc/acpi /proc/asound /proc/buddyinfo /proc/bus /proc/cmdline /proc/dynamic_debug /proc/interrupts /proc/iomem /proc/ioports
		/proc/kallsyms /proc/kcore /proc/key-users /proc/keys /proc/kmsg /proc/kpagecgroup /proc/kpagecount /proc/kpageflags
		/proc/latency_stats /proc/modules /proc/pagetypeinfo /proc/sched_debug /proc/scsi /proc/slabinfo /proc/timer_list
		/proc/timer_stats /proc/vmallocinfo /proc/zoneinfo
		/sys/block /sys/bus /sys/dev /sys/devices/LNXSYSTM:00 /sys/devices/pci0000:00 /sys/devices/platform /sys/devices/pnp0
		/sys/devices/system/memory /sys/devices/virtual/block /sys/devices/virtual/dmi /sys/devices/virtual/powercap
		/sys/firmware /sys/hypervisor /sys/kernel /sys/module /sys/power`)
}

func readonlyPaths() []string {
	return []string{"/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}
}
