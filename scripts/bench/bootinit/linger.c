// SPDX-License-Identifier: Apache-2.0
//
// A workload that is there for a while, and says something all the time.
#include <unistd.h>

int main(void) {
  static char piece[16 << 10];
  for (int i = 0; i < 30; i++) {
    if (write(1, piece, sizeof piece) != sizeof piece) return 1;
    usleep(100000);
  }
  return 0;
}
