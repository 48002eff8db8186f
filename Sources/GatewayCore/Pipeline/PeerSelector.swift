internal import RPCCore
internal import Routing

/// Which server a route's calls go to, when its path says so.
package struct PeerSelector: Sendable {
  private let service: String
  private let variable: PathVariable
  /// Nil when any name may be one.
  private let names: [String]?

  init(service: String, variable: PathVariable, names: [String]?) {
    self.service = service
    self.variable = variable
    self.names = names
  }

  /// The server that the path names; a problem when the configuration has none of that name.
  func choose(
    _ target: [UInt8], _ captures: borrowing RouteCaptures, scratch: inout BindingScratch
  ) throws(BindingError) -> (target: RPCTarget, problem: Problem?) {
    let name = String(decoding: try variable.value(target, captures, scratch: &scratch), as: UTF8.self)
    if let names, !names.contains(name) {
      let known = names.joined(separator: ", ")
      let problem = Problem(.routeNotFound, "service '\(service)' has no server '\(name)'; it has \(known)")
      return (.any, problem)
    }
    return (.named(name), nil)
  }
}
