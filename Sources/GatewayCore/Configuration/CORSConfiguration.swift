/// Which web pages of other origins may call the gateway (WHATWG Fetch, "CORS protocol").
package struct CORSConfiguration: Sendable, Equatable {
  /// `https://app.example.org`; `*` for every page.
  package var origins: [String]
  /// Header fields that a page may send beyond the safelisted ones.
  package var headers: [String] = ["Content-Type", "Request-Timeout", "X-Request-Id"]
  /// How long a browser may keep the answer to a preflight.
  package var maxAge: Duration = .seconds(600)

  package init(origins: [String]) { self.origins = origins }
}
