internal import CMicrohttpd
internal import GatewayCore

// What libmicrohttpd calls, on the loop's thread. Functions, not closures: they inherit no isolation.
//
// SAFETY, for the whole file: `context` is the daemon's worker, which outlives the daemon; the socket context
// is the `Connection` retained by "started" and released by "closed"; `con_cls` is the same pointer, not
// retained again. Texts and bytes are valid until the callback returns.

/// Calls `body` with the connection that the library calls for; nil without one.
private func withConnection<Result>(
  at context: UnsafeMutableRawPointer?, _ body: (Connection) -> Result
) -> Result? {
  // SAFETY: see the head of the file.
  guard let context = unsafe context else { return nil }
  return unsafe Unmanaged<Connection>.fromOpaque(context)._withUnsafeGuaranteedRef { connection in
    connection.called()
    return body(connection)
  }
}

/// A connection starts or ends.
func libraryNotify(
  _ context: UnsafeMutableRawPointer?, _ library: OpaquePointer?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ what: MHD_ConnectionNotificationCode
) {
  // SAFETY: see the head of the file.
  guard let context = unsafe context, let library = unsafe library, let slot = unsafe slot else { return }
  // MHD_CONNECTION_NOTIFY_STARTED; the importer gives the constants no usable names.
  if what.rawValue == 0 {
    // SAFETY: see the head of the file; the retain is released below.
    let worker = unsafe Unmanaged<Worker>.fromOpaque(context).takeUnretainedValue()
    guard let connection = worker.adopting else { return }
    unsafe slot.pointee = Unmanaged.passRetained(connection).toOpaque()
    connection.started(unsafe LibraryConnection(library))
  } else if let retained = unsafe slot.pointee {
    // SAFETY: takes over the retain made above.
    let connection = unsafe Unmanaged<Connection>.fromOpaque(retained).takeRetainedValue()
    unsafe slot.pointee = nil
    connection.libraryClosed()
  }
}

/// The request line has been read: the target as it came, before the library changes it.
func libraryTarget(
  _ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>, _ library: OpaquePointer
) -> UnsafeMutableRawPointer? {
  // SAFETY: see the head of the file; the target ends in NUL.
  let pointer = unsafe cmhd_socket_context(library)
  let bytes = unsafe UnsafeRawPointer(target).assumingMemoryBound(to: UInt8.self)
  var count = 0
  while unsafe bytes[count] != 0 { count += 1 }
  unsafe withConnection(at: pointer) {
    unsafe $0.targetArrived(UnsafeBufferPointer(start: bytes, count: count))
  }
  return unsafe pointer
}

/// Called once for the head, then for each part of the body, then once more at its end and after each resume.
func libraryAccess(
  _ context: UnsafeMutableRawPointer?, _ library: OpaquePointer?, _ url: UnsafePointer<CChar>?,
  _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ data: UnsafePointer<CChar>?,
  _ size: UnsafeMutablePointer<Int>?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  // SAFETY: see the head of the file.
  guard let library = unsafe library, let size = unsafe size, let method = unsafe method,
    let version = unsafe version, let slot = unsafe slot
  else { return .NO }
  return unsafe withConnection(at: slot.pointee) { connection in
    if connection.phase == .idle {
      // SAFETY: see the head of the file; method and version end in NUL.
      let line = unsafe RequestLine(method: method, version: version)
      let layout = unsafe HeadLayout(
        method: method, target: url, targetCount: connection.exchange.target.count, version: version)
      return connection.headArrived(unsafe LibraryConnection(library), line, layout)
    }
    // SAFETY: `data` has `size` bytes; setting the size to 0 says that all were taken.
    guard unsafe size.pointee > 0 else { return connection.requestArrived(unsafe LibraryConnection(library)) }
    let bytes = unsafe UnsafeRawPointer(data)?.assumingMemoryBound(to: UInt8.self)
    let result = unsafe connection.bodyArrived(UnsafeBufferPointer(start: bytes, count: size.pointee))
    unsafe size.pointee = 0
    return result
  } ?? .NO
}

/// The library is done with a request.
func libraryCompleted(
  _ context: UnsafeMutableRawPointer?, _ library: OpaquePointer?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ how: MHD_RequestTerminationCode
) {
  // SAFETY: see the head of the file.
  let context = unsafe slot?.pointee
  unsafe slot?.pointee = nil
  unsafe withConnection(at: context) {
    $0.requestEnded(completely: how == .REQUEST_TERMINATED_COMPLETED_OK)
  }
}

/// The next part of a streamed response.
func libraryStream(
  _ context: UnsafeMutableRawPointer?, _ position: UInt64, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int
) -> Int {
  // SAFETY: see the head of the file; `buffer` has `size` bytes, which are written before this returns.
  let bytes = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: buffer == nil ? 0 : size)
  let part = unsafe withConnection(at: context) { connection in
    connection.library.map { unsafe connection.streamWanted($0, bytes) } ?? .failed
  }
  switch part {
  case .bytes(let count): return count
  case .ended: return cmhd_stream_ended
  case .failed, nil: return cmhd_stream_failed
  }
}
