package import EventLoop
internal import Routing
internal import Transcoding

/// What the requests of one loop share. Touched on the loop's thread only.
package final class LoopContext {
  package let loop: EventLoop
  let scratch = TranscodingScratch()
  private var routing: RoutingScratch?
  private var requestCount: UInt64
  private let requestSeed: UInt64

  package init(loop: EventLoop) {
    self.loop = loop
    requestCount = 0
    requestSeed = UInt64.random(in: .min ... .max)
  }

  /// The buffers for matching and binding in `snapshot`.
  func routing(in snapshot: Snapshot) -> RoutingScratch {
    if let routing, routing.owner === snapshot { return routing }
    let new = RoutingScratch(snapshot)
    routing = new
    return new
  }

  /// A name for a request that brought none: 13 letters and digits, so that the string needs no memory.
  func makeRequestID() -> String {
    requestCount &+= 1
    // SplitMix64 (Steele, Lea, Flood 2014): neighbouring counts give unrelated names.
    var bits = requestSeed &+ requestCount &* 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    bits ^= bits >> 31
    // SAFETY: the buffer has room for the 13 bytes that are written.
    return unsafe String(unsafeUninitializedCapacity: 13) { buffer in
      for position in 0..<13 {
        unsafe buffer[position] = Self.letter(UInt8(truncatingIfNeeded: bits & 31))
        bits >>= 5
      }
      return 13
    }
  }

  /// `0…9`, then `a…v`: base 32 in the order of its digits.
  private static func letter(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }
}

/// Buffers that fit one snapshot's router.
final class RoutingScratch {
  let owner: Snapshot
  var captures: RouteCaptures
  var binding = BindingScratch()

  init(_ owner: Snapshot) {
    self.owner = owner
    captures = owner.router.makeCaptures()
  }
}
