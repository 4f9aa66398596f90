// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId, IIdentityRegistry} from "../../src/interfaces/IIdentityRegistry.sol";
import {IPermitter} from "../../src/interfaces/IPermitter.sol";

/// A permitter that grants whatever the test says.
contract AnyPermitter {
    address public immutable upstream;

    constructor(address upstream_) {
        upstream = upstream_;
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IPermitter).interfaceId || id == 0x01ffc9a7;
    }

    function grant(IdentityId identity, address to, uint64 duration) external {
        IIdentityRegistry(upstream).grantIdentity(identity, to, uint64(block.timestamp) + duration);
    }
}
