// SPDX-License-Identifier: Apache-2.0

package epoch

import "github.com/escrin/escrin/keyholder/curve"

// MultiplyForTest returns what a holder would, of an approved point.
func MultiplyForTest(s *Share, point curve.G1) curve.G1 { return point.Mul(s.secret) }
