internal import EventLoop
internal import GatewayCore

// The client goes, or the gateway does: who sees it, and what becomes of the request.

extension Connection {
  /// The client closed its side, or everything: until its answer is on the way, nothing tells the two apart.
  func clientLeft() {
    switch phase {
    case .answering: abandon()
    case .streaming: abandonStream()
    case .closed, .abandoned, .lingering, .holdingHead: return
    case .sending:
      // It may have all of the answer already and the library be about to find out, or it still reads. If not, the
      // library's writing fails.
      return
    case .idle, .receiving, .refused, .answered:
      // The library overlooks a close that comes right behind part of a message; this makes it look.
      Sockets.shutDown(descriptor)
      worker.requestTurn()
    }
  }

  /// The call goes on or ends as its backend decides; its answer has no taker.
  func giveUp() {
    phase = .abandoned
    finished(status: Self.clientClosedRequest)
    exchange.clientLeft()
  }

  private func abandon() {
    giveUp()
    replaceExchange()
    Sockets.shutDown(descriptor)
    wake()
  }

  func beginDraining() {
    switch phase {
    case .holdingHead:
      // Nothing was asked yet; a head in progress keeps its deadline.
      if (Sockets.peek(descriptor, into: &worker.peekBuffer) ?? 0) == 0 { closeOwn() }
    case .idle:
      // A request that has come is answered; one that comes from now on has no taker any more.
      if (Sockets.peek(descriptor, into: &worker.peekBuffer) ?? 0) > 0 { return }
      phase = .abandoned
      Sockets.shutDown(descriptor)
      worker.requestTurn()
    default: break
    }
  }

  /// Ends the connection whatever it is doing.
  func abort() {
    switch phase {
    case .holdingHead, .lingering: closeOwn()
    case .answering: abandon()
    case .streaming: abandonStream()
    case .closed: break
    case .idle, .receiving, .refused, .answered, .sending, .abandoned: Sockets.shutDown(descriptor)
    }
  }

  // MARK: Seeing the client leave

  /// Changes the phase, and has the client's going watched for should the phase last.
  ///
  /// Not at once: a descriptor that stands in our epoll as well as in the library's makes every suspend and
  /// resume search for loops between the two sets (1 µs), and most calls are over before anybody could leave.
  func enter(_ phase: Phase) {
    self.phase = phase
    phaseStart = loop.now
    if isWatched {
      loop.unwatch(descriptor)
      isWatched = false
    }
    if !isListed {
      isListed = true
      worker.list(self)
    }
  }

  func hasLasted(at now: MonotonicInstant) -> Bool {
    now.nanoseconds(after: phaseStart) >= Worker.watchPause
  }

  /// Whether the worker has to look again: true until the phase has lasted and the descriptor is watched, or
  /// the connection has ended.
  func watchIfLasting(now: MonotonicInstant) -> Bool {
    switch phase {
    case .closed, .abandoned, .holdingHead, .lingering:
      isListed = false
    case .idle, .receiving, .refused, .answering, .answered, .sending, .streaming:
      if !hasLasted(at: now) { return true }
      isListed = false
      do throws(SystemError) {
        try loop.watch(descriptor, for: [.peerClosed, .edgeTriggered], handler: self)
        isWatched = true
      } catch {
        // The deadline of the phase still ends it.
        return false
      }
    }
    return false
  }
}
