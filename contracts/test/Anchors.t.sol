// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {Anchors} from "../src/Anchors.sol";
import {IdentityRegistry} from "../src/IdentityRegistry.sol";
import {IAnchors} from "../src/interfaces/IAnchors.sol";
import {IdentityId, IIdentityRegistry} from "../src/interfaces/IIdentityRegistry.sol";
import {Test} from "./Test.sol";

/// What enclaves sign. EIP-712 by hand, so that the contract is not its own witness.
abstract contract AnchorsFixture is Test {
    uint256 internal constant CHAIN = 31337; // block.chainid is taken for constant within a call
    uint64 internal constant START = 1_800_000_000;
    uint64 internal constant DEADLINE = START + 2000;
    uint256 internal constant KEY = uint256(keccak256("requester"));
    uint256 internal constant OTHER_KEY = uint256(keccak256("another requester"));
    bytes32 internal constant NAME = keccak256("name");
    address internal constant STRANGER = address(0x57);

    IdentityRegistry internal registry = new IdentityRegistry();
    Anchors internal anchors = new Anchors(registry);
    address internal requester = vm.addr(KEY);
    IdentityId internal id;

    function setUp() public virtual {
        vm.chainId(CHAIN);
        vm.warp(START);
        id = registry.createIdentity(address(this), "");
        registry.grantIdentity(id, requester, START + 1000);
    }

    /// This contract stands in for a permitter, and is the registrant.
    function supportsInterface(bytes4) external pure returns (bool) {
        return true;
    }

    function signature(
        uint256 key,
        address contract_,
        IdentityId identity,
        bytes32 name,
        uint64 version,
        bytes32 previous,
        bytes32 digest
    ) internal pure returns (bytes memory) {
        return signatureOn(CHAIN, key, contract_, identity, name, version, previous, digest, DEADLINE);
    }

    function signatureOn(
        uint256 chain,
        uint256 key,
        address contract_,
        IdentityId identity,
        bytes32 name,
        uint64 version,
        bytes32 previous,
        bytes32 digest,
        uint64 deadline
    ) internal pure returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("escrin Anchors"),
                keccak256("1"),
                chain,
                contract_
            )
        );
        bytes32 kind = keccak256(
            "Advance(bytes32 identity,bytes32 name,uint64 version,bytes32 previous,bytes32 digest,uint64 deadline)"
        );
        bytes32 message = keccak256(abi.encode(kind, identity, name, version, previous, digest, deadline));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(bytes.concat(hex"1901", domain, message)));
        return abi.encodePacked(r, s, v);
    }

    function signed(uint64 version, bytes32 previous, bytes32 digest) internal view returns (bytes memory) {
        return signature(KEY, address(anchors), id, NAME, version, previous, digest);
    }

    function advance(uint64 version, bytes32 previous, bytes32 digest) internal {
        anchors.advance(id, NAME, version, digest, DEADLINE, requester, signed(version, previous, digest));
    }

    function isAt(IAnchors.Anchor memory anchor, uint64 version, bytes32 digest) internal pure {
        eq(anchor.version, version);
        eq(anchor.digest, digest);
    }

    function advancedIs(uint64 version, bytes32 digest) internal view {
        isAt(anchors.advanced(id, NAME), version, digest);
    }

    function announcedIs(uint64 version, bytes32 digest) internal view {
        isAt(anchors.announced(id, NAME), version, digest);
    }
}

contract AnchorsTest is AnchorsFixture {
    /* WHO MAY */

    function testFuzzOnlyTheRegistrantAnnounces(address caller, bytes32 digest) public {
        vm.assume(caller != address(this));
        vm.prank(caller);
        vm.expectRevert(IAnchors.Unauthorized.selector);
        anchors.announce(id, NAME, 1, digest);
    }

    function testNobodyAnnouncesForWhatIsNoIdentity() public {
        vm.expectRevert(IAnchors.Unauthorized.selector);
        anchors.announce(IdentityId.wrap(keccak256("none")), NAME, 1, "digest");
        registry.destroyIdentity(id);
        vm.expectRevert(IAnchors.Unauthorized.selector);
        anchors.announce(id, NAME, 1, "digest");
    }

    function testFuzzWithoutAPermitNobodyAdvances(uint256 key, bytes32 digest) public {
        key = bound(key);
        address other = vm.addr(key);
        vm.assume(other != requester);
        vm.expectRevert(abi.encodeWithSelector(IAnchors.PermitMissing.selector, id, other));
        anchors.advance(
            id, NAME, 1, digest, DEADLINE, other, signature(key, address(anchors), id, NAME, 1, 0, digest)
        );
    }

    function testAPermitServesToItsLastSecond() public {
        vm.warp(START + 999);
        advance(1, 0, "one");
        vm.warp(START + 1000);
        bytes memory late = signed(2, "one", "two");
        vm.expectRevert(abi.encodeWithSelector(IAnchors.PermitMissing.selector, id, requester));
        anchors.advance(id, NAME, 2, "two", DEADLINE, requester, late);
    }

    function testAfterARevocationNothingIsAdvanced() public {
        registry.revokeIdentity(id, requester);
        bytes memory late = signed(1, 0, "one");
        vm.expectRevert(abi.encodeWithSelector(IAnchors.PermitMissing.selector, id, requester));
        anchors.advance(id, NAME, 1, "one", DEADLINE, requester, late);
    }

    /// MB-14: what was signed can be brought up to its deadline, and not a second longer, though the permit goes on.
    function testFuzzMB14WhatWasSignedLapses(uint64 deadline, uint64 late) public {
        deadline = START + deadline % 999;
        late = deadline + 1 + late % (START + 999 - deadline);
        bytes memory one = signatureOn(CHAIN, KEY, address(anchors), id, NAME, 1, 0, "one", deadline);
        vm.warp(late);
        vm.expectRevert(abi.encodeWithSelector(IAnchors.AdvanceExpired.selector, deadline));
        anchors.advance(id, NAME, 1, "one", deadline, requester, one);
        vm.expectRevert(IAnchors.SignatureInvalid.selector);
        anchors.advance(id, NAME, 1, "one", late, requester, one);
        vm.warp(deadline);
        anchors.advance(id, NAME, 1, "one", deadline, requester, one);
        advancedIs(1, "one");
    }

    /* WHAT WAS SIGNED */

    function refused(bytes memory signature_) private {
        vm.expectRevert(IAnchors.SignatureInvalid.selector);
        anchors.advance(id, NAME, 1, "one", DEADLINE, requester, signature_);
    }

    /// CT-04: of another contract, chain, identity, name, version, past, digest or deadline.
    function testCT04ASignatureIsForOneAdvanceAlone() public {
        refused(signature(OTHER_KEY, address(anchors), id, NAME, 1, 0, "one"));
        refused(signature(KEY, address(registry), id, NAME, 1, 0, "one"));
        refused(signature(KEY, address(anchors), IdentityId.wrap("other"), NAME, 1, 0, "one"));
        refused(signature(KEY, address(anchors), id, "other", 1, 0, "one"));
        refused(signature(KEY, address(anchors), id, NAME, 2, 0, "one"));
        refused(signature(KEY, address(anchors), id, NAME, 1, "other", "one"));
        refused(signature(KEY, address(anchors), id, NAME, 1, 0, "other"));
        refused(signatureOn(CHAIN + 1, KEY, address(anchors), id, NAME, 1, 0, "one", DEADLINE));
        refused(signatureOn(CHAIN, KEY, address(anchors), id, NAME, 1, 0, "one", DEADLINE + 1));
        advancedIs(0, 0);
    }

    /// CT-03: other lengths, and the same signature in its other form.
    function testFuzzCT03OnlyOneFormOfASignatureCounts(bytes memory noise) public {
        bytes memory good = signed(1, 0, "one");
        vm.assume(keccak256(noise) != keccak256(good));
        refused(noise);
        refused("");
        refused(bytes.concat(good, hex"00"));
        (bytes32 r, bytes32 s) = (word(good, 0), word(good, 32));
        uint256 n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        refused(abi.encodePacked(r, n - uint256(s), good[64] == 0x1b ? bytes1(0x1c) : bytes1(0x1b)));
        anchors.advance(id, NAME, 1, "one", DEADLINE, requester, good);
    }

    function testAnyoneBringsWhatWasSigned() public {
        bytes memory one = signed(1, 0, "one");
        vm.prank(STRANGER);
        anchors.advance(id, NAME, 1, "one", DEADLINE, requester, one);
        advancedIs(1, "one");
    }

    /* WHAT FOLLOWS */

    function testFuzzMB15VersionsFollowOneByOne(uint64 version, bytes32 digest) public {
        advance(1, 0, "one");
        anchors.announce(id, NAME, 1, "one");
        vm.assume(version != 2);
        bytes memory other = signed(version, "one", digest);
        vm.expectRevert(abi.encodeWithSelector(IAnchors.VersionUnfit.selector, 1));
        anchors.advance(id, NAME, version, digest, DEADLINE, requester, other);
        vm.expectRevert(abi.encodeWithSelector(IAnchors.VersionUnfit.selector, 1));
        anchors.announce(id, NAME, version, digest);
        advance(2, "one", digest);
        advancedIs(2, digest);
    }

    function testMB15TheFirstVersionIsOne() public {
        bytes memory zero = signed(0, 0, "one");
        vm.expectRevert(abi.encodeWithSelector(IAnchors.VersionUnfit.selector, 0));
        anchors.advance(id, NAME, 0, "one", DEADLINE, requester, zero);
        vm.expectRevert(abi.encodeWithSelector(IAnchors.VersionUnfit.selector, 0));
        anchors.announce(id, NAME, 0, "one");
    }

    /// Two enclaves that start from one version: one of them wins, and what the other built on it is void.
    function testMB15OfTwoThatRaceOneWins() public {
        advance(1, 0, "one");
        bytes memory loser = signed(2, "one", "mine");
        bytes memory after_ = signed(3, "mine", "next");
        advance(2, "one", "theirs");
        vm.expectRevert(abi.encodeWithSelector(IAnchors.VersionUnfit.selector, 2));
        anchors.advance(id, NAME, 2, "mine", DEADLINE, requester, loser);
        vm.expectRevert(IAnchors.SignatureInvalid.selector);
        anchors.advance(id, NAME, 3, "next", DEADLINE, requester, after_);
        advancedIs(2, "theirs");
    }

    function testNothingFollowsTheLastVersion() public {
        vm.store(address(anchors), slotOf(2), bytes32(uint256(type(uint64).max)));
        for (uint64 version = type(uint64).max; version != 1; version = version == 0 ? 1 : 0) {
            vm.expectRevert(abi.encodeWithSelector(IAnchors.VersionUnfit.selector, type(uint64).max));
            anchors.announce(id, NAME, version, "more");
        }
    }

    /* WHAT IS APART */

    function testFuzzAnchorsOfOthersStay(bytes32 name, IdentityId identity, bytes32 digest) public {
        vm.assume(name != NAME && IdentityId.unwrap(identity) != IdentityId.unwrap(id));
        advance(1, 0, digest);
        announcedIs(0, 0);
        anchors.announce(id, NAME, 1, "other");
        advancedIs(1, digest);
        announcedIs(1, "other");
        isAt(anchors.advanced(id, name), 0, 0);
        isAt(anchors.announced(id, name), 0, 0);
        isAt(anchors.advanced(identity, NAME), 0, 0);
        isAt(anchors.announced(identity, NAME), 0, 0);
    }

    function testWhoeverTakesAnIdentityGoesOn() public {
        anchors.announce(id, NAME, 1, "one");
        registry.proposeRegistrationTransfer(id, STRANGER);
        vm.prank(STRANGER);
        registry.acceptRegistrationTransfer(id);
        vm.prank(STRANGER);
        anchors.announce(id, NAME, 2, "two");
        announcedIs(2, "two");
        vm.expectRevert(IAnchors.Unauthorized.selector);
        anchors.announce(id, NAME, 3, "three");
    }

    /* WHAT IS SAID */

    function testEachVersionIsTold() public {
        vm.expectEmit();
        emit IAnchors.Announced(id, NAME, 1, "one");
        anchors.announce(id, NAME, 1, "one");
        bytes memory one = signed(1, 0, "first");
        vm.expectEmit();
        emit IAnchors.Advanced(id, NAME, 1, "first", requester);
        anchors.advance(id, NAME, 1, "first", DEADLINE, requester, one);
    }

    /// Where keyholders read: keyholder/SPEC.md, 9.
    function testFuzzSlotsAreAsKeyholdersReadThem(bytes32 mine, bytes32 theirs) public {
        anchors.announce(id, NAME, 1, mine);
        advance(1, 0, theirs);
        eq(vm.load(address(anchors), slotOf(2)), bytes32(uint256(1)));
        eq(vm.load(address(anchors), bytes32(uint256(slotOf(2)) + 1)), mine);
        eq(vm.load(address(anchors), slotOf(3)), bytes32(uint256(1)));
        eq(vm.load(address(anchors), bytes32(uint256(slotOf(3)) + 1)), theirs);
    }

    function testInterfaces() public view {
        ok(anchors.supportsInterface(type(IAnchors).interfaceId), "IAnchors");
        ok(anchors.supportsInterface(type(IERC165).interfaceId), "IERC165");
        ok(!anchors.supportsInterface(0xffffffff), "any");
        eq(address(anchors.registry()), address(registry));
    }

    function testCT14ARegistryMustExist() public {
        vm.expectRevert(IAnchors.ConstructionUnfit.selector);
        new Anchors(IIdentityRegistry(STRANGER));
    }

    function slotOf(uint256 mapping_) private view returns (bytes32) {
        return keccak256(abi.encode(NAME, keccak256(abi.encode(id, mapping_))));
    }

    function bound(uint256 key) private pure returns (uint256) {
        return key % (type(uint128).max) + 1;
    }

    function word(bytes memory data, uint256 offset) private pure returns (bytes32 value) {
        assembly {
            value := mload(add(add(data, 32), offset))
        }
    }
}

/// What whole transactions cost: see TaskHubGasTest.
/// forge-config: default.isolate = true
contract AnchorsGasTest is AnchorsFixture {
    function testGasOfAnchors() public {
        within("announce, first", 100_000, abi.encodeCall(anchors.announce, (id, NAME, 1, "one")));
        within("announce", 65_000, abi.encodeCall(anchors.announce, (id, NAME, 2, "two")));
        within("advance, first", 110_000, brought(1, 0, "one"));
        within("advance", 75_000, brought(2, "one", "two"));
    }

    event Gas(string what, uint256 gas);

    function brought(uint64 version, bytes32 previous, bytes32 digest) private view returns (bytes memory) {
        return abi.encodeCall(
            anchors.advance, (id, NAME, version, digest, DEADLINE, requester, signed(version, previous, digest))
        );
    }

    function within(string memory what, uint256 limit, bytes memory data) private {
        (bool done,) = address(anchors).call(data);
        ok(done, what);
        uint256 gas = vm.lastCallGas().gasTotalUsed;
        emit Gas(what, gas);
        ok(gas <= limit, what);
    }
}
