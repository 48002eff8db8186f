internal import SchemaModel

extension ConfigurationBuilder {
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

  /// `exceptions:`; whether there are such exceptions is seen when the schema is there.
  func exceptions(_ value: CheckedValue?) -> [StatusOverride] {
    (value?.entries ?? []).compactMap { key, value in
      value.integer.map {
        StatusOverride(failure: .exception(key.text), status: $0, location: key.location)
      }
    }
  }

  private mutating func failure(_ key: Located) -> StatusOverride.Failure? {
    if ProblemType(rawValue: key.text) != nil { return .problem(key.text) }
    if let index = Self.drpcStatusNames.firstIndex(of: key.text) { return .drpcStatus(Int32(index) + 2) }
    if let number = Int32(key.text), number < 0 { return .bodyStatus(number) }
    let nearest = EditDistance.nearest(
      to: key.text, among: ProblemType.allCases.map(\.rawValue) + Self.drpcStatusNames)
    diagnostics.error(
      "unknown-key", at: key.location,
      "'\(key.text)' is not a problem, a dRPC status or a negative body status",
      resolution: nearest.map { "did you mean '\($0)'?" })
    return nil
  }
}
