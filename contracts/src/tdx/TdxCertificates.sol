// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Authority, ITdxCertificates, Platform} from "../interfaces/ITdxCertificates.sol";
import {P256} from "./P256.sol";
import {SgxExtension} from "./SgxExtension.sol";
import {Certificate, Role, X509} from "./X509.sol";

/// @title The certificates of TDX platforms
/// @dev Storage: one slot for each certificate of a platform CA that was ever verified, under the digest of what it says;
/// nothing is overwritten. Trust: the root is fixed at construction; anyone may have anything verified. Reentrancy:
/// nothing is called but precompiles.
contract TdxCertificates is ITdxCertificates {
    bytes32 private immutable _rootX;
    bytes32 private immutable _rootY;
    bytes32 private immutable _rootSubject;
    bytes20 private immutable _rootKeyId;
    bytes32 private immutable _rootSerial;
    uint64 private immutable _rootNotAfter;

    /// @inheritdoc ITdxCertificates
    mapping(bytes32 authority => bool) public override knowsAuthority;

    /// @param root_ Intel's root, as its certificate says: there is no default
    constructor(Authority memory root_) {
        require(P256.isAvailable(), PrecompileUnavailable());
        bool whole = root_.x != 0 && root_.y != 0 && root_.subject != 0 && root_.keyId != 0;
        require(whole && root_.notAfter >= block.timestamp, RootInvalid());
        (_rootX, _rootY, _rootSubject) = (root_.x, root_.y, root_.subject);
        (_rootKeyId, _rootSerial, _rootNotAfter) = (root_.keyId, root_.serial, root_.notAfter);
    }

    /// @inheritdoc ITdxCertificates
    function root() external view returns (Authority memory) {
        return Authority(_rootX, _rootY, _rootSubject, _rootKeyId, _rootSerial, _rootNotAfter);
    }

    /// @inheritdoc ITdxCertificates
    function addAuthority(bytes calldata certificate) external returns (bytes32 authority) {
        Certificate memory c = X509.parse(certificate, Role.PlatformCA);
        X509.checkIssuer(c, _rootSubject, _rootKeyId, _rootX, _rootY);
        X509.checkDates(c);
        Authority memory about = Authority({
            x: c.x,
            y: c.y,
            subject: c.subject,
            keyId: c.keyId,
            serial: c.serial,
            notAfter: c.notAfter < _rootNotAfter ? c.notAfter : _rootNotAfter
        });
        authority = keccak256(abi.encode(about));
        knowsAuthority[authority] = true;
        emit AuthorityVerified(authority, about);
    }

    /// @inheritdoc ITdxCertificates
    function readPlatform(bytes calldata certificate, Authority calldata authority)
        external
        view
        returns (bytes32 x, bytes32 y, bytes16 ppid, Platform memory about)
    {
        require(knowsAuthority[keccak256(abi.encode(authority))], AuthorityUnknown());
        Certificate memory pck = X509.parse(certificate, Role.Pck);
        X509.checkIssuer(pck, authority.subject, authority.keyId, authority.x, authority.y);
        X509.checkDates(pck);
        SgxExtension.Platform memory sgx = SgxExtension.parse(pck.sgx, pck.sgxEnd);
        require(sgx.pceId == 0, PCEUnknown(sgx.pceId));
        (x, y, ppid) = (pck.x, pck.y, sgx.ppid);
        about = Platform({
            fmspc: sgx.fmspc,
            pceSvn: sgx.pceSvn,
            cpuSvn: sgx.cpuSvn,
            notAfter: pck.notAfter < authority.notAfter ? pck.notAfter : authority.notAfter,
            serial: pck.serial,
            issuerKey: keccak256(abi.encode(authority.x, authority.y)),
            issuerSerial: authority.serial
        });
    }
}
