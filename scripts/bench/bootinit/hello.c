// SPDX-License-Identifier: Apache-2.0
//
// The workload whose first output is waited for.
#include <unistd.h>

int main(void) { return write(1, "first output\n", 13) != 13; }
