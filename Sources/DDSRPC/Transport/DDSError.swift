internal import CCyclone

/// Why a service cannot be set up.
public struct DDSError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable {
    /// Cyclone DDS refused; it may have logged why.
    case transport
    /// The domain is in use in this process with other settings.
    case domainInUse
    /// A file of DDS Security cannot be read.
    case security
    /// Called at the wrong time, or with a name that cannot be.
    case state
  }

  /// What went wrong.
  public let kind: Kind
  /// For people.
  public let message: String

  /// The message.
  public var description: String { message }

  init(kind: Kind, message: String) {
    self.kind = kind
    self.message = message
  }

  /// Cyclone's answer to an attempt to `action`.
  init(_ action: String, code: Int32) {
    // SAFETY: the library's texts are static.
    let text = unsafe String(cString: ccyclone_message(code))
    self.init(kind: .transport, message: "cannot \(action): \(text)")
  }
}
