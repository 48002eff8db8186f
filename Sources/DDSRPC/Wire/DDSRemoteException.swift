internal import RPCCore

/// Why a service did not perform an operation: `dds::rpc::RemoteExceptionCode_t`.
///
/// A handler throws it to answer with it.
public struct DDSRemoteException: RawRepresentable, Error, Sendable, Hashable, CustomStringConvertible {
  /// The number on the wire.
  public let rawValue: Int32

  /// Any number, also one that the specification does not know.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  static let ok = DDSRemoteException(rawValue: 0)
  /// The operation is known and not offered.
  public static let unsupported = DDSRemoteException(rawValue: 1)
  /// A parameter has a value that it must not have.
  public static let invalidArgument = DDSRemoteException(rawValue: 2)
  /// The service cannot perform it now.
  public static let outOfResources = DDSRemoteException(rawValue: 3)
  /// The service has no such operation.
  public static let unknownOperation = DDSRemoteException(rawValue: 4)
  /// The operation failed in a way that the interface does not declare.
  public static let unknownException = DDSRemoteException(rawValue: 5)

  /// As the specification writes it: `REMOTE_EX_UNSUPPORTED`.
  public var description: String {
    switch self {
    case .ok: "REMOTE_EX_OK"
    case .unsupported: "REMOTE_EX_UNSUPPORTED"
    case .invalidArgument: "REMOTE_EX_INVALID_ARGUMENT"
    case .outOfResources: "REMOTE_EX_OUT_OF_RESOURCES"
    case .unknownOperation: "REMOTE_EX_UNKNOWN_OPERATION"
    case .unknownException: "REMOTE_EX_UNKNOWN_EXCEPTION"
    default: "remote exception \(rawValue)"
    }
  }

  var code: RPCCode {
    switch self {
    case .unsupported, .unknownOperation: .unimplemented
    case .invalidArgument: .invalidArgument
    case .outOfResources: .resourceExhausted
    default: .unknown
    }
  }
}
