// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Certificate, Role, X509} from "../../src/tdx/X509.sol";
import {DerWriter} from "./DerWriter.sol";

/// Certificates that are right in all but one thing. Signatures are for the caller to check, so none is right here.
contract X509Test is DerWriter {
    struct Parts {
        bytes numbers; // r and s
        bytes validity;
        bytes subject;
        bytes key;
        bytes usage;
        bytes constraints;
        bytes keyId;
        bytes issuerKeyId;
        bytes more;
    }

    uint8 private constant UTF8 = 0x0c;
    uint8 private constant PRINTABLE = 0x13;
    bytes private constant KEY = hex"3059301306072a8648ce3d020106082a8648ce3d03010703420004";
    bytes20 private constant KEY_ID = bytes20(keccak256("key"));
    bytes20 private constant ISSUER_KEY_ID = bytes20(keccak256("issuer"));

    function parse(bytes calldata der, Role role) public pure returns (Certificate memory) {
        return X509.parse(der, role);
    }

    /* RIGHT */

    function testEachRole(uint256 serial, bytes32 x, bytes32 y, uint256 r, uint256 s) public view {
        vm.assume(serial != 0 && r != 0 && s != 0);
        for (uint256 role = 0; role < 4; role++) {
            Parts memory p = parts(Role(role));
            p.key = bytes.concat(KEY, x, y);
            p.numbers = bytes.concat(integer(r), integer(s));
            Certificate memory c = this.parse(certificate(p, serial), Role(role));
            eq(c.serial, bytes32(serial));
            ok(c.x == x && c.y == y && c.r == bytes32(r) && c.s == bytes32(s), "numbers");
            ok(c.notBefore == 0 && c.notAfter == 946684799, "validity");
            ok(c.keyId == KEY_ID && c.issuerKeyId == ISSUER_KEY_ID, "keys");
            eq(c.subject, keccak256(sequence(p.subject)));
            eq(c.issuer, keccak256(issuer()));
            eq(c.digest, sha256(body(p, serial)));
            eq(c.sgxEnd - c.sgx, Role(role) == Role.Pck ? 3 : 0);
        }
    }

    /// What is a certificate for one place is none for another.
    function testAT11NoRoleIsAnother() public {
        for (uint256 role = 0; role < 4; role++) {
            for (uint256 other = 0; other < 4; other++) {
                if (other == role) continue;
                Parts memory p = parts(Role(role));
                refuse(p, Role(other), X509.CertificateMisplaced.selector);
                p.subject = parts(Role(other)).subject;
                // Without Intel's extension it is no platform's; all else is in another place.
                bool lacks = Role(role) == Role.TcbSigner && Role(other) == Role.Pck;
                refuse(p, Role(other), lacks ? X509.CertificateMalformed.selector : X509.CertificateMisplaced.selector);
            }
        }
    }

    /* NAMES */

    function testNamesInEitherAlphabetBesideOthers() public view {
        Parts memory p = parts(Role.PlatformCA);
        bytes memory country = element(0x31, sequence(bytes.concat(hex"0603550406", element(PRINTABLE, "US"))));
        p.subject = bytes.concat(country, name(PRINTABLE, "Intel SGX PCK Platform CA"), country);
        this.parse(certificate(p, 1), Role.PlatformCA);
    }

    function testAT11OneCommonNameOfTheRole() public {
        Parts memory p = parts(Role.PlatformCA);
        bytes memory right = p.subject;
        p.subject = name(0x16, "Intel SGX PCK Platform CA");
        refuse(p, Role.PlatformCA, X509.CertificateMalformed.selector);
        p.subject = bytes.concat(right, right);
        refuse(p, Role.PlatformCA, X509.CertificateMisplaced.selector);
        p.subject = name(UTF8, bytes.concat("Intel SGX PCK Platform CA", new bytes(8)));
        refuse(p, Role.PlatformCA, X509.CertificateMisplaced.selector);
        p.subject = "";
        refuse(p, Role.PlatformCA, X509.CertificateMisplaced.selector);
    }

    /* WHAT FOLLOWS WHERE NOTHING MAY */

    function testAT09ThirdNumberOrDate() public {
        Parts memory p = parts(Role.TcbSigner);
        p.numbers = bytes.concat(p.numbers, integer(1));
        refuse(p, Role.TcbSigner, X509.CertificateMalformed.selector);
        p = parts(Role.TcbSigner);
        p.validity = bytes.concat(p.validity, element(0x17, "991231235959Z"));
        refuse(p, Role.TcbSigner, X509.CertificateMalformed.selector);
    }

    /// The body ends in the key; what stands behind the body is not taken for the rest of it.
    function testAT09AKeyThatIsCutShort() public {
        Parts memory p = parts(Role.TcbSigner);
        bytes memory cut = sequence(bytes.concat(head(p, 1), KEY, new bytes(63)));
        vm.expectRevert(X509.CertificateMalformed.selector);
        this.parse(signed(cut, p.numbers), Role.TcbSigner);
    }

    /* EXTENSIONS */

    function testAT11EachExtensionOnce() public {
        Parts memory p = parts(Role.Pck);
        bytes memory usage = p.usage;
        p.usage = bytes.concat(usage, usage);
        refuse(p, Role.Pck, X509.CertificateMalformed.selector);
        p.usage = usage;
        p.more = bytes.concat(p.more, p.more);
        refuse(p, Role.Pck, X509.CertificateMalformed.selector);
    }

    function testAT11EachExtensionThatTheRoleNeeds() public {
        for (uint256 role = 0; role < 4; role++) {
            for (uint256 which = 0; which < 5; which++) {
                Parts memory p = parts(Role(role));
                if (which == 0) p.usage = "";
                if (which == 1) p.constraints = "";
                if (which == 2) p.issuerKeyId = "";
                if (which == 3) p.keyId = "";
                if (which == 4) p.more = "";
                bool needed = which < 3 || (which == 3 ? role < 2 : Role(role) == Role.Pck);
                if (needed) refuse(p, Role(role), X509.CertificateMalformed.selector);
                else this.parse(certificate(p, 1), Role(role));
            }
        }
    }

    function testAT11UnknownExtensions() public {
        Parts memory p = parts(Role.TcbSigner);
        p.more = extension(0x1e, "", hex"3000"); // name constraints
        refuse(p, Role.TcbSigner, X509.CertificateMalformed.selector);
        p.more = sequence(bytes.concat(hex"0603551e1f", octets(hex"3000"))); // the last byte alone is of one that is known
        refuse(p, Role.TcbSigner, X509.CertificateMalformed.selector);
    }

    /// Intel's extension belongs to platforms.
    function testAT11AnAuthorityWithAPlatform() public {
        for (uint256 role = 0; role < 4; role++) {
            Parts memory p = parts(Role(role));
            if (Role(role) == Role.Pck) continue;
            p.more = parts(Role.Pck).more;
            refuse(p, Role(role), X509.CertificateMisplaced.selector);
        }
    }

    /// Usage and constraints may be critical, in the one encoding of true; others not.
    function testAT11WhatMayBeCritical() public {
        Parts memory p = parts(Role.TcbSigner);
        p.usage = extension(15, "", hex"030206c0");
        p.constraints = extension(19, "", hex"3000");
        this.parse(certificate(p, 1), Role.TcbSigner);
        p.keyId = extension(14, hex"0101ff", bytes.concat(hex"0414", KEY_ID));
        refuse(p, Role.TcbSigner, X509.CertificateMalformed.selector);
    }

    function testAT11KeyUsage() public {
        Parts memory p = parts(Role.TcbSigner);
        bytes[4] memory forms = [bytes(hex"030106c0"), hex"040206c0", hex"030208c0", hex"03020680c0"];
        for (uint256 i = 0; i < forms.length; i++) {
            p.usage = extension(15, hex"0101ff", forms[i]);
            refuse(p, Role.TcbSigner, X509.CertificateMalformed.selector);
        }
        p.usage = extension(15, hex"0101ff", hex"03020284"); // signs, and signs certificates
        refuse(p, Role.TcbSigner, X509.CertificateMisplaced.selector);
        p.usage = extension(15, hex"0101ff", hex"03020240"); // does not sign
        refuse(p, Role.TcbSigner, X509.CertificateMisplaced.selector);
        p = parts(Role.PlatformCA);
        p.usage = extension(15, hex"0101ff", hex"03020204"); // certificates, and no lists
        refuse(p, Role.PlatformCA, X509.CertificateMisplaced.selector);
    }

    /// An authority with a longer path than its own, and what is none with the constraints of one.
    function testAT11BasicConstraints() public {
        Parts memory p = parts(Role.PlatformCA);
        p.constraints = parts(Role.Root).constraints;
        refuse(p, Role.PlatformCA, X509.CertificateMisplaced.selector);
        p.constraints = extension(19, hex"0101ff", hex"30060101ff02010000");
        refuse(p, Role.PlatformCA, X509.CertificateMisplaced.selector);
        p = parts(Role.TcbSigner);
        p.constraints = parts(Role.PlatformCA).constraints;
        refuse(p, Role.TcbSigner, X509.CertificateMisplaced.selector);
    }

    function testAT11KeyIdentifiersHave20Bytes() public {
        Parts memory p = parts(Role.TcbSigner);
        p.keyId = extension(14, "", bytes.concat(hex"0414", KEY_ID, hex"00"));
        refuse(p, Role.TcbSigner, X509.CertificateMalformed.selector);
        p.keyId = extension(14, "", bytes.concat(hex"0414", bytes19(KEY_ID)));
        refuse(p, Role.TcbSigner, X509.CertificateMalformed.selector);
    }

    /* CERTIFICATES */

    function refuse(Parts memory p, Role role, bytes4 selector) private {
        bytes memory der = certificate(p, 1);
        vm.expectRevert(selector);
        this.parse(der, role);
    }

    /// A certificate's parts as the role needs them.
    function parts(Role role) private pure returns (Parts memory p) {
        string[4] memory names =
            ["Intel SGX Root CA", "Intel SGX PCK Platform CA", "Intel SGX PCK Certificate", "Intel SGX TCB Signing"];
        p.numbers = bytes.concat(integer(1), integer(2));
        p.validity = bytes.concat(element(0x17, "700101000000Z"), element(0x17, "991231235959Z"));
        p.subject = name(UTF8, bytes(names[uint256(role)]));
        p.key = bytes.concat(KEY, bytes32("x"), bytes32("y"));
        bool ca = role == Role.Root || role == Role.PlatformCA;
        p.usage = extension(15, hex"0101ff", ca ? bytes(hex"03020106") : bytes(hex"030206c0"));
        bytes memory constraints = hex"3000";
        if (role == Role.Root) constraints = hex"30060101ff020101";
        if (role == Role.PlatformCA) constraints = hex"30060101ff020100";
        p.constraints = extension(19, hex"0101ff", constraints);
        p.keyId = extension(14, "", bytes.concat(hex"0414", KEY_ID));
        p.issuerKeyId = extension(35, "", bytes.concat(hex"30168014", ISSUER_KEY_ID));
        if (role == Role.Pck) p.more = sequence(bytes.concat(hex"06092a864886f84d010d01", octets("sgx")));
    }

    function certificate(Parts memory p, uint256 serial) private pure returns (bytes memory) {
        return signed(body(p, serial), p.numbers);
    }

    function body(Parts memory p, uint256 serial) private pure returns (bytes memory) {
        bytes memory extensions = bytes.concat(p.usage, p.constraints, p.keyId, p.issuerKeyId, p.more);
        return sequence(bytes.concat(head(p, serial), p.key, element(0xa3, sequence(extensions))));
    }

    function head(Parts memory p, uint256 serial) private pure returns (bytes memory) {
        bytes memory names = bytes.concat(issuer(), sequence(p.validity), sequence(p.subject));
        return bytes.concat(hex"a003020102", integer(serial), ALGORITHM, names);
    }

    function issuer() private pure returns (bytes memory) {
        return sequence(name(UTF8, "issuer"));
    }

    /// One of the standard extensions, by the last byte of its identifier.
    function extension(uint8 kind, bytes memory critical, bytes memory value) private pure returns (bytes memory) {
        return sequence(bytes.concat(hex"0603551d", bytes1(kind), critical, octets(value)));
    }
}
