// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "../interfaces/IIdentityRegistry.sol";
import {Combinator} from "./Combinator.sol";
import {Quorum} from "./Quorum.sol";

/// @title Grants what one of its sub-permitters grants, whichever
/// @dev Storage and reentrancy: as `Quorum`'s. Trust: the sub-permitters, each of them alone.
contract AnyOf is Quorum {
    /// @param upstream_ the registry, or the permitter to pass grants on to
    constructor(address upstream_) Combinator(upstream_) {}

    /// @notice Names the sub-permitters, one of which is enough. Registrant only; the identity's delay applies.
    /// @param subPermitters by ascending addresses, all with this contract as their upstream
    function setSubPermitters(IdentityId identity, address[] calldata subPermitters) external {
        bytes memory call = abi.encodeCall(this.setSubPermitters, (identity, subPermitters));
        _setSubPermitters(identity, subPermitters, 1, call);
    }
}
