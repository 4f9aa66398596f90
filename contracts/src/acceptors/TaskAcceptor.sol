// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {ITaskAcceptor} from "../interfaces/ITaskAcceptor.sol";
import {TaskIdSelectorOps} from "./TaskIdSelectorOps.sol";

/// @title Base of contracts that accept results of tasks
/// @notice Says what every acceptor has in common: which ids may be submitted and selected, and in which order the
/// hooks run. A derived contract says whom it believes.
/// @dev Storage: none. Trust: anyone may call; `_acceptTaskResults` decides, and reverts for strangers. (Escrin v1
/// answered strangers with `None` and ran the after-hook all the same; a caller that did not read the answer took it
/// for a success.) Reentrancy: the hooks are the derived contract's; one that calls out should have its state final.
abstract contract TaskAcceptor is ITaskAcceptor, IERC165 {
    using TaskIdSelectorOps for TaskIdSelector;

    /// The caller or its proof does not entitle to submit results.
    error Unauthorized();
    /// The submitted task ids are not strictly ascending.
    error SubmisionTaskIdsNotSorted();
    /// The accepted task ids are not strictly ascending.
    error AcceptedTaskIdsNotSorted();

    /// @inheritdoc ITaskAcceptor
    function acceptTaskResults(uint256[] calldata taskIds, bytes calldata proof, bytes calldata report)
        public
        virtual
        returns (TaskIdSelector memory selector)
    {
        require(_isSortedSet(taskIds), SubmisionTaskIdsNotSorted());
        _beforeTaskResultsAccepted(taskIds, proof, report);
        selector = _acceptTaskResults(taskIds, proof, report);
        require(_isSortedSet(selector.taskIds), AcceptedTaskIdsNotSorted());
        // Refuses a selector that says nothing, or names ids that were not submitted.
        selector.indices(taskIds);
        _afterTaskResultsAccepted(taskIds, report, selector);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view virtual returns (bool) {
        return interfaceId == type(ITaskAcceptor).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    /// @dev Runs before anything is decided.
    function _beforeTaskResultsAccepted(uint256[] calldata taskIds, bytes calldata proof, bytes calldata report)
        internal
        virtual {}

    /// @dev Decides; reverts with `Unauthorized` for strangers.
    /// @return selector of the tasks whose results are accepted
    function _acceptTaskResults(uint256[] calldata taskIds, bytes calldata proof, bytes calldata report)
        internal
        virtual
        returns (TaskIdSelector memory selector);

    /// @dev Runs after the decision, also if no task was selected.
    function _afterTaskResultsAccepted(
        uint256[] calldata taskIds,
        bytes calldata report,
        TaskIdSelector memory selector
    ) internal virtual {}

    /// Whether the ids are strictly ascending.
    function _isSortedSet(uint256[] memory ids) internal pure returns (bool) {
        for (uint256 i = 1; i < ids.length; ++i) {
            if (ids[i] <= ids[i - 1]) return false;
        }
        return true;
    }
}
