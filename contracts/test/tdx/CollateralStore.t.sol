// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITdxCollateralStore} from "../../src/interfaces/ITdxCollateralStore.sol";
import {TdxCollateral} from "../../src/tdx/TdxCollateral.sol";
import {CollateralFixture} from "./CollateralFixture.sol";

/// What is kept answers only as long as it is valid, and falls with whoever signed it.
contract CollateralStoreTest is CollateralFixture {
    bytes32 private constant PCK = bytes32(uint256(1));

    string private world;
    TdxCollateral private store;
    bytes[] private calls;
    bytes6 private fmspc;
    bytes32 private issuer; // key of the platform CA
    bytes32 private second; // and of the second one

    function setUp() external {
        world = read("cases");
        (store, calls) = open(world);
        fmspc = bytes6(vm.parseJsonBytes(world, ".fmspc"));
        (issuer, second) = (issuerKey(calls[PLATFORM_CA]), issuerKey(find("platform CA: a newer one")));
    }

    /* OUT OF DATE */

    function testAT05EveryPartEnds() external {
        ends(ITdxCollateralStore.Part.TcbInfo, true, false, true);
        ends(ITdxCollateralStore.Part.QeIdentity, false, true, true);
        ends(ITdxCollateralStore.Part.RootCrl, true, true, false);
        ends(ITdxCollateralStore.Part.PlatformCrl, false, false, false);
    }

    /// At its last second a part still answers; a second later nothing that needs it does, while the others do if they
    /// outlast it.
    function ends(ITdxCollateralStore.Part part, bool tcb, bool qe, bool lists) private {
        uint256 state = vm.snapshotState();
        (,, uint64 until,) = store.kept(part, keyOf(part));
        uint64 first = earliest();
        vm.warp(until < first ? until : first);
        ok(tcbStatus() == 1 && moduleStatus() == 1 && qeStatus() == 1 && stands(), "all answer");
        vm.warp(until + 1);
        if (tcb) ok(tcbStatus() == 0 && moduleStatus() == 0, "TCB info denies");
        if (qe) ok(qeStatus() == 0, "QE identity denies");
        if (!lists) ok(!stands(), "lists deny");
        vm.revertToState(state);
    }

    function earliest() private view returns (uint64 first) {
        first = type(uint64).max;
        for (uint256 i = 1; i <= 4; i++) {
            (,, uint64 until,) = store.kept(ITdxCollateralStore.Part(i), keyOf(ITdxCollateralStore.Part(i)));
            if (until < first) first = until;
        }
    }

    /// Documents end with the certificate of their signer, and lists with that of their issuer.
    function testPartsEndWithTheirIssuer() external {
        bring(store, find("TCB signer: in its last second"));
        (,, uint64 until,) = store.kept(ITdxCollateralStore.Part.TcbSigner, 0);
        eq(until, block.timestamp);
        vm.warp(block.timestamp + 1);
        bytes memory info = find("a TCB info issued a second later");
        refuse(store, info, ITdxCollateralStore.IssuerMissing.selector);
    }

    /// Nothing outlasts the root, whatever it says of itself.
    function testAT10EveryPartEndsWithTheRoot() external {
        ITdxCollateralStore.Root memory root = store.root();
        root.notAfter = uint64(block.timestamp) + 60;
        store = new TdxCollateral(root);
        for (uint256 i = 0; i < calls.length; i++) {
            bring(store, calls[i]);
        }
        for (uint256 i = 1; i <= 6; i++) {
            ITdxCollateralStore.Part part = ITdxCollateralStore.Part(i);
            bool ca = part == ITdxCollateralStore.Part.PlatformCA;
            (,, uint64 until, address data) = store.kept(part, ca ? issuer : keyOf(part));
            eq(until, root.notAfter);
            ok(data.code.length != 0, "kept");
        }
        eq(store.validUntil(fmspc, issuer), root.notAfter);
    }

    /// The issuer is told by name and by key, even where every signature counts as right.
    function testAT05ListsOfAnotherKey() external {
        vm.mockCall(address(0x100), "", abi.encode(1));
        bytes memory call = find("root's list: a newer one");
        bytes20 key = store.root().keyId;
        uint256 place;
        while (number(call, place, 20) != uint160(key)) place++;
        call[place] ^= 0x01;
        refuse(store, call, ITdxCollateralStore.NotIssued.selector);
        call[place] ^= 0x01;
        bring(store, call);
        vm.clearMockedCalls();
    }

    /* MISSING */

    function testNothingIsKnownAtFirst() external {
        store = deploy(world);
        denied();
        // In any order: with all but one there is no answer to what needs that one.
        bring(store, calls[SIGNER]);
        bring(store, calls[TCB]);
        bring(store, calls[QE]);
        denied();
        bring(store, calls[ROOT_CRL]);
        ok(tcbStatus() == 1 && moduleStatus() == 1 && qeStatus() == 1, "documents");
        ok(!stands(), "no list of the platform CA");
        bring(store, calls[PLATFORM_CA]);
        bring(store, calls[PLATFORM_CRL]);
        ok(stands(), "lists");
        (uint256 number, uint64 issued, uint64 until, address data) = store.kept(ITdxCollateralStore.Part.None, 0);
        ok(number == 0 && issued == 0 && until == 0 && data == address(0), "there is no such part");
    }

    function denied() private view {
        ok(tcbStatus() == 0 && moduleStatus() == 0 && qeStatus() == 0, "documents");
        ok(!stands() && store.validUntil(fmspc, issuer) == 0, "lists");
    }

    function testQuestionsOfAnotherForm(bytes calldata any) external view {
        (uint8 module,) = store.moduleStatus(fmspc, bytes16(0), any);
        if (any.length != 56) eq(module, 0);
        eq(store.qeStatus(any), 0);
    }

    /* REVOKED */

    function testRevokedSigner() external {
        bytes memory info = find("a TCB info issued a second later");
        bring(store, find("root's list: revokes the TCB signer"));
        ok(tcbStatus() == 0 && moduleStatus() == 0 && qeStatus() == 0, "documents");
        ok(stands(), "the lists are by others");
        refuse(store, info, ITdxCollateralStore.IssuerMissing.selector);
        refuse(store, calls[SIGNER], ITdxCollateralStore.CertificateRevoked.selector);
        // What the revoked signer numbered binds nobody.
        bring(store, find("TCB signer: a newer one"));
        bring(store, find("signed by the second TCB signer"));
        eq(tcbStatus(), 1);
        (uint256 number,,,) = store.kept(ITdxCollateralStore.Part.TcbInfo, fmspc);
        eq(number, 3);
    }

    /// A signer that is not revoked does bind its successor.
    function testAT05SuccessorOfSigner() external {
        bring(store, find("TCB signer: a newer one"));
        eq(tcbStatus(), 1);
        refuse(store, find("signed by the second TCB signer"), ITdxCollateralStore.NotNewer.selector);
    }

    function testRevokedPlatformCA() external {
        bytes32 serial = keyId(calls[PLATFORM_CA]);
        bring(store, find("root's list: revokes the platform CA"));
        ok(!store.stands(issuer, serial, PCK), "its certificates");
        ok(store.stands(issuer, 0, PCK), "those of another certificate for the same key");
        refuse(store, find("platform CA's list: a newer one"), ITdxCollateralStore.IssuerMissing.selector);
        refuse(store, calls[PLATFORM_CA], ITdxCollateralStore.CertificateRevoked.selector);
        bring(store, find("platform CA: a newer one"));
        bring(store, find("platform CA's list: of the second platform CA"));
        ok(store.stands(second, 0, PCK), "the second platform CA's list, of a lower number");
        ok(!store.stands(issuer, serial, PCK), "of the first");
    }

    /// Platforms keep their certificates when a vendor gets another platform CA: each has its list.
    function testTwoPlatformCAs() external {
        bring(store, find("platform CA: a newer one"));
        bring(store, find("platform CA's list: a newer one"));
        ok(stands() && !store.stands(second, 0, PCK), "the first alone has a list");
        bring(store, find("platform CA's list: of the second platform CA"));
        ok(stands() && store.stands(second, 0, PCK), "both");
        ok(!store.stands(0, 0, PCK) && !store.stands(~issuer, 0, PCK), "no others");
        (uint256 number,,,) = store.kept(ITdxCollateralStore.Part.PlatformCrl, second);
        eq(number, 1);
        bring(store, find("root's list: revokes the second TCB signer and platform CA"));
        refuse(store, find("platform CA's list: of the second platform CA"), ITdxCollateralStore.IssuerMissing.selector);
        ok(stands(), "the first");
    }

    /// Lists of more than 65,535 bytes: their lengths have three bytes. P-256 calls everything right here.
    function testLongLists() external {
        store = deploy(world);
        vm.mockCall(address(0x100), "", abi.encode(1));
        bring(store, calls[PLATFORM_CA]);
        bring(store, calls[PLATFORM_CRL]);
        bytes32 lowest = bytes32(uint256(1) << 159 | 1);
        bring(store, abi.encodeCall(store.updateRootCrl, (longList(2_000))));
        ok(!store.stands(issuer, lowest, PCK), "the first entry");
        ok(!store.stands(issuer, bytes32(uint256(lowest) + 1_999), PCK), "the last entry");
        ok(store.stands(issuer, bytes32(uint256(lowest) + 2_000), PCK), "none of them");
        // As many as the code of a contract holds under EIP-170.
        vm.clearMockedCalls();
        store = deploy(world);
        vm.mockCall(address(0x100), "", abi.encode(1));
        bring(store, abi.encodeCall(store.updateRootCrl, (longList(3_069))));
        (,,, address data) = store.kept(ITdxCollateralStore.Part.RootCrl, 0);
        ok(data.code.length <= 24_576 && data.code.length + 8 > 24_576, "fits");
        vm.clearMockedCalls();
    }

    /// The root's list with as many entries, of 20-byte serial numbers that follow on each other.
    function longList(uint256 count) private view returns (bytes memory) {
        bytes memory call = calls[ROOT_CRL];
        uint256 size = number(call, 36, 32);
        bytes memory list = slice(call, 68, size);
        uint256 dates; // the first of two, 15 bytes each
        while (number(list, dates, 2) != 0x170d) dates++;
        uint256 issued = list.length - 3; // where the signature's algorithm begins, the last such
        while (number(list, --issued, 4) != 0x300a0608) {}
        uint256 version = 0;
        while (number(list, version, 3) != 0x020101) version++;
        bytes memory entries = new bytes(40 * count);
        for (uint256 i = 0; i < count; i++) {
            // SEQUENCE { INTEGER of 21 bytes, UTCTime }
            bytes memory entry = abi.encodePacked(hex"30260215", uint168(1 << 159 | 1 + i), "\x17\x0d260101000000Z");
            for (uint256 j = 0; j < 40; j++) {
                entries[40 * i + j] = entry[j];
            }
        }
        bytes memory body = bytes.concat(
            slice(list, version, dates + 30 - version),
            long(entries),
            slice(list, dates + 30, issued - dates - 30)
        );
        return long(bytes.concat(long(body), slice(list, issued, list.length - issued)));
    }

    /// SEQUENCE with a length of three bytes.
    function long(bytes memory contents) private pure returns (bytes memory) {
        return abi.encodePacked(hex"3083", uint24(contents.length), contents);
    }

    /// What is revoked or has expired can be followed by what is older.
    function testPredecessorOfRevokedCertificate() external {
        bring(store, find("TCB signer: a newer one"));
        refuse(store, calls[SIGNER], ITdxCollateralStore.NotNewer.selector);
        bring(store, find("root's list: revokes the second TCB signer and platform CA"));
        bring(store, calls[SIGNER]);
        refuse(store, find("TCB signer: a newer one"), ITdxCollateralStore.CertificateRevoked.selector);
    }

    function testPredecessorOfExpiredCertificate() external {
        bring(store, find("TCB signer: in its last second"));
        refuse(store, calls[SIGNER], ITdxCollateralStore.NotNewer.selector);
        vm.warp(block.timestamp + 1);
        bring(store, calls[SIGNER]);
    }

    /// Whoever remembers an answer can tell until when, and whether anything has changed since.
    function testEditionAndEnd() external {
        uint64 edition = store.edition();
        eq(edition, calls.length);
        eq(store.validUntil(fmspc, issuer), earliest());
        eq(store.validUntil(~fmspc, issuer), 0);
        eq(store.validUntil(fmspc, ~issuer), 0);
        refuse(store, calls[TCB], ITdxCollateralStore.NotNewer.selector);
        eq(store.edition(), edition);
        bring(store, find("root's list: revokes the TCB signer"));
        eq(store.edition(), edition + 1);
    }

    /* KEPT */

    function testSameContentIsKeptOnce() external {
        (,,, address before) = store.kept(ITdxCollateralStore.Part.TcbInfo, fmspc);
        bring(store, find("a TCB info issued a second later"));
        (, uint64 issued,, address later) = store.kept(ITdxCollateralStore.Part.TcbInfo, fmspc);
        eq(before, later);
        eq(issued, 1771412332);
        bring(store, find("the highest number"));
        (uint256 number,,, address other) = store.kept(ITdxCollateralStore.Part.TcbInfo, fmspc);
        eq(number, type(uint32).max);
        ok(other != before, "other content");
    }

    function testKeptCodeDoesNotRun(bytes calldata data) external {
        (,,, address kept) = store.kept(ITdxCollateralStore.Part.TcbInfo, fmspc);
        (bool done, bytes memory answer) = kept.call(data);
        ok(done && answer.length == 0 && kept.code[0] == 0, "stops");
    }

    /* CONSTRUCTION */

    function testRootMustBeWhole(uint8 part) external {
        ITdxCollateralStore.Root memory root = store.root();
        part %= 5;
        if (part == 0) root.x = 0;
        else if (part == 1) root.y = 0;
        else if (part == 2) root.name = 0;
        else if (part == 3) root.keyId = 0;
        else root.notAfter = uint64(block.timestamp) - 1;
        vm.expectRevert(ITdxCollateralStore.RootInvalid.selector);
        new TdxCollateral(root);
    }

    function testCT01PrecompileMissing() external {
        ITdxCollateralStore.Root memory root = store.root();
        bytes[5] memory answers = [bytes(""), abi.encode(0), abi.encode(2), new bytes(31), abi.encode(1, 1)];
        for (uint256 i = 0; i < answers.length; i++) {
            vm.mockCall(address(0x100), "", answers[i]);
            refuse(store, find("a TCB info issued a second later"), ITdxCollateralStore.NotIssued.selector);
            refuse(store, find("root's list: a newer one"), ITdxCollateralStore.NotIssued.selector);
            vm.expectRevert(ITdxCollateralStore.PrecompileUnavailable.selector);
            new TdxCollateral(root);
        }
        // One that calls everything right is none either.
        vm.mockCall(address(0x100), "", abi.encode(1));
        vm.expectRevert(ITdxCollateralStore.PrecompileUnavailable.selector);
        new TdxCollateral(root);
        vm.clearMockedCalls();
    }

    /* QUESTIONS */

    function tcbStatus() private view returns (uint8 status) {
        (status,,) = store.tcbLevel(fmspc, ~bytes16(0), type(uint16).max, ~bytes16(0));
    }

    function moduleStatus() private view returns (uint8 status) {
        (status,) = store.moduleStatus(fmspc, bytes16(0x03030000000000000000000000000000), new bytes(56));
    }

    /// The base QE identity's enclave, version 4.
    function qeStatus() private view returns (uint8 status) {
        bytes memory report = new bytes(384);
        bytes32 signer = 0xDC9E2A7C6F948F17474E34A7FC43ED030F7C1563F1BABDDF6340C82E0E54A8C5;
        report[48] = 0x11;
        for (uint256 i = 0; i < 32; i++) {
            report[128 + i] = signer[i];
        }
        (report[256], report[258]) = (bytes1(uint8(2)), bytes1(uint8(4)));
        return store.qeStatus(report);
    }

    function stands() private view returns (bool) {
        return store.stands(issuer, 0, PCK);
    }

    /// Under which a part is kept.
    function keyOf(ITdxCollateralStore.Part part) private view returns (bytes32) {
        if (part == ITdxCollateralStore.Part.TcbInfo) return fmspc;
        return part == ITdxCollateralStore.Part.PlatformCrl ? issuer : bytes32(0);
    }

    /// keccak256 of the public key in a certificate: 64 bytes behind the head of a key on P-256.
    function issuerKey(bytes memory call) private pure returns (bytes32) {
        uint256 place;
        while (number(call, place, 8) != 0x2a8648ce3d030107) place++;
        return keccak256(slice(call, place + 12, 64));
    }

    /// The serial number in a certificate of collateraltest: 20 bytes behind its head.
    function keyId(bytes memory call) private pure returns (bytes32) {
        return bytes32(number(call, 4 + 64 + 15, 20));
    }

    function find(string memory name) private view returns (bytes memory) {
        string[] memory names = vm.parseJsonStringArray(world, ".names");
        for (uint256 i = 0; i < names.length; i++) {
            if (keccak256(bytes(names[i])) == keccak256(bytes(name))) {
                return vm.parseJsonBytes(world, string.concat(".cases[", vm.toString(i), "]"));
            }
        }
        revert Untrue(name);
    }
}
