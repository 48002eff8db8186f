/// What the two sides of a service agree on: topics, types, and whether requests name an operation.
public struct DDSContract: Sendable, Hashable {
  /// The topic that requests go to.
  public var requestTopic: String
  /// The topic that replies go to, those to all requesters.
  public var replyTopic: String
  /// Qualified: `robot::RobotControl_Request`.
  public var requestType: String
  /// Qualified: `robot::RobotControl_Reply`.
  public var replyType: String
  /// For messages to people.
  let name: String
  /// Requests and replies hold a union over operations.
  let hasOperations: Bool

  /// An interface in the Basic mapping of OMG DDS-RPC 1.0, section 7.5.1.
  ///
  /// - Parameters:
  ///   - name: qualified: `robot::RobotControl`.
  ///   - service: the part of the topics' names that tells services of one interface apart.
  public static func interface(_ name: String, service: String = "Service") -> DDSContract {
    var topic = ""
    // `::` of the qualified name becomes `_`.
    for character in name where !(character == ":" && topic.hasSuffix("_")) {
      topic.append(character == ":" ? "_" : character)
    }
    return DDSContract(
      requestTopic: "\(topic)_\(service)_Request", replyTopic: "\(topic)_\(service)_Reply",
      requestType: "\(name)_Request", replyType: "\(name)_Reply", name: name, hasOperations: true)
  }

  /// A pair of final types whose first members are `dds::rpc::RequestHeader` and `dds::rpc::ReplyHeader`; topics are
  /// named after the service (section 7.4.2).
  public static func types(request: String, reply: String, service: String) -> DDSContract {
    DDSContract(
      requestTopic: "\(service)_Request", replyTopic: "\(service)_Reply", requestType: request,
      replyType: reply, name: service, hasOperations: false)
  }

  /// The discriminator of an operation; nil without operations.
  func label(_ operation: String) -> Int32? { hasOperations ? NameHash.of(operation) : nil }
}
