/// The process at the other end, as the kernel saw it when the connection was made (SO_PEERCRED).
public struct DRPCCaller: Sendable, Hashable {
  /// Its process id; 0 when it lives in a process namespace that is not visible from here.
  public let processID: Int32
  /// Its effective user id.
  public let userID: UInt32
  /// Its effective group id.
  public let groupID: UInt32
}
