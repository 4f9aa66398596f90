// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITdxCollateral} from "../interfaces/ITdxCollateral.sol";
import {ITdxCollateralStore} from "../interfaces/ITdxCollateralStore.sol";
import {CollateralData} from "./CollateralData.sol";
import {CollateralList, RevocationList} from "./CollateralList.sol";
import {CollateralQeIdentity} from "./CollateralQeIdentity.sol";
import {CollateralReader, DocumentHead} from "./CollateralReader.sol";
import {CollateralTcbInfo} from "./CollateralTcbInfo.sol";
import {P256} from "./P256.sol";
import {Certificate, Role, X509} from "./X509.sol";

/// @title Intel's collateral for TDX on chain
/// @dev Trust: nobody has any rights here. What is kept is what the holders of the keys under the given root signed, and
/// the newest of it that anyone brought. Who holds the root's or the TCB signer's key decides what platforms are worth,
/// and can make a part stay by a high number; numbers of a revoked signer do not count. Everybody else can bring what Intel
/// gives out, nothing older in the place of what is newer; so whoever brings what Intel gives out early obliges all
/// (ITdxCollateralStore). Somebody must bring: what is out of date denies.
/// Time: block.timestamp. Parts are refused if they were issued later or are out of date when they are brought, and asked
/// again whenever they are read. The signer of a document is looked up in the root's list then, too.
/// Storage: one slot for each part (Kept); slots 0 to 6 in the order QE identity, root's list, TCB signer, TCB infos by
/// family, lists of platform CAs and platform CAs by key, keys of platform CAs by identifier; slot 7 is the edition. Contents are the code of contracts that this one
/// creates; a part that says the same as the one before uses its contract. Reentrancy: nothing is called but
/// precompiles and the reader that this contract made.
/// @dev Warning: documents in another order of keys than today's are refused. If Intel changes it, deploy anew.
contract TdxCollateral is ITdxCollateralStore {
    /// One part.
    struct Kept {
        address data;
        uint40 issued;
        uint40 until;
    }

    /// A certified key. What is kept: zeros (20 bytes) ‖ x (32) ‖ y (32) ‖ keccak256 of its name (32) ‖ key identifier
    /// (20) ‖ mark (8), the lowest 64 bits of the serial number.
    struct Authority {
        bytes32 x;
        bytes32 y;
        bytes32 name;
        bytes20 keyId;
        uint64 mark;
        uint64 until;
    }

    /// What replaces what was kept of a part; fields as in CollateralUpdated.
    struct Edition {
        Part part;
        bytes32 key;
        uint256 number;
        uint64 issued;
        uint64 until;
        bytes32 digest;
    }

    CollateralReader private immutable _reader;
    bytes32 private immutable _rootX;
    bytes32 private immutable _rootY;
    bytes32 private immutable _rootName;
    bytes20 private immutable _rootKeyId;
    uint64 private immutable _rootNotAfter;

    Kept private _qeIdentity;
    Kept private _rootCrl;
    Kept private _tcbSigner;
    mapping(bytes6 fmspc => Kept) private _tcbInfos;
    mapping(bytes32 issuerKey => Kept) private _platformCrls;
    mapping(bytes32 issuerKey => Kept) private _platformCAs;
    mapping(bytes20 keyId => bytes32 issuerKey) private _issuerKeys;

    /// @inheritdoc ITdxCollateral
    uint64 public edition;

    /// @param root_ the only authority that is trusted: there is no default
    constructor(Root memory root_) {
        require(P256.isAvailable(), PrecompileUnavailable());
        bool whole = root_.x != 0 && root_.y != 0 && root_.name != 0 && root_.keyId != 0;
        require(whole && root_.notAfter >= block.timestamp, RootInvalid());
        _reader = new CollateralReader();
        (_rootX, _rootY, _rootName) = (root_.x, root_.y, root_.name);
        (_rootKeyId, _rootNotAfter) = (root_.keyId, root_.notAfter);
    }

    /* BRINGING */

    /// @inheritdoc ITdxCollateralStore
    function updateTcbInfo(bytes calldata document, bytes calldata signature) external {
        (bytes32 digest, Authority memory signer) = _checkSigned(document, signature);
        (DocumentHead memory head, bytes memory data) = _reader.tcbInfo(document, signer.mark);
        _keepDocument(_tcbInfos[head.fmspc], Part.TcbInfo, head, signer, digest, data);
    }

    /// @inheritdoc ITdxCollateralStore
    function updateQeIdentity(bytes calldata document, bytes calldata signature) external {
        (bytes32 digest, Authority memory signer) = _checkSigned(document, signature);
        (DocumentHead memory head, bytes memory data) = _reader.qeIdentity(document, signer.mark);
        _keepDocument(_qeIdentity, Part.QeIdentity, head, signer, digest, data);
    }

    /// @inheritdoc ITdxCollateralStore
    function updateRootCrl(bytes calldata list) external {
        Authority memory issuer = Authority(_rootX, _rootY, _rootName, _rootKeyId, 0, _rootNotAfter);
        (RevocationList memory about, bytes memory data) = _reader.revocationList(list);
        _keepList(_rootCrl, Part.RootCrl, 0, issuer, about, data);
    }

    /// @inheritdoc ITdxCollateralStore
    function updatePlatformCrl(bytes calldata list) external {
        (RevocationList memory about, bytes memory data) = _reader.revocationList(list);
        bytes32 key = _issuerKeys[about.issuerKeyId];
        Authority memory issuer = _authority(_platformCAs[key], Part.PlatformCA);
        _keepList(_platformCrls[key], Part.PlatformCrl, key, issuer, about, data);
    }

    /// @inheritdoc ITdxCollateralStore
    function updateTcbSigner(bytes calldata certificate) external {
        (Certificate memory c, bytes memory data) = _reader.certificate(certificate, Role.TcbSigner);
        _keepCertificate(_tcbSigner, Part.TcbSigner, 0, c, data);
    }

    /// @inheritdoc ITdxCollateralStore
    function updatePlatformCA(bytes calldata certificate) external {
        (Certificate memory c, bytes memory data) = _reader.certificate(certificate, Role.PlatformCA);
        bytes32 key = keccak256(abi.encode(c.x, c.y));
        _keepCertificate(_platformCAs[key], Part.PlatformCA, key, c, data);
        _issuerKeys[c.keyId] = key;
    }

    /* ASKING */

    /// @inheritdoc ITdxCollateral
    function tcbLevel(bytes6 fmspc, bytes16 sgxSvns, uint16 pceSvn, bytes16 tdxSvns)
        external
        view
        returns (uint8 status, uint64 tcbDate, uint32 evaluation)
    {
        (uint256 from, uint256 end) = _openDocument(_tcbInfos[fmspc]);
        if (end == 0) return (0, 0, 0);
        evaluation = uint32(CollateralData.read(from, 20));
        (status, tcbDate) = CollateralTcbInfo.level(from, end, sgxSvns, pceSvn, tdxSvns);
    }

    /// @inheritdoc ITdxCollateral
    function moduleStatus(bytes6 fmspc, bytes16 tdxSvns, bytes calldata seam)
        external
        view
        returns (uint8 status, uint64 tcbDate)
    {
        (uint256 from, uint256 end) = _openDocument(_tcbInfos[fmspc]);
        if (end == 0 || seam.length != 56) return (0, 0);
        return CollateralTcbInfo.module(from, tdxSvns, seam);
    }

    /// @inheritdoc ITdxCollateral
    function qeStatus(bytes calldata qeReport) external view returns (uint8 status) {
        (uint256 from, uint256 end) = _openDocument(_qeIdentity);
        if (end == 0 || qeReport.length != 384) return 0;
        (status,) = CollateralQeIdentity.level(from, end, qeReport);
    }

    /// @inheritdoc ITdxCollateral
    function stands(bytes32 issuerKey, bytes32 issuerSerial, bytes32 serial) external view returns (bool) {
        (uint256 from, uint256 end) = _open(_rootCrl);
        if (end == 0 || CollateralList.contains(from, end, _mark(issuerSerial))) return false;
        (from, end) = _open(_platformCrls[issuerKey]);
        return end != 0 && !CollateralList.contains(from, end, _mark(serial));
    }

    /// @inheritdoc ITdxCollateral
    function validUntil(bytes6 fmspc, bytes32 issuerKey) external view returns (uint64 until) {
        until = _tcbInfos[fmspc].until;
        if (_qeIdentity.until < until) until = _qeIdentity.until;
        if (_rootCrl.until < until) until = _rootCrl.until;
        if (_platformCrls[issuerKey].until < until) until = _platformCrls[issuerKey].until;
    }

    /// @inheritdoc ITdxCollateralStore
    function root() external view returns (Root memory) {
        return Root(_rootX, _rootY, _rootName, _rootKeyId, _rootNotAfter);
    }

    /// @inheritdoc ITdxCollateralStore
    function kept(Part part, bytes32 key)
        external
        view
        returns (uint256 number, uint64 issued, uint64 until, address data)
    {
        Kept memory k;
        if (part == Part.TcbInfo) k = _tcbInfos[bytes6(key)];
        else if (part == Part.QeIdentity) k = _qeIdentity;
        else if (part == Part.RootCrl) k = _rootCrl;
        else if (part == Part.PlatformCrl) k = _platformCrls[key];
        else if (part == Part.TcbSigner) k = _tcbSigner;
        else if (part == Part.PlatformCA) k = _platformCAs[key];
        if (k.data != address(0)) number = _number(k.data);
        return (number, k.issued, k.until, k.data);
    }

    /* CHECKS */

    /// The document must be signed by the present TCB signer.
    function _checkSigned(bytes calldata document, bytes calldata signature)
        private
        view
        returns (bytes32 digest, Authority memory signer)
    {
        signer = _authority(_tcbSigner, Part.TcbSigner);
        digest = sha256(document);
        require(signature.length == 64, NotIssued());
        (bytes32 r, bytes32 t) = abi.decode(signature, (bytes32, bytes32));
        require(P256.verify(digest, r, t, signer.x, signer.y), NotIssued());
    }

    /// The certified key, which must be valid now and not be on the root's list.
    function _authority(Kept storage slot, Part part) private view returns (Authority memory a) {
        (uint256 from, uint256 end) = _open(slot);
        require(end != 0, IssuerMissing(part));
        a.x = bytes32(CollateralData.read(from + 20, 32));
        a.y = bytes32(CollateralData.read(from + 52, 32));
        a.name = bytes32(CollateralData.read(from + 84, 32));
        a.keyId = bytes20(uint160(CollateralData.read(from + 116, 20)));
        a.mark = uint64(CollateralData.read(from + 136, 8));
        a.until = slot.until;
        require(!_revokedByRoot(a.mark), IssuerMissing(part));
    }

    /// Whether the root's newest list has this certificate on it, out of date or not. Without a list none is revoked.
    function _revokedByRoot(uint64 mark) private view returns (bool) {
        (uint256 from, uint256 end) = CollateralData.load(_rootCrl.data);
        return CollateralList.contains(from, end, mark);
    }

    /// The mark that is kept at this place, of no certificate if nothing is kept.
    function _markOf(Kept storage slot, uint256 place) private view returns (uint64) {
        (uint256 from,) = CollateralData.load(slot.data);
        return uint64(CollateralData.read(from + place, 8));
    }

    function _mark(bytes32 serial) private pure returns (uint64) {
        return uint64(uint256(serial));
    }

    /* KEEPING */

    function _keepDocument(
        Kept storage slot,
        Part part,
        DocumentHead memory head,
        Authority memory signer,
        bytes32 digest,
        bytes memory data
    ) private {
        Edition memory e = Edition(part, head.fmspc, head.number, head.issued, head.nextUpdate - 1, digest);
        if (e.until > signer.until) e.until = signer.until;
        _keep(slot, e, data, !_revokedByRoot(_markOf(slot, 20)));
    }

    function _keepList(
        Kept storage slot,
        Part part,
        bytes32 key,
        Authority memory issuer,
        RevocationList memory list,
        bytes memory data
    ) private {
        require(list.issuer == issuer.name && list.issuerKeyId == issuer.keyId, NotIssued());
        require(P256.verify(list.digest, list.r, list.s, issuer.x, issuer.y), NotIssued());
        Edition memory e = Edition(part, key, list.number, list.issued, list.until, list.digest);
        if (e.until > issuer.until) e.until = issuer.until;
        _keep(slot, e, data, true);
    }

    function _keepCertificate(Kept storage slot, Part part, bytes32 key, Certificate memory c, bytes memory data) private {
        X509.checkIssuer(c, _rootName, _rootKeyId, _rootX, _rootY);
        require(!_revokedByRoot(_mark(c.serial)), CertificateRevoked(c.serial));
        Edition memory e = Edition(part, key, 0, c.notBefore, c.notAfter, c.digest);
        if (e.until > _rootNotAfter) e.until = _rootNotAfter;
        _keep(slot, e, data, block.timestamp <= slot.until && !_revokedByRoot(_markOf(slot, 136)));
    }

    /// Keeps a part that is valid now and newer than the one before: by number, and by date of the same number. Neither
    /// goes back, unless the one before does not count any more: a document whose signer is revoked, a certificate that is
    /// revoked or has expired.
    function _keep(Kept storage slot, Edition memory e, bytes memory data, bool counts) private {
        require(e.issued <= block.timestamp, NotIssuedYet(e.issued));
        require(block.timestamp <= e.until, Expired(e.until));
        address before = slot.data;
        if (before != address(0) && counts) {
            uint256 last = _number(before);
            bool newer = e.number > last ? e.issued >= slot.issued : e.number == last && e.issued > slot.issued;
            require(newer, NotNewer(last, slot.issued));
        }
        address kept_ = CollateralData.keep(data, before);
        ++edition;
        (slot.data, slot.issued, slot.until) = (kept_, uint40(e.issued), uint40(e.until));
        emit CollateralUpdated(e.part, e.key, e.number, e.issued, e.until, e.digest, kept_);
    }

    /* READING */

    /// What is kept of a part, in memory; `end` is zero unless the part is valid now.
    function _open(Kept storage slot) private view returns (uint256 from, uint256 end) {
        Kept memory k = slot;
        if (k.data == address(0) || block.timestamp > k.until) return (0, 0);
        return CollateralData.load(k.data);
    }

    /// The same of a document, of which the signer must not be revoked, as the root's list of now says.
    function _openDocument(Kept storage slot) private view returns (uint256 from, uint256 end) {
        (uint256 list, uint256 listEnd) = _open(_rootCrl);
        if (listEnd == 0) return (0, 0);
        (from, end) = _open(slot);
        if (end == 0) return (0, 0);
        if (CollateralList.contains(list, listEnd, uint64(CollateralData.read(from + 20, 8)))) return (0, 0);
    }

    /// The number that all kept parts begin with.
    function _number(address data) private view returns (uint256) {
        (uint256 from,) = CollateralData.load(data);
        return CollateralData.read(from, 20);
    }
}
