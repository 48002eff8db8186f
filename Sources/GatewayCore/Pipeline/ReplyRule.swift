internal import EventLoop
internal import RPCCore
internal import Routing
internal import SchemaModel
package import Transcoding

/// When a call with several replies ends: `replies:` of a route, with its names resolved.
package struct ReplyRule: Sendable {
  package enum End: Sendable {
    /// With the reply whose field is, in JSON, one of these texts.
    case until(FieldPath, [[UInt8]])
    case idle(UInt64)
    case count(Int)
    /// When the client leaves.
    case open
  }

  let end: End
  /// Replies beyond this end the call with an error, whatever the rule.
  let limit: Int
  /// Pending bytes of the response.
  let streamLimit: Int
  /// Nanoseconds.
  let heartbeat: UInt64

  /// What the backend has to know of it.
  ///
  /// - Parameter patience: how long the client waits for a reply, in nanoseconds.
  func replies(patience: UInt64) -> RPCReplies {
    switch end {
    case .until, .count: .several(.fails(after: patience))
    case .idle(let silence): .several(.ends(after: silence))
    case .open: .several(.unlimited)
    }
  }
}

extension RouteCompiler {
  /// Nil for a route with one reply, and after a diagnostic.
  func replyRule(
    _ route: RouteConfiguration, _ method: MethodDefinition, _ diagnostics: inout Diagnostics
  ) -> ReplyRule? {
    guard let replies = route.replies else { return nil }
    guard case .dds = configuration.backend, !method.oneway else {
      diagnostics.error(
        "conflicting-keys", at: replies.location,
        "'\(method.name)' has " + (method.oneway ? "no reply: it is oneway" : "one reply: dRPC has no others")
      )
      return nil
    }
    if route.success == 204 {
      diagnostics.error(
        "conflicting-keys", at: replies.location, "'success: 204' drops the replies that 'replies' asks for")
    }
    let end: ReplyRule.End? =
      switch replies.end {
      case .until(let member, let equals): until(member, equals, method, &diagnostics)
      case .idle(let silence): .idle(silence.wholeNanoseconds)
      case .count(let count): .count(count)
      case .open: .open
      }
    return end.map {
      ReplyRule(
        end: $0, limit: limits.replies, streamLimit: limits.streamBytes,
        heartbeat: limits.heartbeat.wholeNanoseconds)
    }
  }

  /// Replies are compared as JSON, so that what can be compared is what one sees.
  private func until(
    _ member: Located, _ value: Located, _ method: MethodDefinition, _ diagnostics: inout Diagnostics
  ) -> ReplyRule.End? {
    guard let path = fieldPath(member, of: method.response, role: "member", &diagnostics),
      let last = path.last
    else { return nil }
    var quoted: [UInt8] = []
    JSONText.append(value.text, to: &quoted)
    let plain = Array(value.text.utf8)
    let fits: Bool
    let texts: [[UInt8]]
    switch service.model[service.model[last].type].shape {
    case .primitive(.boolean, _): (fits, texts) = (["true", "false"].contains(value.text), [plain])
    case .primitive(.string, _), .primitive(.wideString, _), .primitive(.character, _),
      .primitive(.wideCharacter, _):
      (fits, texts) = (true, [quoted])
    case .primitive(.bytes, _): (fits, texts) = (false, [])
    case .primitive(.float32, _), .primitive(.float64, _), .primitive(.float128, _):
      // As numbers are written; 100 and not 100.0.
      (fits, texts) = (Double(value.text) != nil, [plain, quoted])
    case .primitive:
      (fits, texts) = (Int64(value.text) != nil || UInt64(value.text) != nil, [plain, quoted])
    case .enumeration(let range, _):
      let names = service.model.enumerators[range]
      guard let named = names.first(where: { $0.name == value.text || "\($0.number)" == value.text }) else {
        (fits, texts) = (false, [])
        break
      }
      // By name or by number, as `enums` says.
      (fits, texts) = (true, [Array("\"\(named.name)\"".utf8), Array("\(named.number)".utf8)])
    default: (fits, texts) = (false, [])
    }
    guard fits else {
      diagnostics.error(
        "invalid-value", at: value.location, "'\(member.text)' is never '\(value.text)'",
        resolution: "compare a number, a text, an enumerator or a boolean")
      return nil
    }
    return .until(path, texts)
  }
}
