internal import EventLoop
internal import Routing
internal import SchemaModel
internal import Transcoding

/// Turns the routes that one service's configuration writes into compiled ones.
struct RouteCompiler {
  let service: CompiledService
  let configuration: ServiceConfiguration
  /// In the order that implicit routes have.
  let methods: [NamedMethod]
  let codecs: [UnknownFields: any BodyCodec]
  /// What the schema says of the statuses of exceptions.
  let schemaStatuses: [StatusOverride]
  let limits: LimitsConfiguration
  /// All of the configuration, for lookups.
  let services: [CompiledService]
  let names: FieldNames
  private let methodsByName: [String: NamedMethod]

  init(
    service: CompiledService, configuration: ServiceConfiguration, methods: [NamedMethod],
    codecs: [UnknownFields: any BodyCodec], schemaStatuses: [StatusOverride], limits: LimitsConfiguration,
    services: [CompiledService]
  ) {
    self.service = service
    self.configuration = configuration
    self.methods = methods
    self.codecs = codecs
    self.schemaStatuses = schemaStatuses
    self.limits = limits
    self.services = services
    names = FieldNames(service.model)
    methodsByName = Dictionary(methods.map { ($0.name.text, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Appends each route to `definitions` and `compiled`, which stay parallel.
  func compile(
    into definitions: inout [RouteDefinition], _ compiled: inout [CompiledRoute],
    diagnostics: inout Diagnostics
  ) {
    let annotated = annotatedRoutes(&diagnostics)
    for (routes, source) in [
      (configuration.routes, CompiledRoute.Source.configuration), (annotated, .schema),
      (implicitRoutes(beside: configuration.routes + annotated, &diagnostics), .implicit),
    ] {
      for route in routes { compile(route, source, into: &definitions, &compiled, diagnostics: &diagnostics) }
    }
  }

  private func compile(
    _ route: RouteConfiguration, _ source: CompiledRoute.Source, into definitions: inout [RouteDefinition],
    _ compiled: inout [CompiledRoute], diagnostics: inout Diagnostics
  ) {
    guard let method = methodsByName[route.method.text] else {
      diagnostics.error(
        "unknown-method", at: route.method.location,
        "service '\(service.name)' has no method '\(route.method.text)'",
        resolution: EditDistance.nearest(to: route.method.text, among: methods.map(\.name.text))
          .map { "did you mean '\($0)'?" } ?? remedyForUnknownMethod)
      return
    }
    // Routes of guarded methods do not exist.
    if service.method(named: method.name.text)?.obstacle != nil { return }
    for binding in route.bindings {
      guard let (definition, new) = compile(route, binding, method, source, diagnostics: &diagnostics)
      else { continue }
      definitions.append(definition)
      compiled.append(new)
    }
  }

  private var remedyForUnknownMethod: String {
    switch configuration.schema {
    case .protobuf: "name it under 'methods'"
    case .idl: "it has \(methods.map(\.name.text).joined(separator: ", "))"
    }
  }

  /// `POST /rpc/{service}/{method}` for each method that has no route, when the service exposes all.
  private func implicitRoutes(
    beside others: [RouteConfiguration], _ diagnostics: inout Diagnostics
  ) -> [RouteConfiguration] {
    let exposure = configuration.expose ?? (others.isEmpty ? .all : .routes)
    guard exposure == .all else { return [] }
    let routed = Set(others.map(\.method.text))
    var routes: [RouteConfiguration] = []
    for method in methods where !routed.contains(method.name.text) {
      let place = method.name.location
      let peer = configuration.backend.peerVariable.map { "{\($0)}/" } ?? ""
      let path = "/rpc/\(service.name)/\(peer)\(method.name.text)"
      do throws(PathTemplateError) {
        let binding = RouteConfiguration.Binding(
          verb: "POST", path: Located(path, at: place), template: try PathTemplate(parsing: path),
          body: .message, bodyLocation: place)
        routes.append(RouteConfiguration(method: method.name, bindings: [binding]))
      } catch {
        diagnostics.error(
          "invalid-template", at: place, "'\(path)' is no path: \(error.reason)",
          resolution: "give the method a route")
      }
    }
    return routes
  }

  private func compile(
    _ route: RouteConfiguration, _ binding: RouteConfiguration.Binding, _ method: NamedMethod,
    _ source: CompiledRoute.Source, diagnostics: inout Diagnostics
  ) -> (RouteDefinition, CompiledRoute)? {
    let definition = service.model[method.id]
    let operation = "\(service.name).\(definition.name)"
    let verb = binding.verb == "*" ? nil : HTTPMethod(binding.verb)
    let place = RouteDefinition(
      method: verb, template: binding.template, name: operation, location: binding.path.location)
    let path = PathBinder(
      place, request: definition.request, peer: configuration.backend.peerVariable, names: names,
      diagnostics: &diagnostics)
    let body = bodyForm(binding, definition, &diagnostics)
    let response = fieldPath(
      binding.responseBody, of: definition.response, role: "response_body", &diagnostics)
    let unknown = route.unknownFields ?? configuration.schema.unknownFields
    let codec = codecs[unknown] ?? service.codec
    let constants = constants(route, definition, codec, taken: path?.fields ?? [], &diagnostics)
    let peer = peerSelector(binding, &diagnostics)
    let lookups = lookups(route, binding, definition, &diagnostics)
    let replies = replyRule(route, definition, &diagnostics)
    guard let path, let body, let response else { return nil }
    let bodyPath: FieldPath = if case .field(let field) = body { field } else { [] }
    let extras = extras(
      route, definition, verb: verb, body: body, taken: path.fields + constants.fixedFields, &diagnostics)
    let compiled = CompiledRoute(
      service: service, method: method.id, operation: operation, summary: place.summary,
      codec: codec, request: definition.request, response: definition.response,
      body: body, responsePath: response,
      pathBinder: path,
      queryBinder: QueryBinder(
        request: definition.request, names: names, bodyPath: bodyPath, unknownIgnored: unknown == .ignore,
        maxParameters: limits.queryParameters),
      constants: constants, peer: peer, lookups: lookups,
      timeout: (route.timeout ?? configuration.timeout).wholeNanoseconds,
      // Nobody knows yet whether a oneway operation succeeds.
      success: route.success ?? configuration.success ?? (definition.oneway ? 202 : 200),
      bodyStatus: .init(configuration.bodyStatus, of: definition.response, in: service.model),
      mapping: StatusMapping(schemaStatuses + configuration.errors + route.errors),
      errorFormat: route.errorFormat ?? configuration.errorFormat, ignoresUnknown: unknown == .ignore,
      extras: extras, source: source, isRead: verb == .get, replies: replies)
    return (place, compiled)
  }

  private func bodyForm(
    _ binding: RouteConfiguration.Binding, _ method: MethodDefinition, _ diagnostics: inout Diagnostics
  ) -> CompiledRoute.Body? {
    switch binding.body {
    case .none: return CompiledRoute.Body.none
    case .message: return method.request == nil ? CompiledRoute.Body.none : .field([])
    case .field(let name):
      let located = Located(name, at: binding.bodyLocation)
      return fieldPath(located, of: method.request, role: "body", &diagnostics).map { .field($0) }
    }
  }

  func fieldPath(
    _ name: Located?, of type: TypeID?, role: String, _ diagnostics: inout Diagnostics
  ) -> FieldPath? {
    guard let name else { return [] }
    do throws(FieldLookupError) {
      return try names.resolve(name.text, in: type)
    } catch {
      diagnostics.error(
        "unknown-field", at: name.location, "\(role) '\(name.text)': \(error.reason)",
        resolution: error.resolution)
      return nil
    }
  }

  private func constants(
    _ route: RouteConfiguration, _ method: MethodDefinition, _ codec: any BodyCodec, taken: [FieldPath],
    _ diagnostics: inout Diagnostics
  ) -> ConstantBinder {
    var constants = ConstantBinder()
    for (assignments, source) in [(route.set, BoundFields.Source.fixed), (route.defaults, .fallback)] {
      for assignment in assignments {
        constants.add(
          assignment.field.text, values: assignment.values, source: source, request: method.request,
          names: names, codec: codec, taken: taken, at: assignment.field.location, diagnostics: &diagnostics)
      }
    }
    return constants
  }

  private func peerSelector(
    _ binding: RouteConfiguration.Binding, _ diagnostics: inout Diagnostics
  ) -> PeerSelector? {
    let readsHeader = configuration.backend.readsInstanceHeader
    guard let name = configuration.backend.peerVariable else {
      return readsHeader
        ? PeerSelector(service: service.name, variable: nil, readsHeader: true, names: nil) : nil
    }
    guard let variable = PathVariable(name, in: binding.template) else {
      diagnostics.error(
        "missing-variable", at: binding.path.location,
        "service '\(service.name)' selects its server by '{\(name)}', which this path lacks",
        resolution: "put it into the path or into the service's prefix")
      return nil
    }
    return PeerSelector(
      service: service.name, variable: variable, readsHeader: readsHeader,
      names: configuration.backend.peerNames)
  }

  private func lookups(
    _ route: RouteConfiguration, _ binding: RouteConfiguration.Binding, _ method: MethodDefinition,
    _ diagnostics: inout Diagnostics
  ) -> [Lookup] {
    if route.lookups.isEmpty { return [] }
    // What is wrong with `set` was said where it was compiled.
    let fixed = route.set.compactMap { assignment -> FieldPath? in
      do throws(FieldLookupError) {
        return try names.resolve(assignment.field.text, in: method.request)
      } catch {
        return nil
      }
    }
    let compiler = LookupCompiler(
      services: services, service: service, request: method.request, names: names, template: binding.template,
      taken: fixed)
    return route.lookups.compactMap { compiler.compile($0, &diagnostics) }
  }
}
