internal import SchemaModel

extension ConfigurationBuilder {
  /// The problem types that clients see; the same names as in their `type`.
  static let problemNames = [
    "malformed-request", "invalid-field", "unauthenticated", "permission-denied", "route-not-found",
    "method-not-allowed", "not-acceptable", "payload-too-large", "uri-too-long", "unsupported-media-type",
    "head-too-large", "rate-limited", "overloaded", "backend-unavailable", "deadline-exceeded", "bad-reply",
    "backend-failed", "not-implemented", "remote-exception", "user-exception", "body-status", "internal",
  ]

  /// `Status` of drpc.proto without SUCCESS and SUBMITTED, which are no failures; the numbers start at 2.
  static let drpcStatusNames = [
    "FAILURE", "UNKNOWN_MODULE", "UNKNOWN_METHOD", "FAILED_UNMARSHAL_CALL", "FAILED_UNMARSHAL_PAYLOAD",
    "FAILED_MARSHAL",
  ]

  mutating func overrides(_ value: CheckedValue?) -> [StatusOverride] {
    (value?.entries ?? []).compactMap { key, value in
      guard let status = value.integer, let failure = failure(key) else { return nil }
      return StatusOverride(failure: failure, status: status, location: key.location)
    }
  }

  private mutating func failure(_ key: Located) -> StatusOverride.Failure? {
    if Self.problemNames.contains(key.text) { return .problem(key.text) }
    if let index = Self.drpcStatusNames.firstIndex(of: key.text) { return .drpcStatus(Int32(index) + 2) }
    if let number = Int32(key.text), number < 0 { return .bodyStatus(number) }
    let nearest = EditDistance.nearest(to: key.text, among: Self.problemNames + Self.drpcStatusNames)
    diagnostics.error(
      "unknown-key", at: key.location,
      "'\(key.text)' is not a problem, a dRPC status or a negative body status",
      resolution: nearest.map { "did you mean '\($0)'?" })
    return nil
  }
}
