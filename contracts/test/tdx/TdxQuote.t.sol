// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TdxQuote} from "../../src/tdx/TdxQuote.sol";
import {Test} from "../Test.sol";

/// The permitter gives these functions what has the right size. They do not rely on it.
contract TdxQuoteTest is Test {
    function check(bytes calldata signed) public pure {
        TdxQuote.check(signed);
    }

    function checkQEReport(bytes calldata report, bytes32 bound) public pure {
        TdxQuote.checkQEReport(report, bound);
    }

    function testAT09ReportsHaveTheirSize(uint16 size) public {
        vm.assume(size != TdxQuote.SIGNED_SIZE && size != TdxQuote.QE_REPORT_SIZE);
        vm.expectRevert(TdxQuote.QuoteMalformed.selector);
        this.check(new bytes(size));
        vm.expectRevert(TdxQuote.QuoteMalformed.selector);
        this.checkQEReport(new bytes(size), 0);
        this.checkQEReport(new bytes(TdxQuote.QE_REPORT_SIZE), 0);
        vm.expectRevert(TdxQuote.QuoteUnsupported.selector);
        this.check(new bytes(TdxQuote.SIGNED_SIZE));
    }
}
