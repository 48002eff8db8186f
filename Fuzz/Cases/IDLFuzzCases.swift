import IDLSchema
import SchemaModel
import Transcoding

extension FuzzCases {
  /// IDL text, behind a NUL that of a file `inc.idl`: findings, or a schema whose services and bodies can be had.
  package static func idl(_ input: [UInt8]) {
    let parts = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let included = parts.count > 1 ? Array(parts[1]) : nil
    let text = String(decoding: parts[0], as: UTF8.self)
    var options = IDLOptions()
    // Bombs are to be stopped; with fewer tokens it takes less time.
    options.limits.tokens = 50_000
    options.limits.values = 1 << 12
    var diagnostics = Diagnostics()
    let schema = IDLSchemaLoader.load(
      sources: [.text(text, name: "main.idl")], options: options,
      read: { path in path == "inc.idl" ? included.map { .bytes($0) } ?? .missing : .missing },
      diagnostics: &diagnostics)
    guard let schema else {
      precondition(diagnostics.hasErrors, "refused without a finding")
      return
    }
    for interface in schema.interfaces.indices.prefix(4) { service(schema, interface) }
    let codec = CDRCodec(model: schema.model, wire: schema.wire)
    let scratch = TranscodingScratch()
    for index in schema.model.types.indices.prefix(16) {
      let type = TypeID(rawValue: Int32(index))
      var output = header(0)
      _ = try? codec.encode(type, from: RequestInput(body: Array("{}".utf8)), into: &output, scratch: scratch)
      output = []
      _ = try? codec.decode(
        type, from: header(1) + input, at: 4, selecting: [], into: &output, scratch: scratch)
    }
  }

  /// What a service implies is IDL again.
  private static func service(_ schema: IDLSchema, _ interface: Int) {
    var schema = schema
    var diagnostics = Diagnostics()
    let service = schema.addService(
      interface: interface, options: ServiceOptions(dialect: .omgBasic), diagnostics: &diagnostics)
    guard let service else {
      precondition(diagnostics.hasErrors, "refused without a finding")
      return
    }
    var again = Diagnostics()
    let implied = schema.impliedIDL(service: service)
    let read = IDLSchemaLoader.load(sources: [.text(implied, name: "implied.idl")], diagnostics: &again)
    precondition(read != nil, "what was printed cannot be read: \(again.all)\n\(implied)")
  }

  /// A JSON body from a client: an error with a place, or a wire that reads as JSON that gives the wire again.
  package static func cdrJSON(_ input: [UInt8]) {
    let (codec, type, representation, body) = cdrSetting(input)
    let scratch = TranscodingScratch()
    let request = RequestInput(body: body)
    var wire = representation
    do throws(TranscodeError) {
      try codec.encode(type, from: request, into: &wire, scratch: scratch)
    } catch {
      let problem = codec.explain(error, encoding: type, from: request, scratch: scratch)
      precondition(problem.offset ?? 0 <= body.count, "an error behind the end of the body")
      return
    }
    var text: [UInt8] = []
    var again = representation
    do throws(TranscodeError) {
      try codec.decode(type, from: wire, at: 4, selecting: [], into: &text, scratch: scratch)
      try codec.encode(type, from: RequestInput(body: text), into: &again, scratch: scratch)
    } catch {
      preconditionFailure("what was written cannot be read: \(error)")
    }
    precondition(again == wire, "read and written again it is another")
  }

  /// A reply from a peer: an error with a place, or JSON that can be read again.
  package static func cdrWire(_ input: [UInt8]) {
    let (codec, type, representation, rest) = cdrSetting(input)
    var wire = representation + rest
    // Replies come in both byte orders.
    if input.count > 1, input[1] & 0x80 != 0 { wire[1] &-= 1 }
    let scratch = TranscodingScratch()
    var text: [UInt8] = []
    do throws(TranscodeError) {
      try codec.decode(type, from: wire, at: 4, selecting: [], into: &text, scratch: scratch)
    } catch {
      let problem = codec.explain(error, decoding: type, from: wire, at: 4)
      precondition(problem.offset ?? 0 <= wire.count, "an error behind the end of the wire")
      return
    }
    var again = representation
    do throws(TranscodeError) {
      try codec.encode(type, from: RequestInput(body: text), into: &again, scratch: scratch)
    } catch {
      // Ranges are for requests; a server may have a newer schema.
      precondition(error.reason == .outOfRange, "what was written cannot be read: \(error)")
    }
  }

  // MARK: Schema

  /// By extensibility, each with the two sets of options.
  private static let cdrCodecs: (types: [TypeID], all: [CDRCodec]) = {
    let text = String(decoding: PackageResources.types_idl, as: UTF8.self)
    var other = JSONOptions()
    other.enums = .numbers
    other.octets = .array
    other.conventions = .ddsJSON
    other.unknownFields = .ignore
    other.caseInsensitiveEnums = true
    other.missing = .default
    var codecs: [CDRCodec] = []
    var types: [TypeID] = []
    for extensibility in [CDRExtensibility.final, .appendable, .mutable] {
      var diagnostics = Diagnostics()
      guard
        let schema = IDLSchemaLoader.load(
          sources: [.text(text, name: "types.idl")], options: IDLOptions(extensibility: extensibility),
          diagnostics: &diagnostics)
      else { preconditionFailure("\(diagnostics.all)") }
      codecs += [JSONOptions(), other].map {
        CDRCodec(model: schema.model, wire: schema.wire, options: $0)
      }
      types = schema.model.typesByName.sorted { $0.key < $1.key }.map(\.value)
    }
    return (types, codecs)
  }()

  /// The first byte chooses the type, the second codec and representation.
  private static func cdrSetting(_ input: [UInt8]) -> (CDRCodec, TypeID, [UInt8], [UInt8]) {
    let type = cdrCodecs.types[Int(input.first ?? 0) % cdrCodecs.types.count]
    let choice = input.count > 1 ? Int(input[1]) : 0
    return (
      cdrCodecs.all[choice / 2 % cdrCodecs.all.count], type, header(choice & 1), Array(input.dropFirst(2))
    )
  }

  /// XCDR1, XCDR2
  private static func header(_ representation: Int) -> [UInt8] { [0, representation == 0 ? 1 : 7, 0, 0] }
}
