package import SchemaModel

/// `replies:` of a route — when a call with several replies ends. It ends in any case when the client leaves.
package struct RepliesConfiguration: Sendable {
  package enum End: Sendable {
    /// With the reply whose member has the value.
    case until(member: Located, equals: Located)
    /// When the server has been silent for so long.
    case idle(Duration)
    /// After so many replies.
    case count(Int)
    /// When the client leaves.
    case open
  }

  package var end: End
  package var location: SourceLocation

  package init(_ end: End, at location: SourceLocation) {
    self.end = end
    self.location = location
  }
}
