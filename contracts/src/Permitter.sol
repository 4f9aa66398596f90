// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";

import {IdentityId, IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {IPermitter} from "./interfaces/IPermitter.sol";

/// @title Base of permitters
/// @notice A permitter decides and passes the grant upstream: to the registry, or to another permitter, which decides
/// as well. The last permitter before the registry is the one that identities name.
abstract contract Permitter is IPermitter, IERC165 {
    /// @inheritdoc IPermitter
    address public immutable override upstream;
    /// The registry at the end of the chain of permitters.
    IIdentityRegistry public immutable registry;
    bool private immutable _last;

    constructor(address upstream_) {
        upstream = upstream_;
        _last = ERC165Checker.supportsInterface(upstream_, type(IIdentityRegistry).interfaceId);
        registry = _findRegistry(upstream_);
    }

    modifier onlyRegistrant(IdentityId identity) {
        (address registrant,) = registry.getRegistrant(identity);
        require(msg.sender == registrant, Unauthorized());
        _;
    }

    /// @inheritdoc IPermitter
    function acquireIdentity(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context,
        bytes calldata authorization
    ) external returns (uint64 expiry) {
        expiry = _acquire(identity, requester, duration, context, authorization);
        if (_last) registry.grantIdentity(identity, requester, expiry);
        else expiry = IPermitter(upstream).acquireIdentity(identity, requester, duration, context, authorization);
    }

    /// @inheritdoc IPermitter
    function releaseIdentity(
        IdentityId identity,
        address possessor,
        bytes calldata context,
        bytes calldata authorization
    ) external {
        _release(identity, possessor, context, authorization);
        if (_last) registry.revokeIdentity(identity, possessor);
        else IPermitter(upstream).releaseIdentity(identity, possessor, context, authorization);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view virtual returns (bool) {
        return interfaceId == type(IPermitter).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    /// @dev Decides; reverts unless `requester` is entitled.
    /// @return expiry absolute time, in seconds since the epoch; if there is a permitter upstream, its word counts
    function _acquire(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context,
        bytes calldata authorization
    ) internal virtual returns (uint64 expiry);

    /// @dev Decides; reverts unless `possessor`'s permit may be given up by this call.
    function _release(IdentityId identity, address possessor, bytes calldata context, bytes calldata authorization)
        internal
        virtual;

    function _findRegistry(address next) private view returns (IIdentityRegistry) {
        while (!ERC165Checker.supportsInterface(next, type(IIdentityRegistry).interfaceId)) {
            require(ERC165Checker.supportsInterface(next, type(IPermitter).interfaceId), InterfaceUnsupported());
            next = IPermitter(next).upstream();
        }
        return IIdentityRegistry(next);
    }
}
