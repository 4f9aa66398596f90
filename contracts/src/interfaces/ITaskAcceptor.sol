// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title A contract that accepts results of tasks
/// @notice ERC-165 id: 0x9c45b66e.
interface ITaskAcceptor {
    enum Quantifier {
        Unknown,
        All,
        None,
        Some,
        Excluding
    }

    /// @notice Which of the submitted tasks were accepted.
    /// @param taskIds the accepted (`Some`) or refused (`Excluding`) ids, ascending; else empty
    struct TaskIdSelector {
        Quantifier quantifier;
        uint256[] taskIds;
    }

    /// @notice Submits results for acceptance.
    /// @param taskIds strictly ascending
    /// @param proof why the report is to be believed, as the acceptor defines it
    /// @param report the results, as the acceptor defines them
    function acceptTaskResults(uint256[] calldata taskIds, bytes calldata proof, bytes calldata report)
        external
        returns (TaskIdSelector memory selector);
}
