/// Bytes that are not what their type says.
public struct CDRError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Kind: String, Sendable {
    /// The sample ends too early.
    case truncated
    /// The encapsulation header names a representation that is not read here.
    case representation
    /// A boolean that is neither 0 nor 1, a string without its NUL or that is not UTF-8, a length that cannot be.
    case value
    /// Neither the sample nor its inline QoS says which request it answers.
    case identity
  }

  /// What is wrong.
  public let kind: Kind
  /// Where, from the beginning of the sample.
  public let offset: Int

  /// `truncated at byte 12`
  public var description: String { "\(kind.rawValue) at byte \(offset)" }
}
