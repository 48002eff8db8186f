package import SchemaModel

/// What a configuration says about a service over DDS.
package struct ServiceOptions: Sendable {
  /// How the generated types may grow (matters in XCDR2 only).
  package enum Extensibility: String, Sendable, CaseIterable {
    case final, appendable
    /// Header, request and reply final, the rest appendable.
    case xtypes

    var sample: CDRExtensibility { self == .appendable ? .appendable : .final }
    var content: CDRExtensibility { self == .final ? .final : .appendable }
  }

  /// Which name of an exception is hashed when one is written.
  package enum ExceptionHash: String, Sendable, CaseIterable { case qualified, unqualified }

  package var dialect: Dialect
  /// Part of the topics' names.
  package var service: String
  /// These stand above annotations and defaults.
  package var requestTopic: String?
  package var replyTopic: String?
  package var extensibility: Extensibility
  package var exceptionHash: ExceptionHash
  /// Where the configuration asks for the service; without it diagnostics point into the IDL.
  package var location: SourceLocation?

  package init(
    dialect: Dialect = .omgBasic, service: String = "Service", requestTopic: String? = nil,
    replyTopic: String? = nil, extensibility: Extensibility = .final,
    exceptionHash: ExceptionHash = .qualified, location: SourceLocation? = nil
  ) {
    self.dialect = dialect
    self.service = service
    self.requestTopic = requestTopic
    self.replyTopic = replyTopic
    self.extensibility = extensibility
    self.exceptionHash = exceptionHash
    self.location = location
  }
}
