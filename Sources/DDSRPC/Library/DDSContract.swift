internal import SchemaModel

/// What the two sides of a service agree on: dialect, topics, types, and whether requests name an operation.
public struct DDSContract: Sendable, Hashable {
  /// The topic that requests go to.
  public var requestTopic: String
  /// The topic that replies go to, those to all requesters.
  public var replyTopic: String
  /// Qualified: `robot::RobotControl_Request`.
  public var requestType: String
  /// Qualified: `robot::RobotControl_Reply`.
  public var replyType: String
  /// How the rest is mapped.
  public let dialect: DDSDialect
  /// For messages to people.
  let name: String
  /// Requests and replies hold a union over operations.
  let hasOperations: Bool

  /// An interface.
  ///
  /// - Parameters:
  ///   - name: qualified: `robot::RobotControl`.
  ///   - service: the part of the topics' names that tells services of one interface apart.
  public static func interface(
    _ name: String, service: String = "Service", dialect: DDSDialect = .omgBasic
  ) -> DDSContract {
    let row = dialect.row
    var stem = service + row.topicEnding
    if let separator = row.topicSeparator { stem = name.replacing("::", with: separator) + "_" + stem }
    let isBare = row.envelope == .bare
    return DDSContract(
      requestTopic: stem + "Request", replyTopic: stem + "Reply",
      requestType: name + (isBare ? "_Call" : "_Request"), replyType: name + (isBare ? "_Return" : "_Reply"),
      dialect: dialect, name: name, hasOperations: true)
  }

  /// A pair of final types whose first members are `dds::rpc::RequestHeader` and `dds::rpc::ReplyHeader`, but in the dialect
  /// of RTI Connext, which has none; topics are named after the service (OMG DDS-RPC 1.0, section 7.4.2).
  public static func types(
    request: String, reply: String, service: String, dialect: DDSDialect = .omgBasic
  ) -> DDSContract {
    let stem = service + dialect.row.topicEnding
    return DDSContract(
      requestTopic: stem + "Request", replyTopic: stem + "Reply", requestType: request, replyType: reply,
      dialect: dialect, name: service, hasOperations: false)
  }

  /// The discriminator of an operation; nil without operations.
  func label(_ operation: String) -> Int32? { hasOperations ? dialect.row.hash(operation) : nil }

  /// The discriminators of an exception by its qualified name, the one to write first: peers differ in which name
  /// they hash.
  func labels(exception name: String) -> [Int32] {
    let row = dialect.row
    var names = [name]
    if row.readsUnqualifiedExceptions {
      names.append(name.split(separator: ":").last.map(String.init) ?? name)
    }
    if row.prefersUnqualifiedExceptions { names.reverse() }
    return names.map { row.hash($0) }
  }
}
