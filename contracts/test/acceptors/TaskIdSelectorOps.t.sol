// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskIdSelectorOps} from "../../src/acceptors/TaskIdSelectorOps.sol";
import {ITaskAcceptor} from "../../src/interfaces/ITaskAcceptor.sol";
import {Test} from "../Test.sol";

contract TaskIdSelectorOpsTest is Test {
    using TaskIdSelectorOps for ITaskAcceptor.TaskIdSelector;

    /* REFUSALS */

    function testUnknownSaysNothing() public {
        ITaskAcceptor.TaskIdSelector memory selector;
        vm.expectRevert(TaskIdSelectorOps.UnknownQuantifier.selector);
        this.indices(selector, idsOf(0xff, 0));
        vm.expectRevert(TaskIdSelectorOps.UnknownQuantifier.selector);
        this.count(selector, 3);
        ok(TaskIdSelectorOps.UnknownQuantifier.selector == 0xcabb4b3c, "selector of v1");
    }

    function testFuzzForeignIdsAreRefused(uint16 set, uint256 foreign, bool excluding) public {
        uint256[] memory ids = idsOf(set, 0);
        for (uint256 i = 0; i < ids.length; ++i) {
            vm.assume(ids[i] != foreign);
        }
        ITaskAcceptor.TaskIdSelector memory selector = listed(excluding, new uint256[](1));
        selector.taskIds[0] = foreign;
        vm.expectRevert(abi.encodeWithSelector(TaskIdSelectorOps.TaskIdNotSubmitted.selector, foreign));
        this.indices(selector, ids);
    }

    function testFuzzUnsortedAndDoubleIdsAreRefused(bool excluding, uint8 a, uint8 b) public {
        vm.assume(a < 16 && b <= a);
        ITaskAcceptor.TaskIdSelector memory selector = listed(excluding, new uint256[](2));
        uint256[] memory set = idsOf(0xffff, 7);
        (selector.taskIds[0], selector.taskIds[1]) = (set[a], set[b]);
        vm.expectRevert(abi.encodeWithSelector(TaskIdSelectorOps.TaskIdNotSubmitted.selector, set[b]));
        this.indices(selector, set);
    }

    function testFuzzMoreIdsThanThereAreAreNotCounted(uint8 ids, uint8 total, bool excluding) public {
        vm.assume(ids > total);
        bytes memory refusal = abi.encodeWithSelector(TaskIdSelectorOps.SelectorTooLong.selector, ids, total);
        vm.expectRevert(refusal);
        this.count(listed(excluding, new uint256[](ids)), total);
    }

    /* A NAIVE MODEL: SETS ARE BITS OF A WORD */

    function testFuzzSelectsWhatTheModelDoes(uint64 set, uint64 listedBits, uint8 kind, uint256 offset) public pure {
        listedBits &= set;
        (ITaskAcceptor.TaskIdSelector memory selector, uint64 want) = selectorOf(set, listedBits, kind, offset);
        uint256[] memory ids = idsOf(set, offset);

        same(selector.selected(ids), idsOf(want, offset));
        eq(selector.countSelected(ids.length), idsOf(want, offset).length);
        same(selector.indices(ids), placesOf(set, want));
    }

    function testFuzzPicksValuesOfTheSelected(uint64 set, uint64 listedBits, uint8 kind, uint256 offset) public pure {
        listedBits &= set;
        (ITaskAcceptor.TaskIdSelector memory selector, uint64 want) = selectorOf(set, listedBits, kind, offset);
        uint256[] memory ids = idsOf(set, offset);
        uint256[] memory values = new uint256[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            values[i] = uint256(keccak256(abi.encode(ids[i])));
        }
        uint256[] memory picked = selector.pick(ids, values);
        uint256[] memory chosen = idsOf(want, offset);
        eq(picked.length, chosen.length);
        for (uint256 i = 0; i < picked.length; ++i) {
            eq(picked[i], uint256(keccak256(abi.encode(chosen[i]))));
        }
    }

    /// The arguments are left as they were.
    function testFuzzChangesNoArgument(uint64 set, uint64 listedBits, uint8 kind) public pure {
        listedBits &= set;
        (ITaskAcceptor.TaskIdSelector memory selector,) = selectorOf(set, listedBits, kind, 5);
        uint256[] memory ids = idsOf(set, 5);
        bytes32 before = keccak256(abi.encode(selector, ids));
        selector.selected(ids);
        selector.indices(ids);
        eq(keccak256(abi.encode(selector, ids)), before);
    }

    function testAllAndNone() public pure {
        uint256[] memory ids = idsOf(0xf0f0, 3);
        same(TaskIdSelectorOps.all().selected(ids), ids);
        eq(TaskIdSelectorOps.none().selected(ids).length, 0);
        eq(TaskIdSelectorOps.all().selected(new uint256[](0)).length, 0);
    }

    /* HELPERS */

    function indices(ITaskAcceptor.TaskIdSelector memory selector, uint256[] memory set)
        external
        pure
        returns (uint256[] memory)
    {
        return selector.indices(set);
    }

    function count(ITaskAcceptor.TaskIdSelector memory selector, uint256 total) external pure returns (uint256) {
        return selector.countSelected(total);
    }

    function listed(bool excluding, uint256[] memory ids)
        private
        pure
        returns (ITaskAcceptor.TaskIdSelector memory selector)
    {
        selector.quantifier = excluding ? ITaskAcceptor.Quantifier.Excluding : ITaskAcceptor.Quantifier.Some;
        selector.taskIds = ids;
    }

    function selectorOf(uint64 set, uint64 listedBits, uint8 kind, uint256 offset)
        private
        pure
        returns (ITaskAcceptor.TaskIdSelector memory selector, uint64 want)
    {
        selector.quantifier = ITaskAcceptor.Quantifier(1 + kind % 4);
        selector.taskIds = idsOf(listedBits, offset);
        if (selector.quantifier == ITaskAcceptor.Quantifier.All) want = set;
        if (selector.quantifier == ITaskAcceptor.Quantifier.Some) want = listedBits;
        if (selector.quantifier == ITaskAcceptor.Quantifier.Excluding) want = set & ~listedBits;
    }

    /// One id for each bit, ascending; large ones, too.
    function idsOf(uint64 bits, uint256 offset) private pure returns (uint256[] memory ids) {
        ids = new uint256[](64);
        uint256 next;
        for (uint256 bit = 0; bit < 64; ++bit) {
            if (bits >> bit & 1 == 1) ids[next++] = offset % (1 << 128) + (bit << 130) + bit;
        }
        assembly {
            mstore(ids, next)
        }
    }

    function placesOf(uint64 set, uint64 want) private pure returns (uint256[] memory places) {
        places = new uint256[](64);
        uint256 next;
        uint256 place;
        for (uint256 bit = 0; bit < 64; ++bit) {
            if (set >> bit & 1 == 0) continue;
            if (want >> bit & 1 == 1) places[next++] = place;
            ++place;
        }
        assembly {
            mstore(places, next)
        }
    }

    function same(uint256[] memory got, uint256[] memory want) private pure {
        eq(abi.encode(got), abi.encode(want));
    }
}
