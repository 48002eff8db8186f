import ProtobufSchema
import Routing
import SchemaModel
import Transcoding

/// What a URL and a route can say.
extension FuzzCases {
  /// A path template: refused with a column, or printed back as it was, and matching what is made from it.
  package static func template(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    let template: PathTemplate
    do throws(PathTemplateError) { template = try PathTemplate(parsing: text) } catch {
      precondition(error.column >= 1 && error.column <= text.utf8.count + 1, "a column outside of the text")
      return
    }
    precondition(template.description == text, "it is not printed back")
    let segments = template.segments.map { segment in
      switch segment {
      case .literal(let literal): literal
      case .any: "x"
      case .rest: "y/z"
      }
    }
    let path = Array(("/" + segments.joined(separator: "/") + (template.verb.map { ":" + $0 } ?? "")).utf8)
    var diagnostics = Diagnostics()
    let route = RouteDefinition(method: .get, template: template, name: "fuzz")
    let router = Router.build([route], diagnostics: &diagnostics)
    var captures = router.makeCaptures()
    let match = router.match(.get, path, path: 0..<path.count, captures: &captures)
    precondition(match == .found(route: 0), "it does not match what is made from it")
    precondition(captures.ranges.count == template.variables.count)
  }

  /// A query: a problem with a reason, or values that can be written, unless they do not fit.
  ///
  /// The first byte chooses the request type, the second what the body gives.
  package static func query(_ input: [UInt8]) {
    let type = schema.messages[Int(input.first ?? 0) % schema.messages.count]
    let query = Array(input.dropFirst(2))
    let binder = QueryBinder(
      request: type, names: schema.names, bodyPath: [], unknownIgnored: input.count > 1 && input[1] & 1 == 1,
      maxParameters: 64)
    var bound = BoundFields()
    var buffers = BindingScratch()
    do throws(BindingError) {
      try binder.bind(query, query: 0..<query.count, into: &bound, scratch: &buffers)
    } catch {
      precondition(error.range.upperBound <= query.count, "an error behind the end of the query")
      let problem = error.problem(in: query) { schema.codec.writtenName(of: $0) }
      precondition(!problem.reason.isEmpty)
      return
    }
    for range in buffers.ignored { precondition(range.upperBound <= query.count) }
    let body = input.count > 1 && input[1] & 2 == 2 ? Array("{}".utf8) : []
    encodeAndDecode(type, RequestInput(body: body, bound: bound))
  }

  /// A raw path: refused, or bound as a decoder says that does it another way.
  package static func percent(_ input: [UInt8]) {
    let target = Array("/".utf8) + input
    var captures = paths.router.makeCaptures()
    let isValid = expected(input, keepingSlash: false) != nil
    switch paths.router.match(.get, target, path: 0..<target.count, captures: &captures) {
    case .found(let route):
      precondition(isValid, "what cannot be decoded was matched")
      var bound = BoundFields()
      var buffers = BindingScratch()
      do throws(BindingError) {
        try paths.binders[route].bind(target, captures, into: &bound, scratch: &buffers)
      } catch { preconditionFailure("a path that matches cannot be bound: \(error)") }
      let value = Array(captures.ranges.first.map { target[$0] } ?? [])
      let wanted = expected(value, keepingSlash: route == 1)
      precondition(bound.values.count == 1 && wanted == Array(bound.text), "decoded otherwise")
    case .malformed(let offset):
      precondition(!isValid && offset < target.count, "a path was refused that can be decoded")
    case .notFound, .methodNotAllowed, .options:
      preconditionFailure("every path has a route")
    }
  }

  /// Decodes byte by byte from the end; nil when a `%` or a NUL is wrong.
  private static func expected(_ bytes: [UInt8], keepingSlash: Bool) -> [UInt8]? {
    var output: [UInt8] = []
    var rest = Array(bytes.reversed())
    while let byte = rest.popLast() {
      if byte == 0 { return nil }
      guard byte == UInt8(ascii: "%") else {
        output.append(byte)
        continue
      }
      guard rest.count >= 2 else { return nil }
      let digits = String(decoding: [rest[rest.count - 1], rest[rest.count - 2]], as: UTF8.self)
      guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
        let value = UInt8(digits, radix: 16), value != 0
      else { return nil }
      rest.removeLast(2)
      if keepingSlash, value == UInt8(ascii: "/") {
        output += Array(("%" + digits).utf8)
      } else {
        output.append(value)
      }
    }
    return output
  }

  private static func encodeAndDecode(_ type: TypeID, _ request: RequestInput) {
    let scratch = TranscodingScratch()
    var wire: [UInt8] = []
    do throws(TranscodeError) {
      try schema.codec.encode(type, from: request, into: &wire, scratch: scratch)
    } catch {
      let problem = schema.codec.explain(error, encoding: type, from: request, scratch: scratch)
      precondition(!problem.reason.isEmpty)
      return
    }
    var text: [UInt8] = []
    do throws(TranscodeError) {
      try schema.codec.decode(type, from: wire, at: 0, selecting: [], into: &text, scratch: scratch)
    } catch { preconditionFailure("what was bound cannot be read: \(error)") }
  }

  // MARK: Schema

  private static let schema: (messages: [TypeID], names: FieldNames, codec: ProtobufCodec) = {
    var diagnostics = Diagnostics()
    guard
      let schema = ProtobufSchemaLoader.load(
        sources: [.bytes(PackageResources.schema_binpb, name: "schema.binpb")], diagnostics: &diagnostics)
    else { preconditionFailure("\(diagnostics.all)") }
    // Well-known types as requests have fields whose JSON is something else.
    let messages = schema.model.typesByName.sorted { $0.key < $1.key }.map(\.value).filter {
      if case .record = schema.model[$0].shape { schema.model[$0].wellKnown == nil } else { false }
    }
    return (messages, FieldNames(schema.model), ProtobufCodec(model: schema.model, wire: schema.wire))
  }()

  /// Routes that take every path: one segment, and any number of them.
  private static let paths: (router: Router, binders: [PathBinder]) = {
    var model = SchemaModel()
    let string = model.append(TypeDefinition(shape: .primitive(.string, bound: nil)))
    model.fields = [FieldDefinition(name: "a", jsonName: "a", type: string, presence: .implicit)]
    let request = model.append(TypeDefinition(name: "R", shape: .record(fields: 0..<1)))
    let names = FieldNames(model)
    var diagnostics = Diagnostics()
    let routes = ["/{a}", "/{a=**}"].compactMap { text in
      (try? PathTemplate(parsing: text)).map { RouteDefinition(method: .get, template: $0, name: text) }
    }
    let binders = routes.compactMap {
      PathBinder($0, request: request, names: names, diagnostics: &diagnostics)
    }
    return (Router.build(routes, diagnostics: &diagnostics), binders)
  }()
}
