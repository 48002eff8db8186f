internal import Transcoding

/// How several replies are written in one response body.
package enum StreamForm: Sendable, Equatable {
  /// `text/event-stream` (WHATWG HTML, section 9.2): events `message`, then `end` or `error`.
  case events
  /// `application/x-ndjson`: a reply each line; a failure is a last line with the member `error`.
  case lines

  var contentType: HTTPResponse.ContentType { self == .events ? .eventStream : .lines }

  /// Appends one reply.
  func append(_ json: [UInt8], ordinal: Int, to output: inout [UInt8]) {
    switch self {
    case .events:
      Self.append("event: message\nid: \(ordinal)\ndata: ", to: &output)
      output += json
      Self.append("\n\n", to: &output)
    case .lines:
      output += json
      output.append(UInt8(ascii: "\n"))
    }
  }

  /// The end of a call that ended well; lines simply end.
  var end: [UInt8] { self == .events ? Array("event: end\ndata: {}\n\n".utf8) : [] }

  /// The end of one that did not, with the body of the problem.
  func failure(_ problem: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    switch self {
    case .events:
      Self.append("event: error\ndata: ", to: &output)
      output += problem
      Self.append("\n\n", to: &output)
    case .lines:
      Self.append("{\"error\":", to: &output)
      output += problem
      Self.append("}\n", to: &output)
    }
    return output
  }

  /// Says that the connection lives; lines have no such thing.
  var heartbeat: [UInt8]? { self == .events ? Array(": \n\n".utf8) : nil }

  private static func append(_ text: String, to output: inout [UInt8]) {
    output.append(contentsOf: text.utf8)
  }

  /// What `Accept` asks for: the first form that it names, else the one that its wildcards leave; nil for neither.
  static func accepted(by value: ArraySlice<UInt8>?) -> StreamForm? {
    guard let value else { return .lines }
    var byWildcard: StreamForm?
    var isEmpty = true
    for range in value.split(separator: UInt8(ascii: ",")) {
      let type = ContentNegotiation.mediaType(range)
      if type.isEmpty { continue }
      isEmpty = false
      if ContentNegotiation.isRefused(range) { continue }
      switch String(decoding: type, as: UTF8.self) {
      case HTTPResponse.ContentType.eventStream.rawValue: return .events
      case HTTPResponse.ContentType.lines.rawValue: return .lines
      // `curl --json` asks for JSON, which each line is.
      case "*/*", "application/*", "application/json": byWildcard = byWildcard ?? .lines
      case "text/*": byWildcard = byWildcard ?? .events
      default: break
      }
    }
    return isEmpty ? .lines : byWildcard
  }
}
