import Foundation
import TestSupport
import Testing

/// A domain that DDS Security protects: everything encrypted, topics by permission. The service is on typed C of idlc.
@Suite(.serialized) struct SecurityTests {
  /// Certificates of two authorities, governance and permissions, made by `openssl`.
  private final class Authority {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    init() throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Self.governance.write(to: file("governance.xml"), atomically: true, encoding: .utf8)
      try Self.permissions.write(to: file("permissions.xml"), atomically: true, encoding: .utf8)
      let run = try Finished.run("/bin/sh", ["-c", "cd \(folder.path)\n\(Self.commands)"])
      guard run.status == 0 else { throw DDSSecurityFilesNotMade(messages: run.errors) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    struct DDSSecurityFilesNotMade: Error { let messages: String }

    func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

    private static let commands = """
      set -e
      for ca in ca other; do
        openssl ecparam -name prime256v1 -genkey -noout -out $ca.key
        openssl req -new -x509 -key $ca.key -subj "/CN=$ca" -days 2 -out $ca.pem
      done
      certificate() {
        openssl ecparam -name prime256v1 -genkey -noout -out $1.key
        openssl req -new -key $1.key -subj "/CN=$2" -out $1.csr
        openssl x509 -req -in $1.csr -CA $3.pem -CAkey $3.key -CAcreateserial -days 2 -out $1.pem
      }
      certificate gateway gateway ca
      certificate service service ca
      certificate forged gateway other
      for text in governance permissions; do
        openssl smime -sign -in $text.xml -text -out $text.p7s -signer ca.pem -inkey ca.key
      done
      """

    private static let governance = """
      <?xml version="1.0" encoding="UTF-8"?>
      <dds><domain_access_rules><domain_rule>
        <domains><id_range><min>0</min><max>230</max></id_range></domains>
        <allow_unauthenticated_participants>false</allow_unauthenticated_participants>
        <enable_join_access_control>true</enable_join_access_control>
        <discovery_protection_kind>ENCRYPT</discovery_protection_kind>
        <liveliness_protection_kind>ENCRYPT</liveliness_protection_kind>
        <rtps_protection_kind>NONE</rtps_protection_kind>
        <topic_access_rules><topic_rule>
          <topic_expression>*</topic_expression>
          <enable_discovery_protection>true</enable_discovery_protection>
          <enable_liveliness_protection>true</enable_liveliness_protection>
          <enable_read_access_control>true</enable_read_access_control>
          <enable_write_access_control>true</enable_write_access_control>
          <metadata_protection_kind>ENCRYPT</metadata_protection_kind>
          <data_protection_kind>ENCRYPT</data_protection_kind>
        </topic_rule></topic_access_rules>
      </domain_rule></domain_access_rules></dds>
      """

    /// Both may use the robot's topics, and no others.
    private static let permissions = """
      <?xml version="1.0" encoding="UTF-8"?>
      <dds><permissions>\(["gateway", "service"].map { name in
        """
        <grant name="\(name)"><subject_name>CN=\(name)</subject_name>
          <validity><not_before>2020-01-01T00:00:00</not_before><not_after>2037-01-01T00:00:00</not_after></validity>
          <allow_rule><domains><id_range><min>0</min><max>230</max></id_range></domains>
            <publish><topics><topic>robot_*</topic></topics></publish>
            <subscribe><topics><topic>robot_*</topic></topics></subscribe></allow_rule>
          <default>DENY</default></grant>
        """
      }.joined())</permissions></dds>
      """
  }

  private func configuration(_ authority: Authority, _ domain: UInt32, certificate: String) -> String {
    func file(_ name: String) -> String { authority.file(name).path }
    return """
        robot:
          dds:
            domain: \(domain)
            interface: lo
            multicast: false
            peers: [127.0.0.1]
            match_timeout: 10s
            security:
              identity_ca: \(file("ca.pem"))
              certificate: \(file("\(certificate).pem"))
              private_key: \(file("\(certificate).key"))
              permissions_ca: \(file("ca.pem"))
              governance: \(file("governance.p7s"))
              permissions: \(file("permissions.p7s"))
          idl: { files: [robot.idl] }
      """
  }

  private static let files = [
    "robot.idl": "module robot { interface RobotControl { float setSpeed(in float speed); }; };"
  ]

  private func gateway(_ authority: Authority, _ domain: UInt32) throws -> ServedGateway {
    try ServedGateway(configuration(authority, domain, certificate: "gateway"), files: Self.files)
  }

  /// The service, protected by the files of the same authority, or not at all.
  private func service(_ authority: Authority?, _ domain: UInt32) throws -> ChildProcess {
    let plugins = "/usr/lib/x86_64-linux-gnu/libddsc0debian"
    func library(_ name: String, _ function: String) -> String {
      "<Library path=\"\(plugins)/libdds_security_\(name).so\" initFunction=\"init_\(function)\" "
        + "finalizeFunction=\"finalize_\(function)\"/>"
    }
    func file(_ element: String, _ name: String) -> String {
      "<\(element)>file:\(authority?.file(name).path ?? "")</\(element)>"
    }
    let security =
      "<Security><Authentication>\(library("auth", "authentication"))\(file("IdentityCA", "ca.pem"))"
      + file("IdentityCertificate", "service.pem") + file("PrivateKey", "service.key")
      + "</Authentication><Cryptographic>\(library("crypto", "crypto"))</Cryptographic>"
      + "<AccessControl>\(library("ac", "access_control"))\(file("PermissionsCA", "ca.pem"))"
      + file("Governance", "governance.p7s") + file("Permissions", "permissions.p7s")
      + "</AccessControl></Security>"
    let configuration = """
      <CycloneDDS><Domain Id="any"><General><Interfaces><NetworkInterface name="lo" multicast="false"/></Interfaces>\
      <AllowMulticast>false</AllowMulticast></General><Discovery><ParticipantIndex>auto</ParticipantIndex>\
      <MaxAutoParticipantIndex>100</MaxAutoParticipantIndex><Peers><Peer address="127.0.0.1"/></Peers></Discovery>\
      \(authority == nil ? "" : security)</Domain></CycloneDDS>
      """
    return try startedServer(
      "/usr/bin/env",
      ["PEER_CONFIGURATION=\(configuration)", try CompiledPeer.idlc(), "serve", "\(domain)", "robot"])
  }

  private func setSpeed(_ gateway: ServedGateway) throws -> (status: Int, body: String) {
    try gateway.ask("/rpc/robot/setSpeed", ["--json", #"{"speed":3.5}"#])
  }

  @Test func protected() throws {
    let authority = try Authority()
    let domain = freshDomain()
    let server = try service(authority, domain)
    defer { server.stop() }
    let gateway = try gateway(authority, domain)
    defer { gateway.stop() }
    #expect(try setSpeed(gateway) == (200, #"{"return_":3.5}"#))
  }

  /// A service without files is none.
  @Test func strangers() throws {
    let authority = try Authority()
    let domain = freshDomain()
    let server = try service(nil, domain)
    defer { server.stop() }
    let gateway = try gateway(authority, domain)
    defer { gateway.stop() }
    let refused = try setSpeed(gateway)
    #expect(refused.status == 503 && refused.body.contains(#""retryable":true"#), "\(refused)")
  }

  /// What cannot be used is named when the gateway starts: a file that is not there, a governance that nobody has signed, a
  /// certificate of another authority than `identity_ca`.
  @Test(arguments: [
    ("gateway.key", "nothing.key"), ("governance.p7s", "governance.xml"), ("gateway.pem", "forged.pem"),
  ])
  func mistakes(_ right: String, _ wrong: String) throws {
    let authority = try Authority()
    let domain = freshDomain()
    let services = configuration(authority, domain, certificate: "gateway").replacingOccurrences(
      of: authority.file(right).path, with: authority.file(wrong).path)
    let file = authority.file("drawbridge.yaml")
    try "listen: [127.0.0.1:0]\nservices:\n\(services)".write(to: file, atomically: true, encoding: .utf8)
    for (name, text) in Self.files {
      try text.write(to: authority.file(name), atomically: true, encoding: .utf8)
    }
    let run = try Finished.run(TestPaths.drawbridge, ["serve", "-c", file.path])
    #expect(run.status == 2)
    let reason =
      wrong == "nothing.key"
      ? "cannot read the private key \(authority.file(wrong).path)"
      : "cannot make a participant in DDS domain \(domain) with these files of DDS Security"
    #expect(run.errors.contains("\(file.path):3:3: error: service 'robot': \(reason)"), "\(run.errors)")
  }
}
