// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAllowList} from "../interfaces/IAllowList.sol";
import {IdentityId} from "../interfaces/IIdentityRegistry.sol";
import {Combinator} from "./Combinator.sol";

/// @title Grants to requesters that the registrant lists
/// @dev Storage: slot 1 the allowances (one slot each). Trust: the registrant. Reentrancy: writes nothing on the path of
/// a grant.
contract AllowList is IAllowList, Combinator {
    mapping(IdentityId => mapping(address requester => uint64)) private _allowances;

    /// @param upstream_ the registry, or the permitter to pass grants on to
    constructor(address upstream_) Combinator(upstream_) {}

    /// @inheritdoc IAllowList
    function setAllowance(IdentityId identity, address requester, uint64 maxDuration)
        external
        onlyRegistrant(identity)
    {
        bytes memory call = abi.encodeCall(IAllowList.setAllowance, (identity, requester, maxDuration));
        if (maxDuration != 0 && !_isDue(identity, call)) return;
        _allowances[identity][requester] = maxDuration;
        emit AllowanceChanged(identity, requester, maxDuration);
        if (maxDuration == 0 && address(registry.getPermitter(identity)) == address(this)) {
            registry.revokeIdentity(identity, requester);
        }
    }

    /// @inheritdoc IAllowList
    function allowanceOf(IdentityId identity, address requester) public view returns (uint64 maxDuration) {
        return _allowances[identity][requester];
    }

    /// @dev Whoever calls; but only the requester has a say in how long.
    function _acquire(IdentityId identity, address requester, uint64 duration, bytes calldata, bytes calldata)
        internal
        view
        override
        returns (uint64 granted)
    {
        uint64 most = allowanceOf(identity, requester);
        require(most > 0 && duration > 0, Unauthorized());
        granted = msg.sender == requester && duration < most ? duration : most;
    }
}
