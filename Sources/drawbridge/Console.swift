internal import EventLoop
internal import Glibc

/// Standard output and error, unbuffered: a pipe's reader sees lines when they are written.
enum Console {
  static func print(_ text: String, toStandardError: Bool = false) {
    System.writeAll(toStandardError ? STDERR_FILENO : STDOUT_FILENO, Array((text + "\n").utf8))
  }

  static func exit(_ code: Int32) -> Never { Glibc.exit(code) }

  /// The environment, as `${NAME}` in a configuration sees it.
  static func environment() -> [String: String] {
    var variables: [String: String] = [:]
    // SAFETY: `environ` ends in a null pointer, and nothing changes it while the configuration is loaded.
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let line = unsafe String(cString: text)
      if let equals = line.firstIndex(of: "=") {
        variables[String(line[..<equals])] = String(line[line.index(after: equals)...])
      }
      unsafe entry += 1
    }
    return variables
  }
}
