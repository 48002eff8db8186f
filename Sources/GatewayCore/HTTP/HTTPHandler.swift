/// What an HTTP front serves. The front owns sockets, heads and framing; a handler decides answers.
///
/// All calls for one exchange come on the thread of its loop.
package protocol HTTPHandler: AnyObject, Sendable {
  /// The head is complete and well formed; the body has not been read yet.
  ///
  /// Decides everything that the head alone decides, so that a refused body is never asked for.
  func admit(_ exchange: HTTPExchange) -> Admission

  /// The body is complete. Fills in `exchange.response` and calls `exchange.front?.answered`, perhaps before this
  /// returns; called only after `admit` returned `.proceed`.
  func answer(_ exchange: HTTPExchange)

  /// The front refuses by itself (sizes, deadlines, smuggling shapes). Fills in `exchange.response`.
  func refuse(_ exchange: HTTPExchange, as type: ProblemType, detail: String)

  /// The exchange is over; the place for access logs and metrics. `status` 499 means that the client left.
  func finished(_ exchange: HTTPExchange, status: Int)
}

/// Whose request an exchange is.
package protocol HTTPExchangeFront: AnyObject {
  /// The values of a header field that `headers` does not keep: by its name in any case, in their order, without
  /// surrounding blanks. Asked during `HTTPHandler.admit` only.
  func headerValues(named name: String) -> [[UInt8]]
  /// `exchange.response` is complete.
  func answered(_ exchange: HTTPExchange)
  /// Status and headers stand in the exchange, and `response.stream` is there: the response may leave. `answered` still
  /// comes, when the handler is done.
  func streamBegins(_ exchange: HTTPExchange)
  /// There is more to send, or the stream has ended.
  func streamChanged(_ stream: ResponseStream)
}

/// What `HTTPHandler.admit` decided.
package enum Admission: Sendable {
  /// Read the body, if there is one, then `answer`.
  case proceed
  /// `exchange.response` is the answer. A body that is still to come is not read and the connection closed.
  case respond
}
