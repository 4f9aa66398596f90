// SPDX-License-Identifier: Apache-2.0
//
// crun with the one command that the agent of a guest gives, in the one way in which it gives it:
//
//	runtime --root DIR --log FILE run --bundle DIR --pid-file FILE ID
#include <config.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "libcrun/container.h"
#include "libcrun/custom-handler.h"
#include "libcrun/utils.h"

enum { ROOT = 2, LOG = 4, BUNDLE = 7, PID_FILE = 9, ID = 10, WORDS };

static const char *const words[WORDS] = {[1] = "--root", [3] = "--log", [5] = "run", [6] = "--bundle", [8] = "--pid-file"};

static int run(char **argv, libcrun_error_t *err) {
	libcrun_context_t context = {
		.state_root = argv[ROOT], .bundle = argv[BUNDLE], .pid_file = argv[PID_FILE], .id = argv[ID], .fifo_exec_wait_fd = -1,
	};
	libcrun_container_t *container = libcrun_container_load_from_file("config.json", err);
	if (!container || libcrun_init_logging(&context.output_handler, &context.output_handler_arg, context.id, argv[LOG], err) < 0)
		return -1;
	context.handler_manager = libcrun_handler_manager_create(err);
	return context.handler_manager ? libcrun_container_run(&context, container, 0, err) : -1;
}

int main(int argc, char **argv) {
	libcrun_error_t err = NULL;

	for (int i = 0; i < WORDS; i++)
		if (argc != WORDS || words[i] && strcmp(words[i], argv[i]))
			libcrun_fail_with_error(EINVAL, "not the agent's command");
	if (chdir(argv[BUNDLE]) < 0)
		libcrun_fail_with_error(errno, "chdir `%s`", argv[BUNDLE]);
	int status = run(argv, &err);
	if (status && err)
		libcrun_fail_with_error(err->status, "%s", err->msg);
	return status;
}
