// SPDX-License-Identifier: Apache-2.0

package workload

import _ "embed"

// seccompFilter is the filter of a workload's system calls (package seccomp) in base64: what the kernel takes, so that the runtime has nothing
// to make.
//
//go:embed seccomp/filter
var seccompFilter string

// seccompAnnotation has crun give the kernel that filter, in the place of one that it would make of a list.
const seccompAnnotation = "run.oci.seccomp_bpf_data"
