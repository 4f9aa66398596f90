; SPDX-License-Identifier: Apache-2.0
; Platforms.reaches is true exactly if each of eight bytes is at least the floor's, for all 2^128 pairs.
;= src/permitters/Platforms.sol: return _lanesReach(spl, floor) && _lanesReach(spl >> 8, floor >> 8);
;= src/permitters/Platforms.sol: uint256 bytes_ = 0x00ff00ff00ff00ff;
;= src/permitters/Platforms.sol: uint256 ninthBits = 0x0100010001000100;
;= src/permitters/Platforms.sol: return ((spl & bytes_) | ninthBits) - (floor & bytes_) & ninthBits == ninthBits;
(set-logic QF_BV)
(declare-const spl (_ BitVec 64))
(declare-const floor (_ BitVec 64))
(define-fun wide ((x (_ BitVec 64))) (_ BitVec 256) ((_ zero_extend 192) x))
(define-fun bytes () (_ BitVec 256) ((_ zero_extend 192) #x00ff00ff00ff00ff))
(define-fun ninths () (_ BitVec 256) ((_ zero_extend 192) #x0100010001000100))
(define-fun lanes ((s (_ BitVec 256)) (f (_ BitVec 256))) Bool
  (= (bvand (bvsub (bvor (bvand s bytes) ninths) (bvand f bytes)) ninths) ninths))
(define-fun reaches () Bool
  (and (lanes (wide spl) (wide floor)) (lanes (wide (bvlshr spl #x0000000000000008)) (wide (bvlshr floor #x0000000000000008)))))
(define-fun each () Bool (and
  (bvuge ((_ extract 7 0) spl) ((_ extract 7 0) floor)) (bvuge ((_ extract 15 8) spl) ((_ extract 15 8) floor))
  (bvuge ((_ extract 23 16) spl) ((_ extract 23 16) floor)) (bvuge ((_ extract 31 24) spl) ((_ extract 31 24) floor))
  (bvuge ((_ extract 39 32) spl) ((_ extract 39 32) floor)) (bvuge ((_ extract 47 40) spl) ((_ extract 47 40) floor))
  (bvuge ((_ extract 55 48) spl) ((_ extract 55 48) floor)) (bvuge ((_ extract 63 56) spl) ((_ extract 63 56) floor))))
(assert (not (= reaches each)))
(check-sat)
