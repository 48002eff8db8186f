internal import SchemaModel

extension ConfigurationBuilder {
  /// `Status` of drpc.proto from SUBMITTED on, which is 1; SUCCESS is no failure and has `success`.
  static let drpcStatusNames = [
    "SUBMITTED", "FAILURE", "UNKNOWN_MODULE", "UNKNOWN_METHOD", "FAILED_UNMARSHAL_CALL",
    "FAILED_UNMARSHAL_PAYLOAD", "FAILED_MARSHAL",
  ]

  /// `RemoteExceptionCode_t` of DDS-RPC from 1 on.
  static let remoteExceptionNames = (Int32(1)...5).map { StatusMapping.remoteExceptionRow($0).name }

  mutating func overrides(_ value: CheckedValue?) -> [StatusOverride] {
    (value?.entries ?? []).compactMap { key, value in
      guard let status = value.integer, let failure = failure(key) else { return nil }
      if status < 400, failure != .drpcStatus(1) {
        diagnostics.error(
          "out-of-range", at: value.location, "'\(key.text)' is a failure; its status is from 400 to 599")
      }
      return StatusOverride(failure: failure, status: status, location: key.location)
    }
  }

  /// `errors: google`, or `format` beside the statuses.
  func errorFormat(_ value: CheckedValue?) -> ErrorFormat? {
    value?.choice() ?? value?["format"]?.choice()
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
    if let index = Self.drpcStatusNames.firstIndex(of: key.text) { return .drpcStatus(Int32(index) + 1) }
    if let index = Self.remoteExceptionNames.firstIndex(of: key.text) {
      return .remoteException(Int32(index) + 1)
    }
    if let number = Int32(key.text), number != 0 { return .bodyStatus(number) }
    let names = ProblemType.allCases.map(\.rawValue) + Self.drpcStatusNames + Self.remoteExceptionNames
    diagnostics.error(
      "unknown-key", at: key.location,
      "'\(key.text)' is not a problem, a dRPC status, a remote exception or a body status",
      resolution: EditDistance.nearest(to: key.text, among: names).map { "did you mean '\($0)'?" })
    return nil
  }
}
