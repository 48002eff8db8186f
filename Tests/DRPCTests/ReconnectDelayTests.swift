import Testing

@testable import DRPC

@Suite struct ReconnectDelayTests {
  @Test func doublesUpToItsBoundAndStartsAnew() {
    var delay = ReconnectDelay()
    let waits = (0..<8).map { _ in delay.failed() / 1_000_000 }
    #expect(waits == [5, 10, 20, 40, 80, 100, 100, 100])
    delay.succeeded()
    #expect(delay.failed() == ReconnectDelay.first)
  }
}
