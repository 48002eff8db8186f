internal import Routing

/// The CORS protocol (WHATWG Fetch, section 3.3): which pages may read answers, and what they may send.
package final class CORSPolicy: Sendable {
  private let origins: [[UInt8]]
  private let allowsEveryOrigin: Bool
  private let headers: String
  private let maxAge: String

  init(_ configuration: CORSConfiguration) {
    origins = configuration.origins.map { Array($0.utf8) }
    allowsEveryOrigin = configuration.origins.contains("*")
    headers = configuration.headers.joined(separator: ", ")
    maxAge = "\(configuration.maxAge.components.seconds)"
  }

  /// Adds what every answer carries, errors too.
  func addHeaders(_ exchange: HTTPExchange) {
    if !allowsEveryOrigin { exchange.response.headers.append(("Vary", "Origin")) }
    guard let origin = allowedOrigin(exchange) else { return }
    exchange.response.headers.append(("Access-Control-Allow-Origin", origin))
    exchange.response.headers.append(("Access-Control-Expose-Headers", Self.exposed))
  }

  /// Fields of answers that scripts may read.
  private static let exposed = "Drawbridge-Ignored-Fields, Retry-After, X-Request-Id"

  /// Whether OPTIONS asks what another request may do.
  static func isPreflight(_ exchange: HTTPExchange) -> Bool {
    exchange.method == .options && exchange.headers.count(.origin) > 0
      && exchange.headers.count(.accessControlRequestMethod) > 0
  }

  /// Adds the answer to a preflight for a path with these methods.
  func addPreflight(_ exchange: HTTPExchange, methods: String) {
    guard allowedOrigin(exchange) != nil else { return }
    exchange.response.headers.append(("Access-Control-Allow-Methods", methods))
    if !headers.isEmpty { exchange.response.headers.append(("Access-Control-Allow-Headers", headers)) }
    exchange.response.headers.append(("Access-Control-Max-Age", maxAge))
  }

  private func allowedOrigin(_ exchange: HTTPExchange) -> String? {
    guard exchange.headers.count(.origin) == 1, let origin = exchange.headers.value(.origin) else {
      return nil
    }
    if allowsEveryOrigin { return "*" }
    return origins.first { $0.elementsEqual(origin) }.map { String(decoding: $0, as: UTF8.self) }
  }
}
