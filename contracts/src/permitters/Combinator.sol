// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";

import {Permitter} from "../Permitter.sol";
import {Scheduled} from "../Scheduled.sol";
import {ICombinator} from "../interfaces/ICombinator.sol";
import {IIdentityGovernance} from "../interfaces/IIdentityGovernance.sol";
import {IdentityId, IPermitHistory} from "../interfaces/IIdentityRegistry.sol";
import {IPermitter} from "../interfaces/IPermitter.sol";

/// @title Base of combinators
/// @dev Storage: slot 0 of `Scheduled`. Trust: the registrant of an identity alone sets its rule, under the registry's
/// delay. Reentrancy: grants are the last thing that happens, after all state is written.
abstract contract Combinator is ICombinator, Permitter, Scheduled {
    /// @param upstream_ the registry, or the permitter to pass grants on to
    constructor(address upstream_) Permitter(upstream_) {
        bytes4[] memory needed = new bytes4[](2);
        needed[0] = type(IIdentityGovernance).interfaceId;
        needed[1] = type(IPermitHistory).interfaceId;
        require(ERC165Checker.supportsAllInterfaces(address(registry), needed), InterfaceUnsupported());
    }

    /// @inheritdoc IPermitter
    function acquireIdentity(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context,
        bytes calldata authorization
    ) external override returns (uint64 expiry) {
        uint64 granted = _acquire(identity, requester, duration, context, authorization);
        return granted == 0 ? 0 : _grant(identity, requester, granted, context, authorization);
    }

    /// @inheritdoc ICombinator
    function cancelChange(IdentityId identity, bytes calldata call) external onlyRegistrant(identity) {
        require(call.length >= 36 && bytes32(call[4:36]) == IdentityId.unwrap(identity), CallUnfit());
        _cancel(keccak256(call));
    }

    /// @inheritdoc Permitter
    function _release(IdentityId, address possessor, bytes calldata, bytes calldata) internal virtual override {
        require(msg.sender == possessor, Unauthorized());
    }

    /// @dev Whether a change of an identity is to be made now; else it is announced.
    /// @param call the call that asks for it, as ABI encoders make it, whatever else was in the calldata
    function _isDue(IdentityId identity, bytes memory call) internal returns (bool ready) {
        bytes32 change = keccak256(call);
        ready = _due(change, IIdentityGovernance(address(registry)).delayOf(identity));
        if (!ready) emit ChangeAnnounced(identity, change, call);
    }

    /// @dev Number of the block in which the requester's permit last changed: what was collected in it or before does
    /// not count any more.
    function _changedAt(IdentityId identity, address requester) internal view returns (uint64 blockNumber) {
        return IPermitHistory(address(registry)).permitChangedAt(requester, identity);
    }
}
