import Glibc

/// A TCP client that sends exactly the bytes it is told to: no HTTP library stands between a test and the wire.
package final class RawClient: Sendable {
  package let descriptor: Int32

  /// Connects to `127.0.0.1:port`.
  package init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let code = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw RawClientError(call: "connect", code: errno) }
    setPatience(milliseconds: 20_000)
  }

  /// Connects to a Unix stream socket.
  package init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let code = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard code == 0 else { throw RawClientError(call: "connect", code: errno) }
    setPatience(milliseconds: 20_000)
  }

  deinit { close(descriptor) }

  private func setPatience(milliseconds: Int) {
    var time = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
    _ = unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  package func send(_ text: String) { send(Array(text.utf8)) }

  package func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return }
      sent += count
    }
  }

  /// Closes the writing side.
  package func finish() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  /// Closes at once, with a reset when bytes are unread.
  package func abort() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// What comes next, at most `limit` bytes; empty at the end of the stream or when nothing comes for 20 s.
  package func receive(atMost limit: Int = 65_536) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
    return count <= 0 ? [] : Array(bytes.prefix(count))
  }

  /// Everything up to the end of the stream.
  package func receiveAll() -> String {
    var all: [UInt8] = []
    while true {
      let part = receive()
      if part.isEmpty { return String(decoding: all, as: UTF8.self) }
      all += part
    }
  }

  /// Several responses with a Content-Length, one behind the other; fewer when the stream ends.
  package func receiveResponses(_ count: Int) -> [RawResponse] {
    var responses: [RawResponse] = []
    var bytes: [UInt8] = []
    while responses.count < count {
      if let response = RawResponse(bytes) {
        responses.append(response)
        bytes.removeFirst(response.size)
        continue
      }
      let part = receive()
      if part.isEmpty { break }
      bytes += part
    }
    return responses
  }

  /// One response with a Content-Length.
  package func receiveResponse() -> RawResponse? {
    var bytes: [UInt8] = []
    while true {
      if let response = RawResponse(bytes) { return response }
      let part = receive()
      if part.isEmpty { return nil }
      bytes += part
    }
  }
}

package struct RawClientError: Error {
  package let call: String
  package let code: Int32
}

/// A response as it came, taken apart.
package struct RawResponse {
  package let status: Int
  /// Lower-case names.
  package let headers: [String: String]
  package let body: String
  /// Bytes of head and body.
  package let size: Int

  /// Nil when `bytes` is not yet a whole response.
  package init?(_ bytes: [UInt8]) {
    let end = Array("\r\n\r\n".utf8)
    guard bytes.count >= 4,
      let split = (0...(bytes.count - 4)).first(where: { bytes[$0..<($0 + 4)].elementsEqual(end) })
    else { return nil }
    let lines = String(decoding: bytes[..<split], as: UTF8.self).split(separator: "\r\n")
    guard let first = lines.first, first.hasPrefix("HTTP/1."),
      let status = Int(first.split(separator: " ").dropFirst().first ?? "")
    else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      headers[line[..<colon].lowercased()] = String(value)
    }
    let rest = bytes[(split + 4)...]
    let length = Int(headers["content-length"] ?? "0") ?? 0
    guard rest.count >= length else { return nil }
    self.status = status
    self.headers = headers
    body = String(decoding: rest.prefix(length), as: UTF8.self)
    size = split + 4 + length
  }
}
