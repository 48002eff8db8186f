package import IDLSchema
package import SchemaModel

/// `dds:` of a service.
package struct DDSServiceConfiguration: Sendable {
  /// How requests are written; replies are read in both.
  package enum Representation: String, Sendable, CaseIterable { case xcdr1, xcdr2 }

  package var domain: Int = 0
  package var dialect: Located
  /// Part of the topics' names, and the name of the one operation of a pair of types.
  package var service: Located
  /// Types of requests and replies, for a service without an interface.
  package var request: Located?
  package var reply: Located?
  /// Before annotations and what the dialect says.
  package var requestTopic: String?
  package var replyTopic: String?
  /// Which instance of the service; empty: any.
  package var instance: String = ""
  /// A variable of the paths that says which instance, instead of `instance`.
  package var instanceVariable: Located?
  /// The request header `Drawbridge-Instance` says which, before the others.
  package var instanceHeader: Bool = false
  /// Network interface, by name or address; nil: Cyclone's choice.
  package var interface: String?
  /// DDS partition of readers and writers, with wildcards as DDS has them; empty: the default one.
  package var partition: String = ""
  package var qos = DDSQoSConfiguration()
  package var multicast: Bool = true
  package var peers: [String] = []
  /// How long a participant that has died counts as alive.
  package var lease: Duration = .seconds(10)
  package var matchTimeout: Duration = .seconds(1)
  package var settle: Duration = .milliseconds(3500)
  /// Calls at a time.
  package var inFlight: Int = 1024
  package var requireSingle: Bool = false
  package var representation: Representation = .xcdr1
  package var extensibility: ServiceOptions.Extensibility = .final
  package var exceptionHash: ServiceOptions.ExceptionHash = .qualified
  /// Nil: unprotected.
  package var security: DDSSecurityConfiguration?
  /// Settings of Cyclone DDS, before all others.
  package var cycloneXML: String?

  package init(dialect: Located, service: Located) {
    self.dialect = dialect
    self.service = service
  }
}

/// `qos:` — what stands above `@QoS` of the IDL; nil: what that says.
package struct DDSQoSConfiguration: Sendable {
  package var reliability: DDSQoS.Reliability?
  package var history: DDSQoS.History?
  package var durability: DDSQoS.Durability?
  package var deadline: Duration?
  package var lifespan: Duration?

  func apply(to qos: inout DDSQoS) {
    qos.reliability = reliability ?? qos.reliability
    qos.history = history ?? qos.history
    qos.durability = durability ?? qos.durability
    qos.deadline = deadline ?? qos.deadline
    qos.lifespan = lifespan ?? qos.lifespan
  }
}

/// `security:` — files of OMG DDS Security 1.1, by absolute path.
package struct DDSSecurityConfiguration: Sendable {
  package var identityCA: String
  package var certificate: String
  package var privateKey: String
  package var permissionsCA: String
  package var governance: String
  package var permissions: String
}
