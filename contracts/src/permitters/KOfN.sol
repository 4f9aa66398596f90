// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "../interfaces/IIdentityRegistry.sol";
import {Combinator} from "./Combinator.sol";
import {Quorum} from "./Quorum.sol";

/// @title Grants what k of its n sub-permitters grant
/// @dev Storage and reentrancy: as `Quorum`'s. Trust: the sub-permitters, k of them together.
contract KOfN is Quorum {
    /// @param upstream_ the registry, or the permitter to pass grants on to
    constructor(address upstream_) Combinator(upstream_) {}

    /// @notice Names the sub-permitters and how many are needed. Registrant only; the identity's delay applies.
    /// @param subPermitters by ascending addresses, all with this contract as their upstream
    /// @param needed between one and all of them
    function setSubPermitters(IdentityId identity, address[] calldata subPermitters, uint256 needed) external {
        bytes memory call = abi.encodeCall(this.setSubPermitters, (identity, subPermitters, needed));
        _setSubPermitters(identity, subPermitters, needed, call);
    }
}
