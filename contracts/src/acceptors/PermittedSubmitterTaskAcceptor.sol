// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";

import {IdentityId, IIdentityRegistry} from "../interfaces/IIdentityRegistry.sol";
import {TaskAcceptor} from "./TaskAcceptor.sol";
import {TaskIdSelectorOps} from "./TaskIdSelectorOps.sol";

/// @title Accepts what holders of an identity's live permit submit
/// @notice The submitter is the enclave itself: the account that sends the transaction holds the permit.
/// @dev Storage: none. Trust: whoever governs the identity decides who holds its permits. A permit that was revoked
/// counts from the same transaction on.
abstract contract PermittedSubmitterTaskAcceptor is TaskAcceptor {
    IIdentityRegistry private immutable _registry;
    IdentityId private immutable _identity;

    /// The address is not an identity registry.
    error InterfaceUnsupported();

    constructor(address registry, IdentityId trustedIdentity) {
        require(ERC165Checker.supportsInterface(registry, type(IIdentityRegistry).interfaceId), InterfaceUnsupported());
        _registry = IIdentityRegistry(registry);
        _identity = trustedIdentity;
    }

    /// @notice The identity whose permits count, and where they are kept.
    function getTrustedIdentity() external view returns (IIdentityRegistry registry, IdentityId identity) {
        return (_registry, _identity);
    }

    /// @inheritdoc TaskAcceptor
    function _acceptTaskResults(uint256[] calldata, bytes calldata, bytes calldata)
        internal
        virtual
        override
        returns (TaskIdSelector memory selector)
    {
        require(_isPermittedSubmitter(msg.sender), Unauthorized());
        return TaskIdSelectorOps.all();
    }

    /// Whether the account holds a live permit of the trusted identity.
    function _isPermittedSubmitter(address submitter) internal view returns (bool) {
        return block.timestamp < _registry.readPermit(submitter, _identity).expiry;
    }
}
