// SPDX-License-Identifier: Apache-2.0
//
// What crun asks of libraries that are not in the initrd.
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>

#include <seccomp.h>

// A name that is none leaves a capability away, which crun warns of.
int cap_from_name(const char *name, cap_value_t *value) {
	static const char *const names[] = {
#include <capabilities.inc>
	};

	for (cap_value_t i = 0; i <= CAP_LAST_CAP; i++)
		if (!strcasecmp(names[i], name)) {
			*value = i;
			return 0;
		}
	errno = EINVAL;
	return -1;
}

// All signals, so that all are passed on to the container: musl leaves away those that it keeps for threads, of which there are none here. One of them, 34, is
// SIGRTMIN to an image, and would end crun.
int sigfillset(sigset_t *set) {
	memset(set, 0xff, sizeof *set);
	return 0;
}

// The next line of the image's /etc/passwd, which is the image's: the C library's own parser reads it, into memory of its own.
int fgetpwent_r(FILE *file, struct passwd *user, char *buffer, size_t size, struct passwd **found) {
	struct passwd *next = fgetpwent(file);

	*found = NULL;
	if (!next)
		return errno = ENOENT;
	*user = *next;
	*found = user;
	return 0;
}

// The initrd has no users.
int getpwuid_r(uid_t id, struct passwd *user, char *buffer, size_t size, struct passwd **found) {
	*found = NULL;
	return ENOENT;
}

// The agent hands over the filter of system calls as the kernel takes it. A list that a filter is to be made of is refused: there is nothing to begin with.
scmp_filter_ctx seccomp_init(uint32_t action) { return NULL; }
void seccomp_release(scmp_filter_ctx filter) {}
int seccomp_arch_add(scmp_filter_ctx filter, uint32_t arch) { return -ENOSYS; }
uint32_t seccomp_arch_resolve_name(const char *name) { return 0; }
int seccomp_export_bpf(const scmp_filter_ctx filter, int fd) { return -ENOSYS; }
int seccomp_rule_add(scmp_filter_ctx filter, uint32_t action, int call, unsigned count, ...) { return -ENOSYS; }
int seccomp_rule_add_array(scmp_filter_ctx filter, uint32_t action, int call, unsigned count, const struct scmp_arg_cmp *arguments) { return -ENOSYS; }
int seccomp_syscall_resolve_name(const char *name) { return __NR_SCMP_ERROR; }
const struct scmp_version *seccomp_version(void) {
	static const struct scmp_version none;

	return &none;
}
