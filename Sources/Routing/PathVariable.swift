internal import Transcoding

/// One variable of a route's path, by its place among what `Router.match` captures.
package struct PathVariable: Sendable {
  private let capture: Int
  /// Decoded fully; a value of several segments keeps `%2F` (http.proto, "path template syntax").
  private let isSingleSegment: Bool

  /// Nil when the template has no variable of this name.
  package init?(_ name: String, in template: PathTemplate) {
    guard let capture = template.variables.firstIndex(where: { $0.name == name }) else { return nil }
    self.init(capture, in: template)
  }

  init(_ capture: Int, in template: PathTemplate) {
    self.capture = capture
    isSingleSegment = template.isSingleSegment(template.variables[capture])
  }

  /// Decodes what was captured into `scratch.value`; the captures are those of this variable's route.
  ///
  /// - Returns: where it stands in the target.
  @discardableResult
  func decode(
    _ target: [UInt8], _ captures: borrowing RouteCaptures, into scratch: inout BindingScratch
  ) throws(BindingError) -> Range<Int> {
    scratch.value.removeAll(keepingCapacity: true)
    guard captures.ranges.indices.contains(capture) else { return 0..<0 }
    let range = captures.ranges[capture]
    let bad = PercentEncoding.decode(target, range, keepingSlash: !isSingleSegment, into: &scratch.value)
    if bad >= 0 { throw BindingError(.malformedEncoding, .path, at: bad..<bad + 1) }
    return range
  }

  /// The decoded value, as a copy.
  package func value(
    _ target: [UInt8], _ captures: borrowing RouteCaptures, scratch: inout BindingScratch
  ) throws(BindingError) -> [UInt8] {
    try decode(target, captures, into: &scratch)
    return scratch.value
  }
}
