internal import EventLoop
internal import Glibc

/// Finds a service's socket and connects to it.
///
/// SAFETY: the C calls fill local structures and read strings that outlive them; what glob(3) allocates is freed
/// once, after its strings have been copied.
struct SocketLocator {
  /// Most matches of a pattern that are tried.
  static let maxCandidates = 64

  let pattern: String

  /// A failed attempt; nothing was sent.
  struct Failure: Error, Equatable {
    let isPermission: Bool
    let message: String
  }

  /// Connects to the first match that accepts.
  func connect() throws(Failure) -> Int32 {
    var failure: Failure?
    for path in candidates() {
      do throws(SystemError) {
        return try PacketSocket.connect(to: path)
      } catch {
        // A socket of a dead engine may lie next to the one of its successor; a lack of permission says more.
        let next = Self.explain(path, error)
        if failure == nil || next.isPermission { failure = next }
      }
    }
    throw failure
      ?? Failure(isPermission: false, message: "no socket matches \(pattern): the server is not running")
  }

  /// Connects and closes at once.
  func tryConnect() throws(Failure) { System.close(try connect()) }

  private func candidates() -> [String] {
    guard
      pattern.utf8.contains(where: {
        $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[")
      })
    else { return [pattern] }
    var matches = unsafe glob_t()
    defer { unsafe globfree(&matches) }
    guard unsafe glob(pattern, 0, nil, &matches) == 0, let paths = unsafe matches.gl_pathv else { return [] }
    // SAFETY: glob(3) fills gl_pathc C strings, which live until globfree.
    return (0..<min(Int(unsafe matches.gl_pathc), Self.maxCandidates)).compactMap { position in
      unsafe paths[position].map { unsafe String(cString: $0) }
    }
  }

  static func explain(_ path: String, _ error: SystemError) -> Failure {
    switch error.code {
    case EACCES, EPERM:
      return Failure(
        isPermission: true, message: "\(path): user id \(geteuid()) may not connect\(ownership(path))")
    case ENOENT, ENOTDIR:
      return Failure(isPermission: false, message: "\(path): no such socket; the server is not running")
    case ECONNREFUSED:
      return Failure(isPermission: false, message: "\(path): nobody listens; the server is not running")
    case EAGAIN:
      return Failure(
        isPermission: false, message: "\(path): the server does not accept connections; its backlog is full")
    case EPROTOTYPE:
      return Failure(isPermission: false, message: "\(path): not a SOCK_SEQPACKET socket")
    default:
      return Failure(isPermission: false, message: "\(path): \(error)")
    }
  }

  /// ` (mode 0600, owner 0, group 0)`, as far as it may be looked at.
  private static func ownership(_ path: String) -> String {
    var facts = stat()
    guard unsafe stat(path, &facts) == 0 else { return " (a directory on the way may not be searched)" }
    let mode = String(facts.st_mode & 0o7777, radix: 8)
    return " (mode 0\(mode), owner \(facts.st_uid), group \(facts.st_gid))"
  }
}
