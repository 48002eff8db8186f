internal import SchemaModel
internal import SwiftProtobuf

/// Where a dRPC server finds an rpc: `drawbridge.drpc` of drawbridge/drpc.proto.
package struct DRPCOption: Sendable, Equatable {
  package var module: Int32
  package var method: Int32
  /// Which service of the configuration has it; empty for every one that loads the file.
  package var service: String
}

/// Options of services and rpcs that mean something here.
enum DescriptorOptions {
  /// `extend google.protobuf.MethodOptions { HttpRule http = 72295728; }` of google/api/annotations.proto.
  private static let http: UInt64 = 72_295_728
  /// Of drawbridge/drpc.proto, in services as in rpcs.
  private static let drpc: UInt64 = 50_723

  // MARK: google.api.http

  /// The rule, then its `additional_bindings`.
  static func routes(
    of method: Google_Protobuf_MethodDescriptorProto, at location: SourceLocation
  ) -> [HTTPRule] {
    OptionFields(method.options.unknownFields.data).messages(http).flatMap { rule in
      ([rule] + rule.messages(11)).compactMap { self.rule($0, location) }
    }
  }

  private static func rule(_ fields: OptionFields, _ location: SourceLocation) -> HTTPRule? {
    var pattern: (method: String, path: String)?
    for (number, method) in [(2, "GET"), (3, "PUT"), (4, "POST"), (5, "DELETE"), (6, "PATCH")] {
      if let path = fields.text(UInt64(number)) { pattern = (method, path) }
    }
    if let custom = fields.messages(8).last { pattern = (custom.text(1) ?? "", custom.text(2) ?? "") }
    return pattern.map {
      HTTPRule(
        method: $0.method, path: $0.path, body: fields.text(7) ?? "", responseBody: fields.text(12) ?? "",
        location: location)
    }
  }

  // MARK: drawbridge.drpc

  static func address(
    of method: Google_Protobuf_MethodDescriptorProto, in service: Google_Protobuf_ServiceDescriptorProto,
    _ name: String, at location: SourceLocation, _ findings: inout Diagnostics
  ) -> DRPCOption? {
    guard let own = OptionFields(method.options.unknownFields.data).messages(drpc).last else { return nil }
    let shared = OptionFields(service.options.unknownFields.data).messages(drpc).last
    guard let module = own.integer(2) ?? shared?.integer(1), let number = own.integer(1) else {
      findings.error(
        "missing-option", at: location,
        "'\(name)' has no \(own.integer(1) == nil ? "method" : "module") number",
        resolution: "state 'module' in (drawbridge.drpc_service) and 'method' in (drawbridge.drpc)")
      return nil
    }
    guard module >= 0, number >= 0 else {
      findings.error("invalid-value", at: location, "'\(name)' has a negative module or method number")
      return nil
    }
    return DRPCOption(module: module, method: number, service: shared?.text(2) ?? "")
  }
}
