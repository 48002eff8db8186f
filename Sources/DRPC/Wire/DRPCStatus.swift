/// The `Status` of a dRPC `Response`. An open set: values that this version does not know pass through.
///
/// A handler of `DRPCServer` may throw one.
public struct DRPCStatus: RawRepresentable, Error, Hashable, Sendable, CustomStringConvertible {
  /// The number on the wire.
  public let rawValue: Int32

  /// Makes a status of any number.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// The call was done; the body may carry a status of the method's own.
  public static let success = DRPCStatus(rawValue: 0)
  /// The call was taken and has not been done yet.
  public static let submitted = DRPCStatus(rawValue: 1)
  /// The method failed.
  public static let failure = DRPCStatus(rawValue: 2)
  /// The server has no module of that number.
  public static let unknownModule = DRPCStatus(rawValue: 3)
  /// The module has no method of that number.
  public static let unknownMethod = DRPCStatus(rawValue: 4)
  /// The server could not read the `Call`.
  public static let failedUnmarshalCall = DRPCStatus(rawValue: 5)
  /// The method could not read the body.
  public static let failedUnmarshalPayload = DRPCStatus(rawValue: 6)
  /// The server could not write the reply.
  public static let failedMarshal = DRPCStatus(rawValue: 7)

  /// The name in drpc.proto, or the number.
  public var description: String {
    switch self {
    case .success: "SUCCESS"
    case .submitted: "SUBMITTED"
    case .failure: "FAILURE"
    case .unknownModule: "UNKNOWN_MODULE"
    case .unknownMethod: "UNKNOWN_METHOD"
    case .failedUnmarshalCall: "FAILED_UNMARSHAL_CALL"
    case .failedUnmarshalPayload: "FAILED_UNMARSHAL_PAYLOAD"
    case .failedMarshal: "FAILED_MARSHAL"
    default: "\(rawValue)"
    }
  }
}
