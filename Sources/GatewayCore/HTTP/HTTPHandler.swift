/// What an HTTP front serves. The front owns sockets, heads and framing; a handler decides answers.
///
/// All calls for one exchange come on the thread of its loop.
package protocol HTTPHandler: AnyObject, Sendable {
  /// The head is complete and well formed; the body has not been read yet.
  ///
  /// Decides everything that the head alone decides, so that a refused body is never asked for.
  func admit(_ exchange: HTTPExchange) -> Admission

  /// The body is complete. Fills in `exchange.response`; called only after `admit` returned `.proceed`.
  func answer(_ exchange: HTTPExchange) async

  /// The front refuses by itself (sizes, deadlines, smuggling shapes). Fills in `exchange.response`.
  func refuse(_ exchange: HTTPExchange, as type: ProblemType, detail: String)

  /// The exchange is over; the place for access logs and metrics. `status` 499 means that the client left.
  func finished(_ exchange: HTTPExchange, status: Int)
}

/// What `HTTPHandler.admit` decided.
package enum Admission: Sendable {
  /// Read the body, if there is one, then `answer`.
  case proceed
  /// `exchange.response` is the answer. A body that is still to come is not read and the connection closed.
  case respond
}
