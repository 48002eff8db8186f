internal import RPCCore
internal import Routing

/// Which server a route's calls go to, when the request says so.
package struct PeerSelector: Sendable {
  private let service: String
  /// Nil when only a header may say it.
  private let variable: PathVariable?
  /// Whether `Drawbridge-Instance` may say it, before the path.
  private let readsHeader: Bool
  /// Nil when any name may be one.
  private let names: [String]?

  init(service: String, variable: PathVariable?, readsHeader: Bool, names: [String]?) {
    self.service = service
    self.variable = variable
    self.readsHeader = readsHeader
    self.names = names
  }

  /// The server that the request names; a problem when the configuration has none of that name.
  func choose(
    _ exchange: HTTPExchange, _ captures: borrowing RouteCaptures, scratch: inout BindingScratch
  ) throws(BindingError) -> (target: RPCTarget, problem: Problem?) {
    if readsHeader, exchange.headers.count(.instance) > 0 { return headerTarget(exchange.headers) }
    guard let variable else { return (.any, nil) }
    let bytes = try variable.value(exchange.target, captures, scratch: &scratch)
    guard let name = String(validating: bytes, as: UTF8.self) else {
      return (.any, Problem(.malformedRequest, "the path names a server that is not UTF-8"))
    }
    if let names, !names.contains(name) {
      let known = names.joined(separator: ", ")
      let problem = Problem(.routeNotFound, "service '\(service)' has no server '\(name)'; it has \(known)")
      return (.any, problem)
    }
    return (.named(name), nil)
  }

  private func headerTarget(_ headers: HTTPHeaders) -> (target: RPCTarget, problem: Problem?) {
    guard headers.count(.instance) == 1, let bytes = headers.value(.instance), !bytes.isEmpty,
      let name = String(validating: bytes, as: UTF8.self)
    else {
      return (.any, Problem(.malformedRequest, "Drawbridge-Instance is one header field with a name"))
    }
    return (.named(name), nil)
  }
}
