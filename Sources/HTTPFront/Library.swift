internal import CMicrohttpd
internal import GatewayCore

/// A connection as the library knows it. Valid from its "started" to its "closed" callback, on its loop's thread.
///
/// SAFETY: `@safe` because `Connection` holds one only between those two callbacks.
@safe struct LibraryConnection {
  fileprivate let raw: OpaquePointer

  init(_ raw: OpaquePointer) { unsafe self.raw = raw }

  /// Takes the connection out of the library's hands until `resume`. Never twice in a row.
  func suspend() { unsafe MHD_suspend_connection(raw) }

  func resume() { unsafe MHD_resume_connection(raw) }

  /// Hands the response over. On the first callback of a request this also refuses its body and closes.
  func queue(_ response: HTTPResponse, in memory: ResponseMemory, for connection: Connection) -> MHD_Result {
    guard let message = unsafe Self.message(response, memory, connection) else { return .NO }
    // SAFETY: the message is ours until here, which only drops our reference.
    defer { unsafe MHD_destroy_response(message) }
    response.forEachHeader { name, value in unsafe Self.add(name, value, to: message) }
    if !response.chosenHeaders.isEmpty { unsafe Self.add(response.chosenHeaders, to: message) }
    return unsafe MHD_queue_response(raw, UInt32(clamping: response.status), message)
  }

  private static func add(_ headers: [(name: String, value: String)], to message: OpaquePointer) {
    for header in headers {
      // SAFETY: the library copies both texts.
      _ = unsafe MHD_add_response_header(message, header.name, header.value)
    }
  }

  /// Bytes of a streamed response that the library asks for at once.
  private static let streamBlock = 16 * 1024

  private static func message(
    _ response: HTTPResponse, _ memory: ResponseMemory, _ connection: Connection
  ) -> OpaquePointer? {
    if response.stream != nil {
      // SAFETY: the connection outlives its responses: the library ends them before it calls "closed".
      return unsafe MHD_create_response_from_callback(
        cmhd_size_unknown, streamBlock, libraryStream, Unmanaged.passUnretained(connection).toOpaque(), nil)
    }
    // SAFETY: `memory` keeps the bytes in place until the connection's next response.
    return unsafe MHD_create_response_from_buffer(
      response.body.count, memory.store(response.body), .RESPMEM_PERSISTENT)
  }

  /// Without the array that passing a `String` for a C string would make.
  private static func add(_ name: StaticString, _ value: String, to message: OpaquePointer) {
    // SAFETY: both texts end in NUL, and the library copies them.
    unsafe value.withCString { value in
      unsafe name.utf8Start.withMemoryRebound(to: CChar.self, capacity: name.utf8CodeUnitCount + 1) { name in
        _ = unsafe MHD_add_response_header(message, name, value)
      }
    }
  }

  /// Copies the fields that the gateway reads and looks at the form of all.
  func readHeaders(into headers: HTTPHeaders, after requestLine: HeadLayout) {
    var reader = HeadReader(headers: headers, layout: requestLine)
    // SAFETY: the callback gets the address of `reader`, which outlives the call.
    unsafe withUnsafeMutablePointer(to: &reader) {
      _ = unsafe MHD_get_connection_values_n(raw, .HEADER_KIND, takeHeader, $0)
    }
    if unsafe !reader.layout.isSound(headSize: cmhd_head_size(raw)) { headers.markMalformed() }
  }
}

/// Collects the values of one field.
private struct ValueReader {
  let name: [UInt8]
  var values: [[UInt8]] = []
}

extension LibraryConnection {
  /// The values of a field by its name in any case, without surrounding blanks.
  func headerValues(named name: String) -> [[UInt8]] {
    var reader = ValueReader(name: Array(name.lowercased().utf8))
    // SAFETY: the callback gets the address of `reader`, which outlives the call.
    unsafe withUnsafeMutablePointer(to: &reader) {
      _ = unsafe MHD_get_connection_values_n(raw, .HEADER_KIND, takeValue, $0)
    }
    return reader.values
  }
}

/// Takes one header field if it has the name that is looked for.
private func takeValue(
  _ context: UnsafeMutableRawPointer?, _ kind: MHD_ValueKind, _ name: UnsafePointer<CChar>?, _ nameSize: Int,
  _ value: UnsafePointer<CChar>?, _ valueSize: Int
) -> MHD_Result {
  // SAFETY: as in `takeHeader`; `context` is the `ValueReader` of `headerValues`.
  guard let reader = unsafe context?.assumingMemoryBound(to: ValueReader.self) else { return .NO }
  let nameBytes = unsafe UnsafeRawBufferPointer(start: name, count: name == nil ? 0 : nameSize)
  let lower = unsafe nameBytes.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
  guard unsafe lower == reader.pointee.name else { return .YES }
  let valueBytes = unsafe UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : valueSize)
  var text = unsafe Array(valueBytes)[...]
  while text.first == 0x20 || text.first == 0x09 { text.removeFirst() }
  while text.last == 0x20 || text.last == 0x09 { text.removeLast() }
  unsafe reader.pointee.values.append(Array(text))
  return .YES
}

/// What goes through the fields of a head, once.
private struct HeadReader {
  let headers: HTTPHeaders
  var layout: HeadLayout
}

/// One libmicrohttpd daemon: no listen socket, driven from our epoll.
///
/// SAFETY: `@safe` because the daemon is used on its loop's thread only, and not after `stop`.
@safe struct LibraryDaemon {
  private let raw: OpaquePointer
  /// Readable whenever the library has something to do.
  let descriptor: Int32

  /// Nil when the library does not start. The callbacks get `worker`, unretained: it outlives the daemon.
  init?(for worker: Worker) {
    // SAFETY: see above; the options are read before `cmhd_start` returns.
    var options = unsafe cmhd_options(
      context: Unmanaged.passUnretained(worker).toOpaque(), access: libraryAccess, target: libraryTarget,
      completed: libraryCompleted, notify: libraryNotify,
      memory_per_connection: worker.settings.memoryPerConnection,
      connection_limit: UInt32(clamping: worker.settings.maxConnections + 64))
    guard let raw = unsafe cmhd_start(&options) else { return nil }
    unsafe self.raw = raw
    descriptor = unsafe cmhd_epoll_descriptor(raw)
  }

  func run() { _ = unsafe MHD_run(raw) }

  /// Milliseconds until the library wants to run without an event; nil when it does not.
  var patience: UInt64? {
    var milliseconds: UInt64 = 0
    return unsafe MHD_get_timeout(raw, &milliseconds) == .YES ? milliseconds : nil
  }

  /// False when the library refuses; the descriptor is closed then.
  func add(_ descriptor: Int32) -> Bool { unsafe cmhd_add_connection(raw, descriptor) == .YES }

  /// No connection may be suspended.
  func stop() { unsafe MHD_stop_daemon(raw) }
}

/// Takes one header field.
private func takeHeader(
  _ context: UnsafeMutableRawPointer?, _ kind: MHD_ValueKind, _ name: UnsafePointer<CChar>?, _ nameSize: Int,
  _ value: UnsafePointer<CChar>?, _ valueSize: Int
) -> MHD_Result {
  // SAFETY: `context` is the `HeadReader` of `readHeaders`; name and value have the sizes that are given and
  // live until this returns. A field without a value may come with a null pointer.
  guard let reader = unsafe context?.assumingMemoryBound(to: HeadReader.self) else { return .NO }
  let nameBytes = unsafe UnsafeRawBufferPointer(start: name, count: name == nil ? 0 : nameSize)
  let valueBytes = unsafe UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : valueSize)
  unsafe reader.pointee.layout.field(nameBytes, valueBytes)
  unsafe reader.pointee.headers.add(
    name: nameBytes.bindMemory(to: UInt8.self).span, value: valueBytes.bindMemory(to: UInt8.self).span)
  return .YES
}
