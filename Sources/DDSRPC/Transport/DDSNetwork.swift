/// Which DDS domain, and how its participants find each other.
///
/// All services of a process that use a domain share one participant, so that their networks must be equal.
public struct DDSNetwork: Sendable, Hashable {
  /// Participants of different domains never meet.
  public var domain: UInt32
  /// The network interface, by name or address; nil: Cyclone's choice.
  public var interface: String?
  /// Whether participants find each other by multicast.
  public var allowsMulticast: Bool
  /// Hosts where participants are looked for, by name or address, with a port if it is not the usual one.
  public var peers: [String]
  /// How long a participant that has died counts as alive.
  public var lease: Duration
  /// Files of DDS Security; nil: participants are unprotected.
  public var security: DDSSecurityFiles?
  /// Settings of Cyclone DDS, as XML, which override what the others make; nil: none.
  public var cycloneXML: String?

  /// Participants that one host may have when there is no multicast: each port is asked in turn.
  static let maxParticipants = 100
  /// Largest sample that is received, in bytes.
  static let maxSample = 64 * 1024 * 1024
  /// Bytes that a writer holds until its readers have acknowledged them, beyond which writing fails.
  static let writerWindow = 4 * 1024 * 1024

  /// A network with Cyclone's defaults but for what is given.
  public init(
    domain: UInt32 = 0, interface: String? = nil, allowsMulticast: Bool = true, peers: [String] = [],
    lease: Duration = .seconds(10), security: DDSSecurityFiles? = nil, cycloneXML: String? = nil
  ) {
    self.domain = domain
    self.interface = interface
    self.allowsMulticast = allowsMulticast
    self.peers = peers
    self.lease = lease
    self.security = security
    self.cycloneXML = cycloneXML
  }

  /// Participants of this host only.
  public static func loopback(domain: UInt32, lease: Duration = .seconds(10)) -> DDSNetwork {
    DDSNetwork(domain: domain, interface: "lo", allowsMulticast: false, peers: ["127.0.0.1"], lease: lease)
  }

  /// What Cyclone gets, later ones win: the environment's `CYCLONEDDS_URI`, ours, `cycloneXML`.
  func configuration(environment: String? = nil) -> String {
    let discovery =
      element("ParticipantIndex", allowsMulticast && peers.isEmpty ? "none" : "auto")
      + element("MaxAutoParticipantIndex", "\(Self.maxParticipants)")
      + element("LeaseDuration", "\(max(1, lease.wholeMilliseconds)) ms")
      + (peers.isEmpty ? "" : "<Peers>\(peers.map { "<Peer address=\"\(escaped($0))\"/>" }.joined())</Peers>")
    let general =
      (interface.map { "<Interfaces>\(networkInterface($0))</Interfaces>" } ?? "")
      + (allowsMulticast ? "" : element("AllowMulticast", "false"))
    let watermarks =
      element("WhcHigh", "\(Self.writerWindow) B") + element("WhcHighInit", "\(Self.writerWindow) B")
    let ours = """
      <CycloneDDS><Domain Id="any"><General>\(general)</General><Discovery>\(discovery)</Discovery>\
      <Internal><Watermarks>\(watermarks)</Watermarks>\(element("MaxSampleSize", "\(Self.maxSample) B"))\
      </Internal>\(security?.element ?? "")</Domain></CycloneDDS>
      """
    return [environment, ours, cycloneXML].compactMap { $0?.isEmpty == false ? $0 : nil }.joined(
      separator: ",")
  }

  private func networkInterface(_ text: String) -> String {
    // Names of interfaces hold neither dots nor colons but those of aliases.
    let isAddress =
      text.allSatisfy { $0.isHexDigit || $0 == "." || $0 == ":" } && text.contains { $0 == "." || $0 == ":" }
    let multicast = allowsMulticast ? "" : " multicast=\"false\""
    return "<NetworkInterface \(isAddress ? "address" : "name")=\"\(escaped(text))\"\(multicast)/>"
  }
}

func element(_ name: String, _ content: String) -> String { "<\(name)>\(content)</\(name)>" }

/// For attributes in double quotes; `$` would begin a variable of the environment.
func escaped(_ text: String) -> String {
  var escaped = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&", "<", ">", "\"", "$", "'": escaped += "&#\(scalar.value);"
    default: escaped.unicodeScalars.append(scalar)
    }
  }
  return escaped
}

extension Duration {
  fileprivate var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
    return overflow || carry ? .max : sum
  }
}
