// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Der} from "../../src/tdx/Der.sol";
import {SgxExtension} from "../../src/tdx/SgxExtension.sol";
import {DerWriter} from "./DerWriter.sol";

/// Extensions that are right in all but one thing.
contract SgxExtensionTest is DerWriter {
    struct Parts {
        bytes ppid;
        bytes tcb;
        bytes pceId;
        bytes fmspc;
        bytes kind;
        bytes instance;
        bytes configuration;
    }

    // Less the last byte, or two.
    bytes private constant PART = hex"060a2a864886f84d010d01";
    bytes private constant OF_TCB = hex"060b2a864886f84d010d0102";
    bytes private constant FLAG = hex"060b2a864886f84d010d0107";

    function parse(bytes calldata der) public pure returns (SgxExtension.Platform memory) {
        (uint256 from, uint256 end) = Der.bounds(der);
        return SgxExtension.parse(from, end);
    }

    /* RIGHT */

    function testWhateverAPlatformSays(SgxExtension.Platform calldata said, uint8 rest) public view {
        Parts memory p = parts();
        p.ppid = part(1, octets(bytes.concat(said.ppid)));
        p.tcb = part(2, sequence(bytes.concat(components(said.cpuSvn), pceSvn(said.pceSvn), cpuSvn())));
        p.pceId = part(3, octets(bytes.concat(said.pceId)));
        p.fmspc = part(4, octets(bytes.concat(said.fmspc)));
        p.kind = part(5, bytes.concat(hex"0a01", bytes1(rest % 3)));
        if (rest & 4 == 0) p.instance = "";
        if (rest & 8 == 0) p.configuration = "";
        eq(abi.encode(this.parse(extension(p))), abi.encode(said));
    }

    /// A component or PCESVN of zero, or from 128 on, has another length than others.
    function testVersionsAtTheirLimits() public view {
        Parts memory p = parts();
        bytes16 versions = 0x007f80ff0001020304050607fe81008f;
        p.tcb = part(2, sequence(bytes.concat(components(versions), pceSvn(0), cpuSvn())));
        SgxExtension.Platform memory read = this.parse(extension(p));
        eq(bytes32(read.cpuSvn), bytes32(versions));
        eq(read.pceSvn, 0);
        p.tcb = part(2, sequence(bytes.concat(components(versions), pceSvn(0xffff), cpuSvn())));
        eq(this.parse(extension(p)).pceSvn, 0xffff);
    }

    function testEachSetOfFlags(uint8 set, bool value) public view {
        bytes memory flags;
        for (uint8 i = 1; i <= 3; i++) {
            if (set >> i & 1 == 1) flags = bytes.concat(flags, flag(i, value ? 0xff : 0));
        }
        Parts memory p = parts();
        p.configuration = part(7, sequence(flags));
        this.parse(extension(p));
    }

    /* REFUSED */

    function testAT11FlagsOutOfOrderUnknownOrOfAnotherForm() public {
        bytes[6] memory all = [
            bytes.concat(flag(2, 0xff), flag(1, 0xff)),
            bytes.concat(flag(1, 0xff), flag(1, 0xff)),
            flag(4, 0xff),
            flag(1, 0x01),
            bytes.concat(flag(1, 0), flag(2, 0), flag(3, 0), flag(4, 0)),
            bytes(hex"00")
        ];
        for (uint256 i = 0; i < all.length; i++) {
            Parts memory p = parts();
            p.configuration = part(7, sequence(all[i]));
            refuse(extension(p));
        }
    }

    /// A part that ends within its own identifier; all bytes of that stand there, but not in the part.
    function testAT09APartThatIsCutShort() public {
        Parts memory p = parts();
        p.ppid = bytes.concat(hex"300b", PART, hex"01", octets(new bytes(16)));
        refuse(extension(p));
    }

    /// The 16th component's last byte is behind the part that it should be in.
    function testAT09AComponentThatIsCutShort() public {
        Parts memory p = parts();
        bytes memory all = components(0);
        bytes memory cut = new bytes(all.length - 1);
        for (uint256 i = 0; i < cut.length; i++) {
            cut[i] = all[i];
        }
        p.tcb = bytes.concat(part(2, sequence(cut)), hex"00");
        refuse(extension(p));
    }

    function testAT11ComponentsOfAnotherForm() public {
        bytes memory rest = bytes.concat(pceSvn(5), cpuSvn());
        bytes memory first = sequence(bytes.concat(OF_TCB, hex"01020101"));
        bytes[5] memory all = [
            sequence(bytes.concat(OF_TCB, hex"02020101")), // another's number
            sequence(bytes.concat(OF_TCB, hex"010202007f")), // a byte too many
            sequence(bytes.concat(OF_TCB, hex"01020180")), // negative
            sequence(bytes.concat(OF_TCB, hex"0102020100")), // 256
            sequence(bytes.concat(OF_TCB, hex"01040101")) // no number
        ];
        for (uint256 i = 0; i < all.length; i++) {
            Parts memory p = parts();
            bytes memory others = components(0);
            bytes memory fifteen = new bytes(others.length - 18);
            for (uint256 j = 0; j < fifteen.length; j++) {
                fifteen[j] = others[j + 18];
            }
            p.tcb = part(2, sequence(bytes.concat(first, fifteen, rest)));
            this.parse(extension(p));
            p.tcb = part(2, sequence(bytes.concat(all[i], fifteen, rest)));
            refuse(extension(p));
        }
    }

    function testAT11VersionsOfThePCE() public {
        bytes[4] memory all = [
            sequence(bytes.concat(OF_TCB, hex"11020105", hex"00")), // and something more
            sequence(bytes.concat(OF_TCB, hex"110203010000")), // 65,536
            sequence(bytes.concat(OF_TCB, hex"12020105")), // another's number
            sequence(bytes.concat(OF_TCB, hex"11020100", hex"00")) // zero, and something more
        ];
        for (uint256 i = 0; i < all.length; i++) {
            Parts memory p = parts();
            p.tcb = part(2, sequence(bytes.concat(components(0), all[i], cpuSvn())));
            (bool read, bytes memory answer) =
                address(this).call(abi.encodeCall(this.parse, (extension(p))));
            ok(!read, "read");
            bytes4 want = i == 3 ? Der.DerMalformed.selector : SgxExtension.SgxExtensionMalformed.selector;
            eq(bytes32(bytes4(answer)), bytes32(want));
        }
    }

    function testAT11RawVersions() public {
        bytes[3] memory all = [
            sequence(bytes.concat(OF_TCB, hex"13", octets(new bytes(16)))),
            sequence(bytes.concat(OF_TCB, hex"12", octets(new bytes(15)))),
            bytes.concat(cpuSvn(), cpuSvn())
        ];
        for (uint256 i = 0; i < all.length; i++) {
            Parts memory p = parts();
            p.tcb = part(2, sequence(bytes.concat(components(0), pceSvn(5), all[i])));
            refuse(extension(p));
        }
    }

    function testAT11TypesAndSizes() public {
        Parts memory p = parts();
        p.kind = part(5, hex"0a0103");
        refuse(extension(p));
        p.kind = part(5, hex"0a020001");
        refuse(extension(p));
        p = parts();
        p.fmspc = part(4, octets(new bytes(7)));
        refuse(extension(p));
        p = parts();
        p.fmspc = part(8, octets(new bytes(6)));
        refuse(extension(p));
        p = parts();
        p.configuration = bytes.concat(p.configuration, part(8, hex"0500"));
        refuse(extension(p));
    }

    /* EXTENSIONS */

    function refuse(bytes memory der) private {
        vm.expectRevert(SgxExtension.SgxExtensionMalformed.selector);
        this.parse(der);
    }

    function parts() private pure returns (Parts memory p) {
        p.ppid = part(1, octets(new bytes(16)));
        p.tcb = part(2, sequence(bytes.concat(components(0), pceSvn(5), cpuSvn())));
        p.pceId = part(3, octets(new bytes(2)));
        p.fmspc = part(4, octets(new bytes(6)));
        p.kind = part(5, hex"0a0101");
        p.instance = part(6, octets(new bytes(16)));
        p.configuration = part(7, sequence(bytes.concat(flag(1, 0xff), flag(2, 0), flag(3, 0xff))));
    }

    function extension(Parts memory p) private pure returns (bytes memory) {
        return sequence(bytes.concat(p.ppid, p.tcb, p.pceId, p.fmspc, p.kind, p.instance, p.configuration));
    }

    function part(uint8 number, bytes memory value) private pure returns (bytes memory) {
        return sequence(bytes.concat(PART, bytes1(number), value));
    }

    function components(bytes16 versions) private pure returns (bytes memory all) {
        for (uint8 i = 0; i < 16; i++) {
            all = bytes.concat(all, sequence(bytes.concat(OF_TCB, bytes1(i + 1), integer(uint8(versions[i])))));
        }
    }

    function pceSvn(uint16 version) private pure returns (bytes memory) {
        return sequence(bytes.concat(OF_TCB, hex"11", integer(version)));
    }

    function cpuSvn() private pure returns (bytes memory) {
        return sequence(bytes.concat(OF_TCB, hex"12", octets(new bytes(16))));
    }

    function flag(uint8 number, uint8 value) private pure returns (bytes memory) {
        return sequence(bytes.concat(FLAG, bytes1(number), hex"0101", bytes1(value)));
    }
}
