internal import EventLoop
internal import Glibc

/// Held while a socket file is looked at and replaced: of servers that start together on one path, one wins.
///
/// A lock of flock(2) on the file's folder, which ends with the process that holds it.
///
/// SAFETY: the C calls read a path that outlives them.
private struct FolderLock {
  /// -1 where the folder cannot be opened; binding says why.
  private let descriptor: Int32

  /// How often it is asked for, a millisecond apart. Whoever may read the folder can keep it, so that it is no condition.
  private static let attempts = 200

  init(of path: String) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    for _ in 0..<Self.attempts {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
      // Not every file system has locks.
      guard errno == EWOULDBLOCK || errno == EINTR else { return }
      usleep(1000)
    }
  }

  func release() { if descriptor >= 0 { System.close(descriptor) } }
}

/// A socket file with a listener behind it.
///
/// A file that a dead server left behind is replaced; one whose server answers is not.
///
/// SAFETY: the C calls read a path that outlives them and fill a local structure.
final class ListeningSocket: Sendable {
  let descriptor: Int32
  private let path: String
  /// Which file is ours: somebody may replace it while we serve.
  private let identity: FileIdentity

  private struct FileIdentity: Equatable {
    let device: UInt
    let inode: UInt
  }

  init(_ path: String, mode: UInt32, backlog: Int32) throws(DRPCServerError) {
    let lock = FolderLock(of: path)
    defer { lock.release() }
    try Self.removeStale(path)
    let descriptor: Int32
    do throws(SystemError) {
      descriptor = try PacketSocket.make()
    } catch {
      throw DRPCServerError(kind: .system, message: "\(error)")
    }
    do throws(SystemError) {
      try PacketSocket.bind(descriptor, to: path)
    } catch {
      System.close(descriptor)
      throw DRPCServerError(
        kind: error.code == EADDRINUSE ? .inUse : .system, message: "\(path): \(error)")
    }
    do throws(SystemError) {
      guard let identity = Self.socketIdentity(path) else { throw SystemError(call: "lstat", code: errno) }
      self.identity = identity
      // Nobody can connect before `listen`, so that the mode of the fresh file never lets a stranger in.
      guard unsafe chmod(path, mode) == 0 else { throw SystemError(call: "chmod", code: errno) }
      try PacketSocket.listen(descriptor, backlog: backlog)
    } catch {
      System.close(descriptor)
      _ = unsafe unlink(path)
      throw DRPCServerError(kind: .system, message: "\(path): \(error)")
    }
    self.descriptor = descriptor
    self.path = path
  }

  /// Removes the file, if it is still ours, and closes. Connections that were not accepted see the end.
  func close() {
    removeFile()
    System.close(descriptor)
  }

  /// Removes the file, if it is still ours: nobody finds the server any more. From any thread.
  func removeFile() {
    if Self.socketIdentity(path) == identity { _ = unsafe unlink(path) }
  }

  /// Removes what a dead server left behind; throws when a live one answers.
  private static func removeStale(_ path: String) throws(DRPCServerError) {
    let failure: SystemError
    do throws(SystemError) {
      System.close(try PacketSocket.connect(to: path))
      failure = SystemError(call: "connect", code: 0)
    } catch {
      failure = error
    }
    switch failure.code {
    case ENOENT: return
    case 0, EAGAIN, EPROTOTYPE:
      throw DRPCServerError(kind: .inUse, message: "\(path): another server is listening")
    case ECONNREFUSED:
      guard socketIdentity(path) != nil else {
        throw DRPCServerError(kind: .inUse, message: "\(path): exists and is no socket")
      }
      guard unsafe unlink(path) == 0 else {
        throw DRPCServerError(kind: .system, message: "\(path): \(SystemError(call: "unlink", code: errno))")
      }
    default:
      throw DRPCServerError(kind: .system, message: "\(path): \(failure)")
    }
  }

  /// nil when the file is no socket or may not be looked at.
  private static func socketIdentity(_ path: String) -> FileIdentity? {
    var facts = stat()
    guard unsafe lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFSOCK else { return nil }
    return FileIdentity(device: UInt(facts.st_dev), inode: UInt(facts.st_ino))
  }
}
