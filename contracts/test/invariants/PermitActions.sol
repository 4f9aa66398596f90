// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICertificatePermitter} from "../../src/interfaces/ICertificatePermitter.sol";
import {IEnclavePolicies} from "../../src/interfaces/IEnclavePolicies.sol";
import {IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {IPermitter} from "../../src/interfaces/IPermitter.sol";
import {KeyNetwork} from "../KeyNetwork.sol";
import {AnyPermitter} from "../permitters/AnyPermitter.sol";
import {World} from "./World.sol";

/// What anyone does to identities and permits, and the books of them.
abstract contract PermitActions is World {
    /// Why a permit must be dead.
    enum Death {
        None,
        Revoked,
        AllRevoked,
        PermitterChanged,
        Destroyed
    }

    struct IdentityBook {
        address registrant;
        address offered;
        address permitter;
        uint64 delay; // seconds
        bool destroyed;
        uint256 changedBlock; // in which all permits last died
    }

    struct PermitBook {
        uint64 expiry;
        Death death;
        uint256 changedBlock;
    }

    struct Certificate {
        IdentityId id;
        address requester;
        uint64 duration;
        uint64 baseBlock;
        bytes context;
        bytes signature;
        bool served;
    }

    uint64 internal constant CAP = 2 hours;
    bytes32 private constant ROOT = keccak256("measurements");
    bytes32 private constant PLATFORM = 0x010150806f0000000000000065f0ec8000000000000000110000000000000000;
    uint64 private constant TCB = 0x65f0ec80;
    uint256 private constant READY_FOR = 14 days;

    mapping(IdentityId => IdentityBook) internal _books;
    mapping(IdentityId => mapping(address holder => PermitBook)) internal _permits;
    mapping(bytes32 change => uint64[2]) private _announced; // when, and when it will be ready
    mapping(IdentityId => mapping(address requester => uint64)) private _allowances;
    Certificate[] private _certificates;

    /// @inheritdoc World
    function expected(IdentityId id, address holder) public view override returns (uint64) {
        return _permits[id][holder].expiry;
    }

    function pickIdentity(uint256 seed) internal view returns (IdentityId) {
        return identities[draw(seed, "identity", identities.length)];
    }

    function pickRequester(uint256 seed) internal view returns (address) {
        return requester(draw(seed, "requester", REQUESTERS));
    }

    /* IDENTITIES */

    /// Twelve names in all, so that some are taken, or were.
    function createIdentity(uint256 seed) external {
        _create(anyone(seed, "registrant"), draw(seed, "permitter", 3), bytes32(draw(seed, "name", 2)));
    }

    function _create(address who, uint256 kind, bytes32 name) internal {
        address permitter = _permitter(kind);
        (bool passed, bytes memory answer) =
            act(who, address(registry), 0, abi.encodeCall(registry.createIdentity, (permitter, abi.encode(name))));
        if (!passed) return;
        IdentityId id = abi.decode(answer, (IdentityId));
        ok(_books[id].permitter == address(0) && !_books[id].destroyed, "ids of identities are unique for ever");
        (_books[id].registrant, _books[id].permitter) = (who, permitter);
        identities.push(id);
        if (permitter == address(certificates)) _setPolicy(id, who);
    }

    /// Registrants lose an identity rarely, or little would happen.
    function destroyIdentity(uint256 seed) external {
        if (draw(seed, "destroy", 4) != 0) return;
        IdentityId id = pickIdentity(seed);
        address who = mostly(_books[id].registrant, seed, "who");
        (bool passed,) = act(who, address(registry), 0, abi.encodeCall(registry.destroyIdentity, (id)));
        if (!passed) return;
        _onlyRegistrant(id, who);
        _books[id].destroyed = true;
        (_books[id].registrant, _books[id].offered) = (address(0), address(0));
        (_books[id].permitter, _books[id].delay) = (address(0), 0);
        _killAll(id, Death.Destroyed);
    }

    function setPermitter(uint256 seed) external {
        IdentityId id = pickIdentity(seed);
        address who = mostly(_books[id].registrant, seed, "who");
        address permitter = _permitter(draw(seed, "permitter", 3));
        bytes memory data = abi.encodeCall(registry.setPermitter, (id, permitter));
        (bool passed,) = act(who, address(registry), 0, data);
        if (!passed) return;
        _onlyRegistrant(id, who);
        if (!_made(address(registry), data, _books[id].delay)) return;
        _books[id].permitter = permitter;
        _killAll(id, Death.PermitterChanged);
    }

    function setDelay(uint256 seed) external {
        IdentityId id = pickIdentity(seed);
        address who = mostly(_books[id].registrant, seed, "who");
        uint16 hours_ = uint16(draw(seed, "hours", 3));
        bytes memory data = abi.encodeCall(registry.setDelay, (id, hours_));
        (bool passed,) = act(who, address(registry), 0, data);
        if (!passed) return;
        _onlyRegistrant(id, who);
        uint64 delay = uint64(hours_) * 1 hours;
        if (delay < _books[id].delay && !_made(address(registry), data, _books[id].delay)) return;
        _books[id].delay = delay;
    }

    function offerIdentity(uint256 seed) external {
        IdentityId id = pickIdentity(seed);
        address who = mostly(_books[id].registrant, seed, "who");
        address to = anyone(seed, "to");
        (bool passed,) =
            act(who, address(registry), 0, abi.encodeCall(registry.proposeRegistrationTransfer, (id, to)));
        if (!passed) return;
        _onlyRegistrant(id, who);
        _books[id].offered = to;
    }

    function takeIdentity(uint256 seed) external {
        IdentityId id = pickIdentity(seed);
        address who = mostly(_books[id].offered, seed, "who");
        (bool passed,) = act(who, address(registry), 0, abi.encodeCall(registry.acceptRegistrationTransfer, (id)));
        if (!passed) return;
        ok(who == _books[id].offered, "identities go to whom they were offered alone");
        (_books[id].registrant, _books[id].offered) = (who, address(0));
    }

    /* PERMITS */

    function grant(uint256 seed) external {
        IdentityId id = pickIdentity(seed);
        address permitter = rarely(seed, "other") ? _permitter(draw(seed, "permitter", 3)) : _books[id].permitter;
        _grantBy(permitter, id, pickRequester(seed), uint64(draw(seed, "duration", 4 hours)));
    }

    function revoke(uint256 seed) external {
        IdentityId id = pickIdentity(seed);
        address holder = pickRequester(seed);
        address who = mostly(_books[id].registrant, seed, "who");
        (bool passed,) = act(who, address(registry), 0, abi.encodeCall(registry.revokeIdentity, (id, holder)));
        if (!passed) return;
        _onlyRegistrant(id, who);
        _permits[id][holder] = PermitBook(0, Death.Revoked, height);
    }

    function revokeAll(uint256 seed) external {
        IdentityId id = pickIdentity(seed);
        address who = mostly(_books[id].registrant, seed, "who");
        (bool passed,) = act(who, address(registry), 0, abi.encodeCall(registry.revokeAllPermits, (id)));
        if (!passed) return;
        _onlyRegistrant(id, who);
        _killAll(id, Death.AllRevoked);
    }

    function allow(uint256 seed) external {
        IdentityId id = pickIdentity(seed);
        address who = mostly(_books[id].registrant, seed, "who");
        _allow(id, who, pickRequester(seed), uint64(draw(seed, "most", 3)) * 1 hours);
    }

    function replayCertificate(uint256 seed) external {
        if (_certificates.length != 0) _present(draw(seed, "certificate", _certificates.length));
    }

    /// By the permitter that the identity has.
    function _grant(IdentityId id, address holder, uint64 duration) internal {
        _grantBy(_books[id].permitter, id, holder, duration);
    }

    function _grantBy(address permitter, IdentityId id, address holder, uint64 duration) private {
        if (permitter == address(certificates)) {
            _certify(id, holder, duration);
        } else if (permitter == address(allowList)) {
            _acquire(id, holder, duration);
        } else {
            bytes memory data = abi.encodeCall(AnyPermitter.grant, (id, holder, duration));
            (bool passed,) = act(account(0), address(anyPermitter), 0, data);
            if (passed) _granted(id, holder, address(anyPermitter), time + duration);
        }
    }

    function _allow(IdentityId id, address who, address holder, uint64 most) internal {
        bytes memory data = abi.encodeCall(allowList.setAllowance, (id, holder, most));
        (bool passed,) = act(who, address(allowList), 0, data);
        if (!passed) return;
        _onlyRegistrant(id, who);
        if (most != 0 && !_made(address(allowList), data, _books[id].delay)) return;
        _allowances[id][holder] = most;
        if (most == 0 && _books[id].permitter == address(allowList)) {
            _permits[id][holder] = PermitBook(0, Death.Revoked, height);
        }
    }

    function _acquire(IdentityId id, address holder, uint64 duration) private {
        bytes memory data = abi.encodeCall(IPermitter.acquireIdentity, (id, holder, duration, "", ""));
        (bool passed, bytes memory answer) = act(account(0), address(allowList), 0, data);
        if (!passed) return;
        uint64 expiry = abi.decode(answer, (uint64));
        ok(expiry <= time + _allowances[id][holder], "an allow-list grants what is allowed at most");
        _granted(id, holder, address(allowList), expiry);
    }

    function _certify(IdentityId id, address holder, uint64 duration) private {
        ICertificatePermitter.Context memory context;
        context.baseBlock = uint64(height - 1);
        (context.measurementRoot, context.platform) = (ROOT, PLATFORM);
        bytes32 digest = certificates.certificateDigest(id, holder, duration, context);
        _certificates.push(
            Certificate(
                id, holder, duration, context.baseBlock, abi.encode(context), KeyNetwork.sign(digest), false
            )
        );
        _present(_certificates.length - 1);
    }

    function _present(uint256 index) private {
        Certificate storage one = _certificates[index];
        (IdentityId id, address holder) = (one.id, one.requester);
        (bool passed, bytes memory answer) = act(
            account(1),
            address(certificates),
            0,
            abi.encodeCall(IPermitter.acquireIdentity, (id, holder, one.duration, one.context, one.signature))
        );
        if (!passed) return;
        ok(!one.served, "no certificate serves twice");
        one.served = true;
        bool young = _permits[id][holder].changedBlock <= one.baseBlock && _books[id].changedBlock <= one.baseBlock;
        ok(young, "no certificate from before a change of permits serves");
        uint64 expiry = abi.decode(answer, (uint64));
        ok(expiry <= time + CAP, "no certificate gets more than the policy's cap");
        _granted(id, holder, address(certificates), expiry);
    }

    /* BOOKS */

    function _granted(IdentityId id, address holder, address permitter, uint64 expiry) private {
        ok(permitter == _books[id].permitter, "the identity's permitter alone grants");
        ok(expiry > time, "no permit is granted into the past");
        _permits[id][holder] = PermitBook(expiry, Death.None, height);
    }

    function _killAll(IdentityId id, Death death) private {
        _books[id].changedBlock = height;
        for (uint256 i = 0; i < REQUESTERS; ++i) {
            PermitBook storage permit = _permits[id][requester(i)];
            if (permit.expiry != 0) (permit.expiry, permit.death) = (0, death);
        }
    }

    function _onlyRegistrant(IdentityId id, address who) private view {
        ok(who == _books[id].registrant, "the registrant alone governs");
    }

    /// Whether a call that passed made its change, or announced it.
    function _made(address target, bytes memory data, uint64 delay) private returns (bool) {
        bytes32 change = keccak256(abi.encode(target, data));
        uint64[2] memory announced = _announced[change];
        if (delay != 0 && (announced[1] == 0 || time > announced[1] + READY_FOR)) {
            _announced[change] = [time, time + delay];
            return false;
        }
        ok(delay == 0 || time >= announced[0] + delay, "what gives rights away waits for its delay");
        delete _announced[change];
        return true;
    }

    function _setPolicy(IdentityId id, address who) internal {
        IEnclavePolicies.Policy memory policy;
        policy.kind = IEnclavePolicies.PolicyKind.Measurements;
        (policy.subject, policy.maxDuration, policy.tdxFloor) = (ROOT, CAP, TCB);
        act(who, address(certificates), 0, abi.encodeCall(certificates.setPolicy, (id, policy, "")));
    }

    function _permitter(uint256 kind) private view returns (address) {
        return kind == 0 ? address(certificates) : kind == 1 ? address(allowList) : address(anyPermitter);
    }
}
