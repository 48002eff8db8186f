internal import SchemaModel

/// The `google.protobuf.FieldMask` of a PATCH that gives none: the fields that the body has, null ones too. Lists and
/// maps are named as a whole, messages by their fields (google.aip.dev/134).
///
/// Reads the tape that the body was scanned to; it stands behind the message, where protobuf takes fields as well.
extension ProtobufEncoder {
  mutating func updateMask(_ id: FieldID, _ record: Int32) throws(TranscodeError) {
    let mask = program.fields[program.fieldOfID[id.rawValue]]
    guard buffers.tape.count > 0, buffers.tape[0].kind == .object,
      input.bound.sibling(of: input.bound.firstRoot, for: mask.id) < 0, let resource = bodyRecord(record)
    else { return }
    if input.bodyPath.isEmpty, isNamed(mask, in: resource) { return }
    var names: [Int32] = []
    let start = buffers.sink.count
    writeTag(mask)
    let length = prefixes.begin(&buffers.lengths, at: buffers.sink.count)
    let empty = buffers.sink.count
    let paths = program.fields[program.records[mask.target].firstField]
    addPaths(to: paths, of: 0, resource, below: &names)
    if buffers.sink.count == empty {
      prefixes.cancel(length, &buffers.lengths)
      buffers.sink.truncate(to: start)
    } else {
      prefixes.end(length, &buffers.lengths, at: buffers.sink.count)
    }
  }

  /// The message that the body is; nil when it is another value.
  private func bodyRecord(_ record: Int32) -> ProtobufRecord? {
    guard let last = input.bodyPath.last else { return program.records[record] }
    let field = program.fields[program.fieldOfID[last.rawValue]]
    return isObject(field) ? program.records[field.target] : nil
  }

  private func isObject(_ field: ProtobufField) -> Bool {
    field.form == .singular && field.kind.isMessage && program.records[field.target].form == .object
  }

  private mutating func isNamed(_ field: ProtobufField, in record: ProtobufRecord) -> Bool {
    var at: Int32 = 1
    while at < buffers.tape[0].next {
      let index = find(record.names, buffers.tape[at])
      if index >= 0, program.fields[index].id == field.id { return true }
      at = buffers.tape[at &+ 1].next
    }
    return false
  }

  private mutating func addPaths(
    to paths: ProtobufField, of object: Int32, _ record: ProtobufRecord, below names: inout [Int32]
  ) {
    var at = object &+ 1
    while at < buffers.tape[object].next {
      let index = find(record.names, buffers.tape[at])
      let value = at &+ 1
      at = buffers.tape[value].next
      // A member that `unknown_fields: ignore` passed over.
      if index < 0 { continue }
      names.append(index)
      let field = program.fields[index]
      let token = buffers.tape[value]
      if isObject(field), token.kind == .object, token.next > value &+ 1 {
        addPaths(to: paths, of: value, program.records[field.target], below: &names)
      } else {
        addPath(to: paths, names)
      }
      names.removeLast()
    }
  }

  private mutating func addPath(to paths: ProtobufField, _ names: [Int32]) {
    writeTag(paths)
    let length = prefixes.begin(&buffers.lengths, at: buffers.sink.count)
    for (position, index) in names.enumerated() {
      let field = program.fields[index]
      if position > 0 { buffers.sink.append(UInt8(ascii: ".")) }
      buffers.sink.append(program.text, from: field.original, count: field.originalLength)
    }
    prefixes.end(length, &buffers.lengths, at: buffers.sink.count)
  }
}
