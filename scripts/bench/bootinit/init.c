// SPDX-License-Identifier: Apache-2.0
//
// The yardstick for booting: the least that a program in C can do between the kernel and the workload. It sets up
// dm-verity on the first disk, mounts the EROFS in it, and becomes the program /hello there. The kernel's command line
// says what to expect: verity_root=, in hexadecimal, and verity_blocks=, of 4096 bytes. Without them it says that it was reached.
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
	struct dm_ioctl head;
	struct dm_target_spec target;
	char parameters[1024];
} request;

static void leave(const char *why) {
	dprintf(1, "%s\n", why);
	reboot(RB_POWER_OFF);
	_exit(1);
}

static void command(int control, unsigned long number, uint32_t flags, uint32_t targets) {
	struct dm_ioctl *head = &request.head;
	memset(head, 0, sizeof *head);
	head->version[0] = 4;
	head->data_size = sizeof request;
	head->data_start = sizeof *head;
	head->flags = flags;
	head->target_count = targets;
	strcpy(head->name, "root");
	if (ioctl(control, number, &request))
		leave("device mapper");
}

int main(void) {
	const char *root = getenv("verity_root"), *blocks = getenv("verity_blocks");
	if (!root || !blocks)
		leave("process 1");
	mkdir("/dev", 0755);
	mount("devtmpfs", "/dev", "devtmpfs", 0, 0);
	int control = open("/dev/mapper/control", O_RDWR);
	if (control < 0)
		leave("no device mapper");
	command(control, DM_DEV_CREATE, 0, 0);
	request.target.length = strtoull(blocks, 0, 10) * 8;
	request.target.next = sizeof request - sizeof request.head;
	strcpy(request.target.target_type, "verity");
	snprintf(request.parameters, sizeof request.parameters, "1 /dev/vda /dev/vda 4096 4096 %s %s sha256 %s %064d", blocks, blocks, root, 0);
	command(control, DM_TABLE_LOAD, DM_READONLY_FLAG, 1);
	command(control, DM_DEV_SUSPEND, 0, 0);
	mkdir("/root", 0755);
	if (mount("/dev/dm-0", "/root", "erofs", MS_RDONLY, 0) || chroot("/root") || chdir("/"))
		leave("mount");
	execl("/hello", "/hello", (char *)0);
	leave("no program");
}
