package import EventLoop
package import RPCCore
package import SchemaModel
internal import Synchronization

/// A DDS-RPC service as a backend of the gateway.
///
/// Call `shutDown` before the last reference goes, and before its loops stop: until then Cyclone holds it.
package final class DDSBackend: RPCBackend {
  private let settings: DDSSettings
  private let operations: [DDSOperationWire?]
  private let loops: [EventLoop]
  private let domain: SharedDomain
  private let endpoints: [RequesterEndpoint]
  private let counts = RequesterCounts()
  private let inFlight: InFlightBound
  /// What stands before the parameters of a call that names no instance, in each representation; parallel to
  /// `operations`.
  private let prefixes: (xcdr1: [[UInt8]], xcdr2: [[UInt8]])

  /// - Parameters:
  ///   - table: its operations are by `MethodID`; nil for methods that are not this service's.
  ///   - loops: those that will make calls; at least one.
  package init(_ settings: DDSSettings, table: DDSRPCTable, loops: [EventLoop]) throws(DDSError) {
    precondition(!loops.isEmpty)
    self.settings = settings
    self.loops = loops
    operations = table.operations
    inFlight = InFlightBound(limit: settings.inFlight)
    let domain = try SharedDomain.open(settings.network)
    var endpoints: [RequesterEndpoint] = []
    do throws(DDSError) {
      for wire in table.interfaces {
        endpoints.append(try RequesterEndpoint(wire, settings, domain, counts, control: loops[0]))
      }
    } catch {
      for endpoint in endpoints { endpoint.close() }
      domain.close()
      throw error
    }
    self.domain = domain
    self.endpoints = endpoints
    func prefixes(_ representation: DDSRepresentation) -> [[UInt8]] {
      table.operations.map { operation in
        operation.map {
          RequestEnvelope.prefix(
            representation, endpoints[$0.interface].shape, instanceName: settings.instanceName,
            label: $0.label)
        } ?? []
      }
    }
    self.prefixes = (prefixes(.xcdr1), prefixes(.xcdr2))
  }

  /// What the service's calls came to.
  package var counters: DDSCounters { counts.now }

  /// Servers that are matched with every interface of the service.
  package var servers: Int { endpoints.map(\.servers).min() ?? 0 }

  // MARK: Port

  package func requestPrefix(for method: MethodID, target: RPCTarget) -> [UInt8] {
    guard let operation = operation(method) else { return [] }
    guard case .named = target else {
      let position = Int(method.rawValue)
      return endpoints[operation.interface].representation == .xcdr1
        ? prefixes.xcdr1[position] : prefixes.xcdr2[position]
    }
    return begin(operation, target: target).bytes
  }

  package func call(_ call: RPCCall, sink: any ReplySink) async -> RPCStatus {
    guard let operation = operation(call.method) else {
      return RPCStatus(
        code: .unimplemented, origin: .gateway, sent: false,
        message: "the method is no operation of a DDS-RPC service")
    }
    return await perform(call, operation, sink: sink)
  }

  /// What stands before the parameters of any operation, to go on with.
  func begin(_ operation: DDSOperationWire, target: RPCTarget) -> CDRWriter {
    let endpoint = endpoints[operation.interface]
    return RequestEnvelope.begin(
      endpoint.representation, endpoint.shape, instanceName: instanceName(target), label: operation.label)
  }

  /// The same for an operation that no table has.
  func perform(_ call: RPCCall, _ operation: DDSOperationWire, sink: any ReplySink) async -> RPCStatus {
    let name = instanceName(call.target)
    guard name.utf8.count <= RequestEnvelope.maxInstanceName, !name.utf8.contains(0) else {
      return RPCStatus(
        code: .invalidArgument, origin: .gateway, sent: false,
        message: "an instance name has at most \(RequestEnvelope.maxInstanceName) bytes, and no NUL")
    }
    switch inFlight.take() {
    case .taken: break
    case .full:
      counts.overloads.count()
      return .transport(
        .overloaded, sent: false, "\(settings.inFlight) calls of the service are in flight already")
    case .closed:
      return .transport(.absent, sent: false, "the service is shutting down")
    }
    defer { inFlight.giveBack() }
    let loop = loops.first { $0.isCurrent } ?? loops[0]
    let request = PendingRequest(call, operation, endpoints[operation.interface], settings, counts, loop)
    return await request.perform(sink)
  }

  package var readiness: Readiness {
    let reasons = endpoints.compactMap { endpoint -> String? in
      if endpoint.servers == 0 { return endpoint.obstacle() }
      return PendingRequest.severalServers(endpoint, settings)
    }
    return reasons.isEmpty ? .ready : .down(reasons)
  }

  package func shutDown(by deadline: Deadline) async {
    let (isFirst, isIdle) = await inFlight.close(by: deadline, on: loops[0])
    if !isIdle {
      for endpoint in endpoints { endpoint.abandonCalls() }
      _ = await inFlight.close(by: .never, on: loops[0])
    }
    guard isFirst else { return }
    for endpoint in endpoints { endpoint.close() }
    domain.close()
  }

  private func operation(_ method: MethodID) -> DDSOperationWire? {
    let position = Int(method.rawValue)
    return operations.indices.contains(position) ? operations[position] : nil
  }

  private func instanceName(_ target: RPCTarget) -> String {
    if case .named(let name) = target { name } else { settings.instanceName }
  }
}
