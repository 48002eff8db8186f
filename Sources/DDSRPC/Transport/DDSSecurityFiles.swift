internal import CCyclone
internal import Glibc

/// What a participant needs to prove who it is and to know what it may do (OMG DDS Security 1.1, section 9.3 and 9.4).
///
/// All are paths. Without the plugins of Cyclone DDS, or with a file that does not fit, the domain cannot be opened.
public struct DDSSecurityFiles: Sendable, Hashable {
  /// Certificate of the authority for identities, as PEM.
  public var identityCA: String
  /// The participant's own certificate, as PEM.
  public var certificate: String
  /// Its private key, as PEM.
  public var privateKey: String
  /// Certificate of the authority for governance and permissions, as PEM.
  public var permissionsCA: String
  /// What the domain protects, signed (S/MIME).
  public var governance: String
  /// What the participant may do, signed.
  public var permissions: String

  /// Files by their paths.
  public init(
    identityCA: String, certificate: String, privateKey: String, permissionsCA: String, governance: String,
    permissions: String
  ) {
    self.identityCA = identityCA
    self.certificate = certificate
    self.privateKey = privateKey
    self.permissionsCA = permissionsCA
    self.governance = governance
    self.permissions = permissions
  }

  /// Cyclone itself says "error" when a file is missing.
  func check() throws(DDSError) {
    let files = [
      ("certificate of the identities' authority", identityCA), ("certificate", certificate),
      ("private key", privateKey), ("certificate of the permissions' authority", permissionsCA),
      ("governance", governance), ("permissions", permissions),
    ]
    // SAFETY: the path lives as long as the call.
    for (what, path) in files where unsafe access(path, R_OK) != 0 {
      throw DDSError(kind: .security, message: "cannot read the \(what) \(path)")
    }
  }

  /// Cyclone's configuration of them.
  var element: String {
    // SAFETY: the text is static.
    let folder = unsafe ccyclone_plugin_folder().map { unsafe String(cString: $0) + "/lib" } ?? ""
    let ending = folder.isEmpty ? "" : ".so"
    func library(_ name: String, _ function: String) -> String {
      "<Library path=\"\(escaped(folder))dds_security_\(name)\(ending)\" initFunction=\"init_\(function)\" "
        + "finalizeFunction=\"finalize_\(function)\"/>"
    }
    func file(_ name: String, _ path: String) -> String {
      DDSRPC.element(name, "file:" + escaped(path))
    }
    return DDSRPC.element(
      "Security",
      DDSRPC.element(
        "Authentication",
        library("auth", "authentication") + file("IdentityCA", identityCA)
          + file("IdentityCertificate", certificate) + file("PrivateKey", privateKey))
        + DDSRPC.element("Cryptographic", library("crypto", "crypto"))
        + DDSRPC.element(
          "AccessControl",
          library("ac", "access_control") + file("PermissionsCA", permissionsCA)
            + file("Governance", governance) + file("Permissions", permissions)))
  }
}
