import EventLoop
import Testing

@testable import GatewayCore

@Suite struct LoopContextTests {
  /// 13 digits of base 32, and no name twice.
  @Test func requestNames() throws {
    let contexts = [LoopContext(loop: try EventLoop()), LoopContext(loop: try EventLoop())]
    var names: Set<String> = []
    for _ in 0..<50_000 {
      for context in contexts { names.insert(context.makeRequestID()) }
    }
    #expect(names.count == 100_000)
    let letters = Set("0123456789abcdefghijklmnopqrstuv")
    #expect(letters.count == 32)
    let misshapen = names.filter { $0.utf8.count != 13 || !letters.isSuperset(of: $0) }
    #expect(misshapen.isEmpty)
    // Every letter in every place but the last, which has four bits.
    for place in 0..<13 {
      let seen = Set(names.map { $0[$0.index($0.startIndex, offsetBy: place)] })
      #expect(seen.count == (place == 12 ? 16 : 32), "\(place)")
    }
  }
}
