internal import Glibc

/// How much of the machine the process may use.
package enum Processors {
  /// More loops than this bring nothing unless somebody asks for them.
  package static let mostLoops = 8

  /// Cores that the process may use, at least 1: those online, or the container's quota when that is less.
  package static var usable: Int {
    let online = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    guard let text = System.readFile("/sys/fs/cgroup/cpu.max", atMost: 64), let quota = quota(text) else {
      return online
    }
    return min(online, quota)
  }

  /// Whole cores of a cgroup-v2 `cpu.max`: `150000 100000` is 2; nil for `max`.
  static func quota(_ text: String) -> Int? {
    let parts = text.split { $0 == " " || $0 == "\n" }
    guard parts.count == 2, let quota = Int(parts[0]), let period = Int(parts[1]), period > 0, quota > 0
    else {
      return nil
    }
    return max(1, (quota - 1) / period + 1)
  }
}
