internal import EventLoop
internal import Glibc

/// Finds a service's socket and connects to it.
///
/// SAFETY: the C calls fill local structures and read strings that outlive them; what glob(3) allocates is freed
/// once, after its strings have been copied.
struct SocketLocator {
  /// Most matches of a pattern that are tried.
  static let maxCandidates = 64

  /// Paths, or patterns for `glob(7)`, in the order in which they are tried.
  let patterns: [String]

  /// A failed attempt; nothing was sent.
  struct Failure: Error, Equatable {
    /// What went wrong. The more a reason says about a server that is there, the higher.
    enum Reason: Int {
      /// No such file: the server is not running.
      case absent
      /// A socket that nobody listens on, or something that cannot be connected to.
      case refused
      /// The server is there and does not accept.
      case busy
      /// EACCES.
      case permission
      /// This process or system has no descriptor or memory left.
      case exhausted
    }

    let reason: Reason
    let message: String

    /// Whether an attempt a little later may succeed although nobody does anything.
    var isPassing: Bool { reason == .busy || reason == .exhausted }
  }

  /// Connects to the first match that accepts.
  func connect() throws(Failure) -> Int32 {
    var failure: Failure?
    func note(_ next: Failure) {
      // A socket of a dead engine may lie next to the one of its successor.
      if let known = failure, known.reason.rawValue >= next.reason.rawValue { return }
      failure = next
    }
    for pattern in patterns {
      let paths = Self.candidates(pattern)
      if paths.isEmpty, let obstacle = Self.unsearchable(pattern) { note(obstacle) }
      for path in paths {
        do throws(SystemError) {
          return try PacketSocket.connect(to: path)
        } catch {
          note(Self.explain(path, error))
        }
      }
    }
    throw failure
      ?? Failure(
        reason: .absent,
        message: "no socket matches \(patterns.joined(separator: ", ")): the server is not running")
  }

  /// What keeps the pattern from being looked up; nil when nothing does.
  private static func unsearchable(_ pattern: String) -> Failure? {
    guard let first = pattern.firstIndex(where: isWild),
      let slash = pattern[..<first].lastIndex(of: "/")
    else { return nil }
    let folder = slash == pattern.startIndex ? "/" : String(pattern[..<slash])
    guard unsafe faccessat(AT_FDCWD, folder, R_OK | X_OK, AT_EACCESS) != 0, errno == EACCES else {
      return nil
    }
    return Failure(
      reason: .permission,
      message: "\(pattern): user id \(geteuid()) may not search \(folder)\(ownership(folder))")
  }

  private static func isWild(_ letter: Character) -> Bool { letter == "*" || letter == "?" || letter == "[" }

  /// Connects and closes at once.
  func tryConnect() throws(Failure) { System.close(try connect()) }

  private static func candidates(_ pattern: String) -> [String] {
    guard pattern.contains(where: isWild) else { return [pattern] }
    var matches = unsafe glob_t()
    defer { unsafe globfree(&matches) }
    guard unsafe glob(pattern, 0, nil, &matches) == 0, let paths = unsafe matches.gl_pathv else { return [] }
    // SAFETY: glob(3) fills gl_pathc C strings, which live until globfree.
    return (0..<min(Int(unsafe matches.gl_pathc), maxCandidates)).compactMap { position in
      unsafe paths[position].map { unsafe String(cString: $0) }
    }
  }

  static func explain(_ path: String, _ error: SystemError) -> Failure {
    switch error.code {
    case EACCES, EPERM:
      Failure(
        reason: .permission, message: "\(path): user id \(geteuid()) may not connect\(ownership(path))")
    case ENOENT, ENOTDIR:
      Failure(reason: .absent, message: "\(path): no such socket; the server is not running")
    case ECONNREFUSED:
      Failure(reason: .refused, message: "\(path): nobody listens; the server is not running")
    case EAGAIN:
      Failure(
        reason: .busy, message: "\(path): the server does not accept connections; its backlog is full")
    case EMFILE, ENFILE, ENOMEM, ENOBUFS:
      Failure(reason: .exhausted, message: "\(path): the gateway cannot open another connection: \(error)")
    case EPROTOTYPE:
      Failure(reason: .refused, message: "\(path): not a SOCK_SEQPACKET socket")
    default:
      Failure(reason: .refused, message: "\(path): \(error)")
    }
  }

  /// ` (mode 0600, owner 0, group 0)`, as far as it may be looked at.
  private static func ownership(_ path: String) -> String {
    var facts = stat()
    guard unsafe stat(path, &facts) == 0 else { return " (a directory on the way may not be searched)" }
    let mode = String(facts.st_mode & 0o7777, radix: 8)
    return " (mode 0\(mode), owner \(facts.st_uid), group \(facts.st_gid)); run the gateway as that owner"
  }
}
