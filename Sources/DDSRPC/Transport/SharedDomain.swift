internal import CCyclone
internal import EventLoop
internal import Glibc

/// A domain and its one participant in this process, shared by the services that use it.
final class SharedDomain: Sendable {
  let network: DDSNetwork
  let participant: Int32
  private let domain: Int32

  private struct Entry {
    var domain: SharedDomain
    var users: Int
  }

  /// Held across calls of Cyclone on purpose: only setting up and shutting down a service takes it, and opening a
  /// domain while another thread still closes it must wait.
  private static let open = Lock<[UInt32: Entry]>([:])

  private init(_ network: DDSNetwork) throws(DDSError) {
    try network.security?.check()
    // SAFETY: nobody changes the environment once the process has started; both strings are copied.
    let environment = unsafe getenv("CYCLONEDDS_URI").map { unsafe String(cString: $0) }
    let domain = unsafe ccyclone_create_domain(
      network.domain, network.configuration(environment: environment))
    guard domain > 0 else {
      throw DDSError("open DDS domain \(network.domain) (is the interface up, the XML right?)", code: domain)
    }
    participant = ccyclone_create_participant(network.domain)
    guard participant > 0 else {
      _ = ccyclone_delete(domain)
      let files =
        network.security == nil ? "" : " with these files of DDS Security (Cyclone DDS has logged why)"
      throw DDSError("make a participant in DDS domain \(network.domain)\(files)", code: participant)
    }
    self.domain = domain
    self.network = network
  }

  /// The process's participant in a domain. Balance it with `close`.
  static func open(_ network: DDSNetwork) throws(DDSError) -> SharedDomain {
    try open.withLock { open throws(DDSError) in
      if var entry = open[network.domain] {
        guard entry.domain.network == network else {
          throw DDSError(
            kind: .domainInUse,
            message:
              "DDS domain \(network.domain) is in use in this process with other settings of its network; "
              + "services of one domain share them, and they change only after all have stopped")
        }
        entry.users += 1
        open[network.domain] = entry
        return entry.domain
      }
      let domain = try SharedDomain(network)
      open[network.domain] = Entry(domain: domain, users: 1)
      return domain
    }
  }

  /// Leaves the domain with the last user. Their endpoints must be closed.
  func close() {
    Self.open.withLock { open in
      guard var entry = open[network.domain], entry.domain === self else { return }
      entry.users -= 1
      open[network.domain] = entry
      if entry.users > 0 { return }
      open[network.domain] = nil
      _ = ccyclone_delete(domain)
    }
  }
}
