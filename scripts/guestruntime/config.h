/* SPDX-License-Identifier: Apache-2.0 */
/* What crun's configure would find with the pinned packages, less what guests do not use: systemd, CRIU, dlopen. */
#define PACKAGE_NAME "crun"
#define PACKAGE_VERSION "1.21"
#define PACKAGE_BUGREPORT ""
#define PACKAGE_URL ""
#define PACKAGE_STRING "crun 1.21"
#define CRUN_LIBDIR "/"
#define LIBCRUN_PUBLIC
#define HAVE_YAJL 1
#define HAVE_CAP 1
#define HAVE_EBPF 1 /* rules for devices, on a kernel that has it: Debian's */
#define HAVE_SECCOMP 1
#define HAVE_SECCOMP_H 1
#define SECCOMP_ARCH_RESOLVE_NAME 1
#define HAVE_ATOMIC_INT 1
#define HAVE_STDATOMIC_H 1
#define HAVE_COPY_FILE_RANGE 1
#define HAVE_EACCESS 1
#define HAVE_FGETXATTR 1
#define HAVE_FGETPWENT_R 1
#define HAVE_FSCONFIG_CMD_CREATE_LINUX_MOUNT_H 1
#define HAVE_FSCONFIG_CMD_CREATE_SYS_MOUNT_H 1
#define HAVE_HSEARCH_R 1
#define HAVE_LINUX_IOPRIO_H 1
#define HAVE_LINUX_OPENAT2_H 1
#define HAVE_MEMFD_CREATE 1
#define HAVE_STATX 1
