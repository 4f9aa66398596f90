// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";

import {IdentityId, IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {IPermitter} from "./interfaces/IPermitter.sol";

/// @title Base of permitters
/// @notice A permitter decides and passes the grant upstream: to the registry, or to another permitter, which decides
/// as well. The last permitter before the registry is the one that identities name.
/// @dev Durations are decided, times are granted: only what stands before the registry turns a duration into an expiry.
/// Storage: none. Trust: nobody; what is passed upstream is what `_acquire` decided. Reentrancy: the upstream is called
/// last, and `_acquire` of whatever inherits this must have written its state by then.
/// @dev Warning: a permitter upstream sees the permitter before it as `msg.sender`, not who called that one, and gets the
/// same context and authorization. Unless it knows which callers to believe, anyone can call it directly and skip those
/// before it.
abstract contract Permitter is IPermitter, IERC165 {
    /// @inheritdoc IPermitter
    address public immutable override upstream;
    /// The registry at the end of the chain of permitters.
    IIdentityRegistry public immutable registry;
    /// Whether the registry is next.
    bool internal immutable _last;

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
    ) external virtual returns (uint64 expiry) {
        uint64 granted = _acquire(identity, requester, duration, context, authorization);
        return _grant(identity, requester, granted, context, authorization);
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
    /// @param duration seconds wished for
    /// @return granted seconds from now on: at most `duration` and whatever cap there is. Zero is refused by the registry.
    function _acquire(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context,
        bytes calldata authorization
    ) internal virtual returns (uint64 granted);

    /// @dev Decides; reverts unless `possessor`'s permit may be given up by this call.
    function _release(IdentityId identity, address possessor, bytes calldata context, bytes calldata authorization)
        internal
        virtual;

    /// @dev Grants at the registry, or asks upstream. Whoever calls, a permit is never made shorter by it.
    /// @param granted seconds from now on
    function _grant(
        IdentityId identity,
        address requester,
        uint64 granted,
        bytes calldata context,
        bytes calldata authorization
    ) internal returns (uint64 expiry) {
        if (_last) {
            expiry = uint64(block.timestamp) + granted;
            uint64 held = registry.readPermit(requester, identity).expiry;
            require(held <= expiry, PermitLonger(held));
            registry.grantIdentity(identity, requester, expiry);
        } else {
            expiry = IPermitter(upstream).acquireIdentity(identity, requester, granted, context, authorization);
        }
    }

    function _findRegistry(address next) private view returns (IIdentityRegistry) {
        while (!ERC165Checker.supportsInterface(next, type(IIdentityRegistry).interfaceId)) {
            require(ERC165Checker.supportsInterface(next, type(IPermitter).interfaceId), InterfaceUnsupported());
            next = IPermitter(next).upstream();
        }
        return IIdentityRegistry(next);
    }
}
