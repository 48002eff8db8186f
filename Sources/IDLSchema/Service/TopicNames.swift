internal import SchemaModel

/// Names of topics: configuration before annotation before default (OMG DDS-RPC 1.0, 7.4.2).
struct TopicNames {
  let options: ServiceOptions

  /// - Parameters:
  ///   - scoped: modules and interface; empty for a pair of types.
  ///   - configured: whether the configuration's topics are those of this interface.
  func names(
    _ scoped: [String], _ annotations: [IDLAnnotation], configured: Bool, at location: SourceLocation,
    _ diagnostics: inout Diagnostics
  ) -> (request: String, reply: String) {
    var stem = options.service + options.dialect.topicEnding
    if let separator = options.dialect.topicSeparator, !scoped.isEmpty {
      stem = scoped.joined(separator: separator) + "_" + stem
    }
    func name(_ configuration: String?, _ annotation: String, _ ending: String) -> String {
      if configured, let configuration { return configuration }
      return annotations.first { $0.name == annotation }?["name"] ?? stem + ending
    }
    let request = name(options.requestTopic, "DDSRequestTopic", "Request")
    let reply = name(options.replyTopic, "DDSReplyTopic", "Reply")
    for (topic, remedy) in [(request, "@DDSRequestTopic(name=…)"), (reply, "@DDSReplyTopic(name=…)")]
    where !Self.isValid(topic) {
      diagnostics.error(
        "bad-topic", at: location,
        "Cyclone DDS has no topics called '\(topic)': letters, digits, '_' and '/', no digit first",
        resolution: "move the interface out of its modules, or name the topic with \(remedy) on both sides")
    }
    if request == reply {
      diagnostics.error("bad-topic", at: location, "requests and replies go to one topic, '\(request)'")
    }
    return (request, reply)
  }

  /// What `dds_create_topic` of Cyclone DDS 0.10 accepts.
  static func isValid(_ name: String) -> Bool {
    guard let first = name.utf8.first, !Lexer.isDigit(first) else { return false }
    return name.utf8.allSatisfy { Lexer.isLetter($0) || Lexer.isDigit($0) || $0 == UInt8(ascii: "/") }
  }
}
