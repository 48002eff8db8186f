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
    // SAFETY: the pointer is to `types`, which outlives the call; the callback is not called later.
    _ = unsafe withUnsafeMutablePointer(to: &types) { pointer in
      unsafe ccyclone_list_endpoints(domain.participant, readers, topic, limit, pointer) { context, name, _ in
        let types = unsafe context?.assumingMemoryBound(to: Set<String>.self)
        if let types = unsafe types, unsafe types.pointee.count <= TopicCensus.maxTypes {
          unsafe types.pointee.insert(String(cString: name))
        }
      }
    }
    types.remove(type)
    return Array(types.sorted().prefix(maxTypes))
  }
}
