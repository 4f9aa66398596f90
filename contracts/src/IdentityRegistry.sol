// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";

import {IdentityId, IIdentityRegistry, IPermitHistory} from "./interfaces/IIdentityRegistry.sol";
import {IPermitter} from "./interfaces/IPermitter.sol";

/// @title The registry of identities
/// @notice Nobody owns it and nothing in it can be upgraded.
contract IdentityRegistry is IIdentityRegistry, IPermitHistory, IERC165 {
    /// One storage slot. A destroyed identity keeps `destroyed`, so that its id is never used again.
    struct Identity {
        address permitter;
        uint64 epoch;
        bool destroyed;
    }

    struct Registrants {
        address current;
        address proposed;
    }

    /// One storage slot. Counts only while `epoch` is the identity's.
    struct StoredPermit {
        uint64 expiry;
        uint64 epoch;
        uint64 changedAt;
    }

    mapping(IdentityId => Identity) private _identities;
    mapping(IdentityId => Registrants) private _registrants;
    mapping(IdentityId => mapping(address holder => StoredPermit)) private _permits;

    modifier onlyRegistrant(IdentityId id) {
        require(msg.sender == _registrants[id].current, Unauthorized());
        _;
    }

    /* REGISTRANTS */

    /// @inheritdoc IIdentityRegistry
    function createIdentity(address permitter, bytes calldata pers) external returns (IdentityId id) {
        _requirePermitter(permitter);
        id = IdentityId.wrap(keccak256(abi.encode(block.chainid, address(this), msg.sender, keccak256(pers))));
        Identity storage identity = _identities[id];
        require(identity.permitter == address(0) && !identity.destroyed, IdentityExists(id));

        identity.permitter = permitter;
        _registrants[id].current = msg.sender;
        emit IdentityCreated(id);
    }

    /// @inheritdoc IIdentityRegistry
    function destroyIdentity(IdentityId id) external onlyRegistrant(id) {
        delete _registrants[id];
        _identities[id] = Identity({permitter: address(0), epoch: _identities[id].epoch + 1, destroyed: true});
        emit IdentityDestroyed(id);
    }

    /// @inheritdoc IIdentityRegistry
    function setPermitter(IdentityId id, address permitter) external onlyRegistrant(id) {
        _requirePermitter(permitter);
        _identities[id] = Identity({permitter: permitter, epoch: _identities[id].epoch + 1, destroyed: false});
        emit PermitterChanged(id);
    }

    /// @inheritdoc IIdentityRegistry
    function proposeRegistrationTransfer(IdentityId id, address to) external onlyRegistrant(id) {
        _registrants[id].proposed = to;
        emit RegistrationTransferProposed(id, to);
    }

    /// @inheritdoc IIdentityRegistry
    function acceptRegistrationTransfer(IdentityId id) external {
        require(msg.sender == _registrants[id].proposed, Unauthorized());
        _registrants[id] = Registrants({current: msg.sender, proposed: address(0)});
    }

    /* PERMITS */

    /// @inheritdoc IIdentityRegistry
    function grantIdentity(IdentityId id, address to, uint64 expiry) external {
        Identity memory identity = _identities[id];
        require(msg.sender == identity.permitter, Unauthorized());
        require(expiry > block.timestamp, ExpiryInPast(expiry));

        _permits[id][to] =
            StoredPermit({expiry: expiry, epoch: identity.epoch, changedAt: uint64(block.number)});
        emit IdentityGranted(id, to);
    }

    /// @inheritdoc IIdentityRegistry
    function revokeIdentity(IdentityId id, address from) external {
        Identity memory identity = _identities[id];
        require(msg.sender == identity.permitter || msg.sender == _registrants[id].current, Unauthorized());

        _permits[id][from] = StoredPermit({expiry: 0, epoch: identity.epoch, changedAt: uint64(block.number)});
        emit IdentityRevoked(id, from);
    }

    /* VIEWS */

    /// @inheritdoc IIdentityRegistry
    function getPermitter(IdentityId id) external view returns (IPermitter permitter) {
        return IPermitter(_identities[id].permitter);
    }

    /// @inheritdoc IIdentityRegistry
    function readPermit(address holder, IdentityId identity) external view returns (Permit memory permit) {
        StoredPermit memory stored = _permits[identity][holder];
        if (stored.epoch == _identities[identity].epoch) permit.expiry = stored.expiry;
    }

    /// @inheritdoc IIdentityRegistry
    function getRegistrant(IdentityId id) external view returns (address current, address proposed) {
        Registrants memory registrants = _registrants[id];
        return (registrants.current, registrants.proposed);
    }

    /// @inheritdoc IPermitHistory
    function permitChangedAt(address holder, IdentityId identity) external view returns (uint64 blockNumber) {
        return _permits[identity][holder].changedAt;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IIdentityRegistry).interfaceId || interfaceId == type(IPermitHistory).interfaceId
            || interfaceId == type(IERC165).interfaceId;
    }

    function _requirePermitter(address permitter) private view {
        require(
            ERC165Checker.supportsERC165InterfaceUnchecked(permitter, type(IPermitter).interfaceId),
            InterfaceUnsupported()
        );
    }
}
