internal import SchemaModel

/// What an interface is called on the network (OMG DDS-RPC 1.0, section 7.4.1.1).
struct ReplierNames: Sendable {
  let requestTopic: String
  let replyTopic: String
  let requestType: String
  let replyType: String

  init(interface: String, service: String) {
    var topic = ""
    // `::` of the qualified name becomes `_`.
    for character in interface where !(character == ":" && topic.hasSuffix("_")) {
      topic.append(character == ":" ? "_" : character)
    }
    requestTopic = "\(topic)_\(service)_Request"
    replyTopic = "\(topic)_\(service)_Reply"
    requestType = "\(interface)_Request"
    replyType = "\(interface)_Reply"
  }
}

/// `HASH(name)`: the first four bytes of the name's MD5, read as a little-endian `long`.
///
/// Source: OMG DDS-RPC 1.0, section 7.5.1.1.2. Operations go by their own name, exceptions by the qualified one.
enum NameHash {
  static func of(_ name: String) -> Int32 {
    let digest = MD5.digest(name.utf8)
    return Int32(bitPattern: digest.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) })
  }
}
