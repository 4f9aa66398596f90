// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITaskAcceptor} from "../interfaces/ITaskAcceptor.sol";

/// @title What a selector of task ids selects
/// @notice Sets of ids are strictly ascending. `All` is read as "excluding nothing" and `None` as "some: nothing"; ids
/// that come with them are ignored.
library TaskIdSelectorOps {
    /// A selector that says nothing.
    error UnknownQuantifier();
    /// The selector names an id that is not in the set, or not in ascending order, or twice.
    error TaskIdNotSubmitted(uint256 taskId);
    /// The selector names more ids than there are.
    error SelectorTooLong(uint256 ids, uint256 total);

    /// @notice How many of `total` ids are selected.
    /// @dev Warning: it cannot tell whether the selector's ids are in the set; `indices` does.
    function countSelected(ITaskAcceptor.TaskIdSelector memory selector, uint256 total)
        internal
        pure
        returns (uint256 count)
    {
        (bool excluding, uint256[] memory ids) = _listed(selector);
        require(ids.length <= total, SelectorTooLong(ids.length, total));
        count = excluding ? total - ids.length : ids.length;
    }

    /// @notice The ids of `set` that are selected, ascending.
    function selected(ITaskAcceptor.TaskIdSelector memory selector, uint256[] memory set)
        internal
        pure
        returns (uint256[] memory ids)
    {
        return pick(selector, set, set);
    }

    /// @notice The places in `set` of the ids that are selected, ascending, counted from zero.
    function indices(ITaskAcceptor.TaskIdSelector memory selector, uint256[] memory set)
        internal
        pure
        returns (uint256[] memory places)
    {
        (bool excluding, uint256[] memory ids) = _listed(selector);
        places = new uint256[](set.length);
        uint256 count;
        uint256 next;
        for (uint256 i = 0; i < set.length; ++i) {
            bool listed = next < ids.length && ids[next] == set[i];
            if (listed) ++next;
            if (listed != excluding) places[count++] = i;
        }
        if (next < ids.length) revert TaskIdNotSubmitted(ids[next]);
        // The array only shrinks.
        assembly ("memory-safe") {
            mstore(places, count)
        }
    }

    /// @notice What stands in `target` at the places of the ids that are selected.
    /// @param target as long as `set`: one value for each id
    function pick(ITaskAcceptor.TaskIdSelector memory selector, uint256[] memory set, uint256[] memory target)
        internal
        pure
        returns (uint256[] memory values)
    {
        values = indices(selector, set);
        for (uint256 i = 0; i < values.length; ++i) {
            values[i] = target[values[i]];
        }
    }

    /// @notice Selects every task.
    function all() internal pure returns (ITaskAcceptor.TaskIdSelector memory selector) {
        selector.quantifier = ITaskAcceptor.Quantifier.All;
    }

    /// @notice Selects no task.
    function none() internal pure returns (ITaskAcceptor.TaskIdSelector memory selector) {
        selector.quantifier = ITaskAcceptor.Quantifier.None;
    }

    /// The ids that the selector names, and whether they are those that it leaves out.
    function _listed(ITaskAcceptor.TaskIdSelector memory selector)
        private
        pure
        returns (bool excluding, uint256[] memory ids)
    {
        ITaskAcceptor.Quantifier quantifier = selector.quantifier;
        require(quantifier != ITaskAcceptor.Quantifier.Unknown, UnknownQuantifier());
        excluding = quantifier == ITaskAcceptor.Quantifier.All || quantifier == ITaskAcceptor.Quantifier.Excluding;
        if (quantifier == ITaskAcceptor.Quantifier.Some || quantifier == ITaskAcceptor.Quantifier.Excluding) {
            ids = selector.taskIds;
        }
    }
}
