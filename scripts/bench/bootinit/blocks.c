// SPDX-License-Identifier: Apache-2.0
//
// A plugin of QEMU that counts the blocks of code which the emulator translates, into the first eight bytes of the file out=. They are
// there also if QEMU is killed. The declarations are those of qemu-plugin.h, which distributions do not have.
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef uint64_t plugin;
extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin, void (*)(plugin, void *block));

int qemu_plugin_version = 4;

static volatile uint64_t *count;

static void translated(plugin id, void *block) { ++*count; }

int qemu_plugin_install(plugin id, const void *machine, int argc, char **argv) {
	if (argc != 1 || strncmp(argv[0], "out=", 4))
		return 1;
	int file = open(argv[0] + 4, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || ftruncate(file, sizeof *count))
		return 1;
	count = mmap(0, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (count == MAP_FAILED)
		return 1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
