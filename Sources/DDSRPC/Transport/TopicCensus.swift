internal import CCyclone

/// Types under which others have announced a topic.
enum TopicCensus {
  /// Most endpoints of the domain that are looked at.
  static let limit: Int = 20_000
  /// Most types that are told of.
  static let maxTypes = 8

  /// Whether any other participant of the domain has been seen.
  static func isAlone(_ domain: SharedDomain) -> Bool {
    ccyclone_other_participants(domain.participant, limit) == 0
  }

  /// The type names that readers, or writers, of the topic have, but for `type`; sorted.
  static func otherTypes(_ domain: SharedDomain, readers: Bool, topic: String, than type: String) -> [String]
  {
    var types: Set<String> = []
    visit(domain, readers: readers, topic: topic) { name, _ in
      if types.count <= maxTypes { types.insert(name) }
    }
    types.remove(type)
    return Array(types.sorted().prefix(maxTypes))
  }

  /// What readers of the topic and type take, all together; empty when there is none.
  static func representations(
    _ domain: SharedDomain, ofReadersOf topic: String, type: String
  ) -> Set<DDSRepresentation> {
    var bits: UInt32 = 0
    visit(domain, readers: true, topic: topic) { name, representations in
      if name == type { bits |= representations }
    }
    return Set([DDSRepresentation.xcdr1, .xcdr2].filter { bits & $0.bit != 0 })
  }

  private static func visit(
    _ domain: SharedDomain, readers: Bool, topic: String, _ body: (String, UInt32) -> Void
  ) {
    withoutActuallyEscaping(body) { body in
      var visitor = Visitor(body: body)
      // SAFETY: the pointer is to `visitor`, which outlives the call; the callback is not called later.
      _ = unsafe withUnsafeMutablePointer(to: &visitor) { pointer in
        unsafe ccyclone_list_endpoints(domain.participant, readers, topic, limit, pointer) {
          context, name, bits in
          unsafe context?.assumingMemoryBound(to: Visitor.self).pointee.body(String(cString: name), bits)
        }
      }
    }
  }

  private struct Visitor { let body: (String, UInt32) -> Void }
}

extension DDSRepresentation {
  /// As the library wants it.
  var bit: UInt32 { UInt32(self == .xcdr1 ? CCYCLONE_XCDR1 : CCYCLONE_XCDR2) }

  /// There are two.
  var other: DDSRepresentation { self == .xcdr1 ? .xcdr2 : .xcdr1 }
}
