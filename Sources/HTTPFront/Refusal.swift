internal import CMicrohttpd
internal import GatewayCore

/// Answers to heads that the library never sees.
enum Refusal {
  /// How much more of the request is read while the client reads the answer.
  static let lingerBytes = 256 * 1024
  /// How long, in nanoseconds.
  static let lingerTime: UInt64 = 1_000_000_000

  /// A whole HTTP/1.1 response; `response` closes the connection.
  static func bytes(_ response: HTTPResponse) -> [UInt8] {
    var head = "HTTP/1.1 \(response.status) \(reason(response.status))\r\n"
    head += "Content-Length: \(response.body.count)\r\n"
    response.forEachHeader { name, value in head += "\(name): \(value)\r\n" }
    head += "\r\n"
    return Array(head.utf8) + response.body
  }

  private static func reason(_ status: Int) -> String {
    // SAFETY: the library returns a constant text for any number.
    guard let phrase = unsafe MHD_get_reason_phrase_for(UInt32(clamping: status)) else { return "" }
    return unsafe String(cString: phrase)
  }
}
