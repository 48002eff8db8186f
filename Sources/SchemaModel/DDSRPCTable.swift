/// What only DDS-RPC needs of a service: where its requests go, and how they name their operation.
///
/// Source: OMG DDS-RPC 1.0 (formal/2017-04-01), section 7.5.1.
package struct DDSRPCTable: Sendable {
  /// A service and those that it inherits from: one pair of topics each.
  package var interfaces: [DDSInterfaceWire] = []
  /// Parallel to `SchemaModel.methods`; nil for methods of other services.
  package var operations: [DDSOperationWire?] = []

  package init() {}
}

/// What stands around the parameters and results of a service.
package enum DDSEnvelope: Sendable, Equatable {
  /// Structures that begin with `dds::rpc::RequestHeader` and `ReplyHeader` (the Basic mapping).
  case headed
  /// Nothing: the unions `<Interface>_Call` and `<Interface>_Return`, or the types of a pair, are the samples. Inline QoS
  /// says which request a reply answers, and case 0 of `_Return` holds the code of a remote exception.
  case bare
}

/// The topics of one interface.
package struct DDSInterfaceWire: Sendable, Equatable {
  /// Qualified: `robot::RobotControl`.
  package var name: String
  package var requestTopic: String
  package var replyTopic: String
  /// As announced to other participants: `robot::RobotControl_Request`.
  package var requestTypeName: String
  package var replyTypeName: String
  /// Extensibility of the request and reply structs and their headers.
  package var sampleExtensibility: CDRExtensibility
  /// Extensibility of the unions between header and operation.
  package var unionExtensibility: CDRExtensibility
  package var envelope = DDSEnvelope.headed
  /// False for a pair of types, which has no unions.
  package var hasOperations = true
  /// What `@QoS` says.
  package var qos = DDSQoS()

  package init(
    name: String, requestTopic: String, replyTopic: String, requestTypeName: String, replyTypeName: String,
    sampleExtensibility: CDRExtensibility = .final, unionExtensibility: CDRExtensibility = .final
  ) {
    self.name = name
    self.requestTopic = requestTopic
    self.replyTopic = replyTopic
    self.requestTypeName = requestTypeName
    self.replyTypeName = replyTypeName
    self.sampleExtensibility = sampleExtensibility
    self.unionExtensibility = unionExtensibility
  }
}

/// How an operation is called.
package struct DDSOperationWire: Sendable, Equatable {
  /// Index into `DDSRPCTable.interfaces`.
  package var interface: Int
  /// The discriminator that selects the operation; nil for a service that is a pair of types: no union at all.
  package var label: Int32?
  package var isOneway: Bool
  package var exceptions: [DDSExceptionWire]

  package init(interface: Int, label: Int32?, isOneway: Bool = false, exceptions: [DDSExceptionWire] = []) {
    self.interface = interface
    self.label = label
    self.isOneway = isOneway
    self.exceptions = exceptions
  }
}

/// One exception that an operation raises.
package struct DDSExceptionWire: Sendable, Equatable {
  /// Qualified: `robot::TooFast`.
  package var name: String
  package var type: TypeID
  /// The discriminators that select it, the one to write first: peers differ in what they hash.
  package var labels: [Int32]

  package init(name: String, type: TypeID, labels: [Int32]) {
    self.name = name
    self.type = type
    self.labels = labels
  }
}
