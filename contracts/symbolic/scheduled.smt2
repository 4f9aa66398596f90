; SPDX-License-Identifier: Apache-2.0
; Scheduled._due: a change that was announced is made no earlier than the delay of its announcement and the delay of now
; after it, whatever the delay became, and no later than 14 days after it was ready.
;= src/Scheduled.sol: if (announced.readyAt == 0 || block.timestamp > announced.readyAt + READY_FOR) {
;= src/Scheduled.sol: uint64 readyAt = uint64(block.timestamp + delaySeconds);
;= src/Scheduled.sol: uint256 earliest = announced.announcedAt + delaySeconds;
;= src/Scheduled.sol: if (earliest < announced.readyAt) earliest = announced.readyAt;
;= src/Scheduled.sol: require(block.timestamp >= earliest, ChangeNotReady(change, uint64(earliest)));
;= src/Scheduled.sol: uint256 internal constant READY_FOR = 14 days;
(set-logic QF_BV)
(declare-const announced (_ BitVec 64))
(declare-const before (_ BitVec 64)) ; the delay when it was announced
(declare-const delay (_ BitVec 64)) ; the delay now
(declare-const now (_ BitVec 64))
(define-fun week2 () (_ BitVec 64) (_ bv1209600 64))
; times below 2^40; delays are 16 bits of hours
(assert (and (bvult announced (_ bv1099511627776 64)) (bvult now (_ bv1099511627776 64)) (bvuge now announced)))
(assert (and (bvule before (_ bv235926000 64)) (bvule delay (_ bv235926000 64))))
(assert (and (not (= before (_ bv0 64))) (not (= delay (_ bv0 64)))))
(define-fun ready () (_ BitVec 64) (bvadd announced before))
(define-fun lapsed () Bool (bvugt now (bvadd ready week2)))
(define-fun earliest () (_ BitVec 64)
  (ite (bvult (bvadd announced delay) ready) ready (bvadd announced delay)))
(define-fun made () Bool (and (not lapsed) (bvuge now earliest)))
(assert (not (=> made (and (bvuge (bvsub now announced) before) (bvuge (bvsub now announced) delay)
  (bvule now (bvadd ready week2))))))
(check-sat)
