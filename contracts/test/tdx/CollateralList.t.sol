// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITdxCollateralStore} from "../../src/interfaces/ITdxCollateralStore.sol";
import {CollateralReader} from "../../src/tdx/CollateralReader.sol";
import {RevocationList} from "../../src/tdx/CollateralList.sol";
import {Der} from "../../src/tdx/Der.sol";
import {DerWriter} from "./DerWriter.sol";

/// Revocation lists that are right in all but one thing.
contract CollateralListTest is DerWriter {
    bytes20 private constant KEY_ID = bytes20(keccak256("issuer"));

    CollateralReader private reader = new CollateralReader();

    function testWhateverAListSays(uint160 number, bytes20 keyId, uint256 r, uint256 s, uint64[3] calldata serials)
        public
        view
    {
        vm.assume(number != 0 && keyId != 0 && r != 0 && s != 0);
        bytes memory entries;
        bytes memory marks;
        for (uint256 i = 0; i < serials.length; i++) {
            vm.assume(serials[i] != 0);
            bytes memory reason = i == 1 ? bytes(hex"300c300a0603551d1504030a0101") : bytes("");
            entries = bytes.concat(entries, entry(integer(serials[i]), reason));
            marks = abi.encodePacked(marks, serials[i]);
        }
        bytes memory body = bodyOf(sequence(entries), bytes.concat(numbered(integer(number)), issuedBy(bytes.concat(keyId))));
        (RevocationList memory list, bytes memory data) =
            reader.revocationList(signed(body, bytes.concat(integer(r), integer(s))));
        ok(list.number == number && list.issuerKeyId == keyId, "extensions");
        ok(list.r == bytes32(r) && list.s == bytes32(s) && list.digest == sha256(body), "signature");
        ok(list.issued == 0 && list.until == 946684799 && list.issuer == keccak256(issuer()), "head");
        eq(data, abi.encodePacked(uint8(0), number, marks));
    }

    function testAListOfNothing() public view {
        bytes memory extensions = bytes.concat(issuedBy(bytes.concat(KEY_ID)), numbered(integer(1)));
        (, bytes memory data) = reader.revocationList(listOf("", extensions));
        eq(data, abi.encodePacked(uint8(0), uint160(1)));
    }

    /* REFUSED */

    function testAT09AThirdNumberInTheSignature() public {
        bytes memory body = bodyOf("", bytes.concat(numbered(integer(1)), issuedBy(bytes.concat(KEY_ID))));
        bytes memory list = signed(body, bytes.concat(integer(1), integer(2), integer(3)));
        vm.expectRevert(ITdxCollateralStore.ListMalformed.selector);
        reader.revocationList(list);
    }

    /// No number, two of them, one that is more than a number or has more than 20 bytes; two issuers, or one whose
    /// identifier has another size.
    function testAT05NumberAndIssuerOnceEach() public {
        bytes memory one = numbered(integer(1));
        bytes memory by = issuedBy(bytes.concat(KEY_ID));
        bytes[6] memory all = [
            by,
            bytes.concat(one, by, one),
            bytes.concat(numbered(bytes.concat(integer(1), hex"00")), by),
            bytes.concat(numbered(integer(1 << 160)), by),
            bytes.concat(one, by, by),
            bytes.concat(one, issuedBy(bytes.concat(KEY_ID, hex"00")))
        ];
        for (uint256 i = 0; i < all.length; i++) {
            refuse(listOf("", all[i]), ITdxCollateralStore.ListMalformed.selector);
        }
        refuse(listOf("", bytes.concat(one, issuedBy(bytes.concat(bytes19(KEY_ID))))), ITdxCollateralStore.ListMalformed.selector);
        // A list of changes says so in an extension: that is neither number nor issuer.
        bytes memory changes = sequence(bytes.concat(hex"0603551d1b0101ff", octets(integer(1))));
        refuse(listOf("", bytes.concat(one, changes)), Der.DerMalformed.selector);
    }

    /// What an entry may not be.
    function testAT05Entries() public {
        bytes memory extensions = bytes.concat(numbered(integer(1)), issuedBy(bytes.concat(KEY_ID)));
        bytes[9] memory all = [
            entry(hex"0200", ""),
            entry(hex"020180", ""), // negative
            entry(hex"020100", ""), // zero
            entry(hex"0202007f", ""), // a byte too many
            entry(bytes.concat(hex"022101", new bytes(32)), ""), // 33 bytes
            entry(hex"030101", ""), // no number
            entry(integer(1), hex"300c300a0603551d1804030a0101"), // another extension than a reason
            entry(integer(1), hex"00"),
            sequence(bytes.concat(integer(1), hex"0d0d", "700101000000Z")) // no date
        ];
        reader.revocationList(listOf(sequence(entry(integer(1), "")), extensions));
        for (uint256 i = 0; i < all.length; i++) {
            bytes memory good = entry(integer(1), "");
            refuse(listOf(sequence(all[i]), extensions), ITdxCollateralStore.ListMalformed.selector);
            refuse(listOf(sequence(bytes.concat(good, all[i])), extensions), ITdxCollateralStore.ListMalformed.selector);
            refuse(listOf(sequence(bytes.concat(all[i], good)), extensions), ITdxCollateralStore.ListMalformed.selector);
        }
        // An entry that says it ends behind the entries.
        bytes memory long = bytes.concat(hex"3013", integer(1), element(0x17, "260101000000Z"));
        refuse(listOf(sequence(long), extensions), ITdxCollateralStore.ListMalformed.selector);
    }

    /* LISTS */

    function refuse(bytes memory list, bytes4 selector) private {
        vm.expectRevert(selector);
        reader.revocationList(list);
    }

    function listOf(bytes memory entries, bytes memory extensions) private pure returns (bytes memory) {
        return signed(bodyOf(entries, extensions), bytes.concat(integer(1), integer(2)));
    }

    function bodyOf(bytes memory entries, bytes memory extensions) private pure returns (bytes memory) {
        bytes memory dates = bytes.concat(element(0x17, "700101000000Z"), element(0x17, "991231235959Z"));
        return sequence(
            bytes.concat(hex"020101", ALGORITHM, issuer(), dates, entries, element(0xa0, sequence(extensions)))
        );
    }

    function issuer() private pure returns (bytes memory) {
        return sequence(name(0x0c, "issuer"));
    }

    function entry(bytes memory serial, bytes memory reason) private pure returns (bytes memory) {
        return sequence(bytes.concat(serial, element(0x17, "260101000000Z"), reason));
    }

    function numbered(bytes memory value) private pure returns (bytes memory) {
        return sequence(bytes.concat(hex"0603551d14", octets(value)));
    }

    /// The head says 20 bytes, whatever follows.
    function issuedBy(bytes memory keyId) private pure returns (bytes memory) {
        return sequence(bytes.concat(hex"0603551d23041830168014", keyId));
    }
}
