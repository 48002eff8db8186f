/// A group of methods under one number, which a `DRPCServer` offers.
public struct DRPCModule: Sendable {
  /// Answers one call. Throwing a `DRPCStatus` answers with that status, any other error with `FAILURE`.
  ///
  /// Handlers run on the server's thread, so that they must not block it; they may wait.
  public typealias Handler = @Sendable (DRPCRequest) async throws -> DRPCReply

  /// The module's number.
  public let id: Int32
  var methods: [Int32: Handler]

  /// A module whose methods are given by number.
  public init(id: Int32, methods: [Int32: Handler] = [:]) {
    self.id = id
    self.methods = methods
  }

  /// Adds a method, or replaces it.
  public mutating func register(method: Int32, handler: @escaping Handler) { methods[method] = handler }
}

/// One call as a handler sees it.
public struct DRPCRequest: Sendable {
  /// The module's number.
  public let module: Int32
  /// The method's number.
  public let method: Int32
  /// The method's own request message.
  public let body: [UInt8]
  /// The calling process.
  public let caller: DRPCCaller
}
