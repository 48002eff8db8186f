internal import GatewayCore
internal import Routing

// A response that is sent as it is made: the library asks for parts, the handler's stream gives them, and the
// connection is suspended while there is none.

extension Connection: HTTPExchangeFront {
  func headerValues(named name: String) -> [[UInt8]] { library?.headerValues(named: name) ?? [] }

  func answered(_ exchange: HTTPExchange) {
    // What has been answered while it was streamed needs no resuming, and a client that has left nobody.
    guard exchange === self.exchange, phase == .answering, library != nil else { return }
    phase = .answered
    wake()
  }

  func streamBegins(_ exchange: HTTPExchange) {
    guard exchange === self.exchange, phase == .answering, library != nil else { return }
    exchange.response.stream?.front = self
    phase = .answered
    wake()
  }

  func streamChanged(_ stream: ResponseStream) {
    guard stream === exchange.response.stream, library != nil else { return }
    switch phase {
    case .streaming:
      phase = .sending
      setDeadline(after: settings.writeTimeout)
      wake()
    case .sending where stream.state == .failed:
      // The library waits for a client that does not read.
      Sockets.shutDown(descriptor)
      worker.requestTurn()
    default: break
    }
  }
}

extension Connection {
  /// The library wants the next part of a streamed response. Returns how many bytes it got, or how the stream ended.
  ///
  /// It has sent all that it got before: what it asks for next, the client has room for.
  func streamWanted(_ library: LibraryConnection, _ buffer: UnsafeMutableRawBufferPointer) -> StreamPart {
    guard phase == .sending, let stream = exchange.response.stream else { return .failed }
    // SAFETY: the library lends the buffer for the time of its callback, which this is a part of.
    let count = unsafe stream.take(into: buffer)
    if count > 0 {
      setDeadline(after: settings.writeTimeout)
      return .bytes(count)
    }
    switch stream.state {
    case .ended: return .ended
    case .failed: return .failed
    case .open:
      suspend(library)
      enter(.streaming)
      setDeadline(after: nil)
      return .bytes(0)
    }
  }

  enum StreamPart {
    case bytes(Int)
    case ended
    case failed
  }

  /// The library has ended the response before its handler did: the client went, or asked for the head only.
  func streamCutOff() {
    let isHead = exchange.method == .head && phase == .sending
    finished(status: isHead ? exchange.response.status : Self.clientClosedRequest)
    leaveStream()
    enter(.idle)
    setDeadline(after: settings.idleTimeout)
  }

  /// The handler's task ends; what it still writes has no taker.
  private func leaveStream() {
    exchange.response.stream?.abandon()
    exchange.clientLeft()
    replaceExchange()
  }

  func abandonStream() {
    finished(status: Self.clientClosedRequest)
    leaveStream()
    phase = .abandoned
    Sockets.shutDown(descriptor)
    wake()
  }
}
