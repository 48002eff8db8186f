internal import SchemaModel

/// Why a requester has no server, in one line.
enum MatchDiagnosis {
  static func text(
    _ wire: DDSInterfaceWire, _ match: ServerMatch, _ refusals: [MatchSignal.Side: UInt32],
    in domain: SharedDomain
  ) -> String {
    let place = "\(wire.name) in DDS domain \(domain.network.domain)"
    if match.isSettling {
      return "a server of \(place) has been found, and does not know of this requester yet"
    }
    var reasons: [String] = []
    for side in MatchSignal.Side.allCases {
      if let policy = refusals[side] { reasons.append(refusal(side, policy)) }
    }
    reasons += others(domain, wire.requestTopic, wire.requestTypeName, readers: true)
    reasons += others(domain, wire.replyTopic, wire.replyTypeName, readers: false)
    if reasons.isEmpty, TopicCensus.isAlone(domain) {
      reasons = ["nobody else is in the domain, as far as interface, multicast and peers reach"]
    }
    return "no server of \(place)" + (reasons.isEmpty ? "" : ": ") + reasons.joined(separator: "; ")
  }

  private static func others(
    _ domain: SharedDomain, _ topic: String, _ type: String, readers: Bool
  ) -> [String] {
    let types = TopicCensus.otherTypes(domain, readers: readers, topic: topic, than: type)
    return types.map { "topic \(topic) exists with type \($0), we expect \(type)" }
  }

  private static func refusal(_ side: MatchSignal.Side, _ policy: UInt32) -> String {
    let what =
      switch side {
      case .reader: "reader of requests wants"
      case .writer: "writer of replies offers"
      }
    return "a server's \(what) \(policyName(policy))"
  }

  /// By the numbers of Cyclone DDS 0.10.
  static func policyName(_ policy: UInt32) -> String {
    switch policy {
    case 2: "another durability"
    case 4: "another deadline"
    case 6: "another ownership"
    case 8: "another liveliness"
    case 10: "another partition"
    case 11: "another reliability"
    case 12: "another order by destination"
    case 24: "types to be compared, which needs type information that this requester has not"
    case 25: "another data representation (XCDR1 or XCDR2)"
    default: "another QoS (policy \(policy))"
    }
  }
}
