/// Where the segments of a request's path lie; filled by one scan, reused from request to request.
///
/// Offsets are into the request target. The scan also finds what makes a path malformed, so that nobody
/// behind it meets a broken percent-encoding.
struct PathSegments: ~Copyable {
  /// Of each segment; the last recorded one may be the start of an unsplit rest.
  private var starts: [Int32]
  /// All segments of the path, also those beyond the recorded ones.
  private(set) var count = 0
  /// End of the last segment; the verb pass moves it before the colon.
  var end = 0
  /// The last colon of the last segment; -1 for none.
  private(set) var colon = -1

  /// Records at most `depth` segments and the start of the one that follows.
  init(depth: Int) {
    starts = [Int32](repeating: 0, count: depth + 2)
  }

  /// One that has been recorded.
  subscript(index: Int) -> Range<Int> {
    let start = Int(starts[index])
    return start..<(index + 1 == count ? end : Int(starts[index + 1]) - 1)
  }

  /// From the start of segment `first` to the end of the path; empty when the path ends before it.
  func rest(from first: Int) -> Range<Int> {
    first < count ? Int(starts[first])..<end : end..<end
  }

  /// - Returns: the offset of the first byte that is wrong, -1 for none.
  mutating func scan(_ bytes: [UInt8], _ path: Range<Int>) -> Int {
    guard path.lowerBound < path.upperBound, bytes[path.lowerBound] == UInt8(ascii: "/") else {
      return path.lowerBound
    }
    let limit = starts.count
    end = path.upperBound
    colon = -1
    starts[0] = Int32(truncatingIfNeeded: path.lowerBound + 1)
    count = 1
    var index = path.lowerBound + 1
    while index < end {
      switch bytes[index] {
      case UInt8(ascii: "/"):
        if count < limit { starts[count] = Int32(truncatingIfNeeded: index + 1) }
        count += 1
        colon = -1
      case UInt8(ascii: ":"):
        colon = index
      case UInt8(ascii: "%"):
        guard PercentEncoding.isValid(bytes, at: index, end: end) else { return index }
        index += 2
      case 0:
        return index
      default:
        break
      }
      index += 1
    }
    return -1
  }
}
