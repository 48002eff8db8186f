internal import Glibc

/// What stands at a path, behind all links. Only a regular file is sure to end: reading anything else may wait for ever.
package enum FileKind: Sendable {
  case missing, regular, folder
  /// A pipe, a socket, a device.
  case other

  package init(of path: String) {
    var facts = stat()
    // SAFETY: the call keeps neither pointer.
    guard unsafe stat(path, &facts) == 0 else {
      self = .missing
      return
    }
    switch facts.st_mode & S_IFMT {
    case S_IFREG: self = .regular
    case S_IFDIR: self = .folder
    default: self = .other
    }
  }
}
