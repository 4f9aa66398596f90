; SPDX-License-Identifier: Apache-2.0
; PolicyTerms: what is packed is unpacked, if maxDuration is below 2^40; and the word is zero for no policy only.
;= src/permitters/PolicyTerms.sol: return uint256(policy.kind) << 248 | uint256(policy.maxDuration) << 208 | uint256(policy.tdxFloor) << 128
;= src/permitters/PolicyTerms.sol: | uint256(policy.snpFloor) << 64 | policy.minVersion;
;= src/permitters/PolicyTerms.sol: return terms >> 248;
;= src/permitters/PolicyTerms.sol: return uint40(terms >> 208);
;= src/permitters/PolicyTerms.sol: return uint64(terms >> 128);
;= src/permitters/PolicyTerms.sol: return uint64(terms >> 64);
;= src/permitters/PolicyTerms.sol: return uint64(terms);
(set-logic QF_BV)
(declare-const kind (_ BitVec 8))
(declare-const most (_ BitVec 64))
(declare-const tdx (_ BitVec 64))
(declare-const snp (_ BitVec 64))
(declare-const version (_ BitVec 64))
(define-fun shift ((n (_ BitVec 64)) (by (_ BitVec 256))) (_ BitVec 256) (bvshl ((_ zero_extend 192) n) by))
(define-fun terms () (_ BitVec 256) (bvor (bvshl ((_ zero_extend 248) kind) (_ bv248 256)) (shift most (_ bv208 256))
  (shift tdx (_ bv128 256)) (shift snp (_ bv64 256)) ((_ zero_extend 192) version)))
(define-fun low ((by (_ BitVec 256))) (_ BitVec 64) ((_ extract 63 0) (bvlshr terms by)))
(assert (bvult most (bvshl (_ bv1 64) (_ bv40 64)))) ; EnclavePolicies refuses more
(assert (not (and
  (= (bvlshr terms (_ bv248 256)) ((_ zero_extend 248) kind))
  (= ((_ extract 39 0) (bvlshr terms (_ bv208 256))) ((_ extract 39 0) most))
  (= (low (_ bv128 256)) tdx) (= (low (_ bv64 256)) snp) (= (low (_ bv0 256)) version)
  (= (= terms (_ bv0 256)) (and (= kind #x00) (= most tdx snp version (_ bv0 64)))))))
(check-sat)
