internal import Glibc

/// The DDS domain of a demo: one that nobody on this host uses.
///
/// Services that are started again must find the same one, so it stands in a file of the demo's folder.
enum DemoDomain {
  /// Numbers that are tried; 0 is everybody's default, and from 233 on the ports do not exist.
  private static let candidates = 1...230

  /// Picks a domain for a demo that begins.
  static func choose(near port: UInt16) throws(DemoError) -> Int {
    let count = candidates.count
    for offset in 0..<count {
      let domain = candidates.lowerBound + (Int(port) + offset) % count
      if isFree(domain) { return domain }
    }
    throw DemoError("every DDS domain from 1 to \(count) is in use on this host")
  }

  /// Whether the port of a host's first participant is free (OMG DDSI-RTPS 2.3, section 9.6.1.1).
  private static func isFree(_ domain: Int) -> Bool {
    let port = 7400 + 250 * domain + 10
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(clamping: port).bigEndian
    // SAFETY: every socket address begins with what `sockaddr` declares, and the size goes with it.
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
