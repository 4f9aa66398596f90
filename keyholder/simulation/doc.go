// SPDX-License-Identifier: Apache-2.0

// Package simulation runs whole key networks under one seeded scheduler, with
// everything that may go wrong around them, and checks after every step what must
// never happen. All of it is in its tests; nothing links it. (keyholder/TESTING.md.)
package simulation
