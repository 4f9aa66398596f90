// SPDX-License-Identifier: Apache-2.0

package server

// memory is a map that forgets. It has at most twice limit entries, and an entry
// stays at least until a turn or limit entries came after it.
type memory[K comparable, V any] struct {
	limit        int
	newer, older map[K]V
}

func newMemory[K comparable, V any](limit int) *memory[K, V] {
	return &memory[K, V]{limit: limit, newer: map[K]V{}, older: map[K]V{}}
}

// get returns what is remembered for k.
func (m *memory[K, V]) get(k K) (V, bool) {
	if v, ok := m.newer[k]; ok {
		return v, true
	}
	v, ok := m.older[k]
	return v, ok
}

// put remembers v for k as the newest.
func (m *memory[K, V]) put(k K, v V) {
	if _, ok := m.newer[k]; !ok && len(m.newer) >= m.limit {
		m.turn()
	}
	m.newer[k] = v
}

// turn forgets what was put before the last turn, and uses its place again.
func (m *memory[K, V]) turn() {
	m.newer, m.older = m.older, m.newer
	clear(m.newer)
}
