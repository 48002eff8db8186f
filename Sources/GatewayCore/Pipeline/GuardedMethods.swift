/// Methods of DAOS that nobody can call unless the configuration allows each by name.
///
/// The numbers are those of DAOS 2.6 and 2.8 (`drpc_modules.h`).
enum GuardedMethods {
  enum Reason {
    /// What comes back, or what it does, belongs to the process that calls: the gateway.
    case credentials
    case changesState

    var text: String {
      switch self {
      case .credentials: "acts with the gateway's own credentials"
      case .changesState: "changes the state of the storage system"
      }
    }
  }

  /// Nil for methods that are open.
  static func reason(module: Int32, method: Int32) -> Reason? {
    switch (module, method) {
    case (1, 101), (2, 233), (2, 235), (2, 236), (2, 247): .credentials
    case (2, 202), (2, 207...209), (2, 215...218), (2, 220...221), (2, 224), (2, 226...232), (2, 238...239),
      (2, 241...246), (2, 249...252), (3, 301), (3, 304), (3, 306...309):
      .changesState
    default: nil
    }
  }
}
