import SchemaModel

/// robot::RobotControl as a table, the labels as the specification's own example has them.
enum Robot {
  static let command = MethodID(rawValue: 0)
  static let setSpeed = MethodID(rawValue: 1)
  static let getSpeed = MethodID(rawValue: 2)
  static let getStatus = MethodID(rawValue: 3)
  /// Not known to servers.
  static let unknown = MethodID(rawValue: 4)
  /// `command` without a reply.
  static let notify = MethodID(rawValue: 5)
  /// Of another service.
  static let foreign = MethodID(rawValue: 6)

  static let labels: [Int32] = [-22_164_451, 1_289_593_851, -1_829_179_668, -2_104_359_938, 12345]
  static let tooFast: Int32 = 1_771_042_172
  static let unqualifiedTooFast: Int32 = -1_861_167_746

  static func interface(
    samples: CDRExtensibility = .final, unions: CDRExtensibility = .final
  ) -> DDSInterfaceWire {
    DDSInterfaceWire(
      name: "robot::RobotControl", requestTopic: "robot_RobotControl_Service_Request",
      replyTopic: "robot_RobotControl_Service_Reply", requestTypeName: "robot::RobotControl_Request",
      replyTypeName: "robot::RobotControl_Reply", sampleExtensibility: samples, unionExtensibility: unions)
  }

  static func table(_ wire: DDSInterfaceWire = interface()) -> DDSRPCTable {
    var table = DDSRPCTable()
    table.interfaces = [wire]
    table.operations = labels.map { DDSOperationWire(interface: 0, label: $0) }
    table.operations[1]?.exceptions = [
      DDSExceptionWire(
        name: "robot::TooFast", type: TypeID(rawValue: 0), labels: [tooFast, unqualifiedTooFast])
    ]
    table.operations += [DDSOperationWire(interface: 0, label: labels[0], isOneway: true), nil]
    return table
  }
}
