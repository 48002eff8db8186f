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
    var name = ""
    for _ in 0..<13 {
      name.unicodeScalars.append(Self.alphabet[Int(bits & 31)])
      bits >>= 5
    }
    return name
  }

  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".unicodeScalars)
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
