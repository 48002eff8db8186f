/// A protobuf service, an IDL interface, or the methods that a configuration names itself.
package struct ServiceDefinition: Sendable {
  package var name: String
  package var documentation: String
  package var methods: Range<Int>

  package init(name: String, documentation: String = "", methods: Range<Int>) {
    self.name = name
    self.documentation = documentation
    self.methods = methods
  }
}

/// One operation. How a backend addresses it (module and method number, operation hash) stands in the backend.
package struct MethodDefinition: Sendable {
  /// Unqualified: `PoolQuery`.
  package var name: String
  package var documentation: String
  /// Nil when the request has no body at all.
  package var request: TypeID?
  /// Nil when the reply has no body at all.
  package var response: TypeID?
  /// Declared exceptions (IDL `raises`).
  package var exceptions: [TypeID]
  package var oneway: Bool
  /// Routes that the schema states.
  package var routes: [HTTPRule] = []

  package init(
    name: String, documentation: String = "", request: TypeID?, response: TypeID?,
    exceptions: [TypeID] = [], oneway: Bool = false
  ) {
    self.name = name
    self.documentation = documentation
    self.request = request
    self.response = response
    self.exceptions = exceptions
    self.oneway = oneway
  }
}

/// A route that a schema states: `google.api.http` on an rpc, `@http` on an operation.
package struct HTTPRule: Sendable, Equatable {
  /// As it is written; empty where the schema leaves it to the operation.
  package var method: String
  package var path: String
  /// As `google.api.HttpRule` has it: empty for none, `*` for the message, a field path.
  package var body: String
  package var responseBody: String
  package var location: SourceLocation

  package init(
    method: String, path: String, body: String = "", responseBody: String = "", location: SourceLocation
  ) {
    self.method = method
    self.path = path
    self.body = body
    self.responseBody = responseBody
    self.location = location
  }
}
