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
    guard let rule = OptionFields(method.options.unknownFields.data).merged(http) else { return [] }
    return ([rule] + rule.messages(11)).compactMap { self.rule($0, location) }
  }

  private static func rule(_ fields: OptionFields, _ location: SourceLocation) -> HTTPRule? {
    // They are a oneof: the last that is set counts.
    guard let pattern = fields.all.last(where: { patterns[$0.number] != nil })?.number,
      let method = patterns[pattern]
    else { return nil }
    let custom = pattern == 8 ? fields.merged(8) : nil
    return HTTPRule(
      method: custom.map { $0.text(1) ?? "" } ?? method,
      path: custom.map { $0.text(2) ?? "" } ?? fields.text(pattern) ?? "",
      body: fields.text(7) ?? "", responseBody: fields.text(12) ?? "", location: location)
  }

  /// The fields of `HttpRule.pattern`; `custom` has a method of its own.
  private static let patterns: [UInt64: String] = [
    2: "GET", 3: "PUT", 4: "POST", 5: "DELETE", 6: "PATCH", 8: "",
  ]

  // MARK: drawbridge.drpc

  static func address(
    of method: Google_Protobuf_MethodDescriptorProto, in service: Google_Protobuf_ServiceDescriptorProto,
    _ name: String, at location: SourceLocation, _ findings: inout Diagnostics
  ) -> DRPCOption? {
    guard let own = OptionFields(method.options.unknownFields.data).merged(drpc) else { return nil }
    let shared = OptionFields(service.options.unknownFields.data).merged(drpc)
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
