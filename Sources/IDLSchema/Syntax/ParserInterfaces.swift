/// Interfaces, their operations and attributes.
extension Parser {
  mutating func interface(_ make: (Name, Definition.Body) -> Definition) throws(Failure) -> Definition {
    advance()
    let name = try identifier("the interface's name")
    if current.isPunctuator(";") { return make(name, .forward(.interface)) }
    let bases = take(":") ? try scopedNames("the name of an interface") : []
    try expect("{", "and the operations")
    var body = InterfaceSyntax(bases: bases, definitions: [], operations: [])
    while !current.isPunctuator("}"), current.kind != .end, !findings.isExhausted {
      let start = index
      do throws(Failure) {
        try export(into: &body)
      } catch {
        recover(from: start)
      }
    }
    try expect("}", "behind the operations")
    return make(name, .interface(body))
  }

  private mutating func export(into body: inout InterfaceSyntax) throws(Failure) {
    let start = index
    let leading = leadingComment
    let annotations = try annotations()
    switch current.spelling {
    case "struct", "union", "enum", "bitmask", "bitset", "typedef", "const", "exception":
      index = start
      try definition(into: &body.definitions)
    case "module", "interface", "native", "valuetype", "local", "abstract":
      throw fail("expected an operation, an attribute, a type, a constant or an exception")
    case "readonly", "attribute":
      let attributes = try attributes(annotations, leading)
      try expect(";", "behind the attribute")
      body.operations += attributes
    default:
      var operation = try operation(annotations, leading)
      try expect(";", "behind the operation")
      operation.documentation = comment(leading)
      body.operations.append(operation)
    }
  }

  /// `[oneway] void f(in long x) [raises (E)]`
  private mutating func operation(
    _ annotations: [Annotation], _ documentation: String
  ) throws(Failure) -> OperationSyntax {
    let isOneway = takeWord("oneway")
    let result = takeWord("void") ? nil : try typeSpecification()
    let name = try identifier("the operation's name")
    let parameters = try parameters()
    let raises = try raises("raises")
    if current.isWord("context") { throw refuse(current.place, "'context'") }
    return OperationSyntax(
      kind: .operation, name: name, annotations: annotations, documentation: documentation,
      isOneway: isOneway,
      result: result, parameters: parameters, raises: raises)
  }

  private mutating func parameters() throws(Failure) -> [ParameterSyntax] {
    try expect("(", "and the parameters")
    var result: [ParameterSyntax] = []
    if take(")") { return [] }
    repeat {
      let leading = leadingComment
      var annotations = try annotations()
      // DDS-RPC's own examples leave the direction out where it is `in`.
      var direction = ParameterSyntax.Direction.in
      if current.kind == .word, let stated = ParameterSyntax.Direction(rawValue: current.spelling) {
        direction = stated
        advance()
      }
      annotations += try self.annotations()
      let type = try typeSpecification()
      let name = try identifier("the parameter's name")
      if current.isPunctuator("[") { throw fail("expected ',' or ')': an array needs a typedef here") }
      let member = MemberSyntax(
        annotations: annotations, documentation: leading, type: type, declarator: Declarator(name: name))
      result.append(ParameterSyntax(direction: direction, member: member))
    } while take(",")
    try expect(")", "behind the parameters")
    return result
  }

  private mutating func raises(_ keyword: String) throws(Failure) -> [ScopedName] {
    guard takeWord(keyword) else { return [] }
    try expect("(", "and the exceptions")
    let names = try scopedNames("the name of an exception")
    try expect(")", "behind the exceptions")
    return names
  }

  /// `[readonly] attribute long a, b [raises…]`
  private mutating func attributes(
    _ annotations: [Annotation], _ documentation: String
  ) throws(Failure) -> [OperationSyntax] {
    let isReadOnly = takeWord("readonly")
    if !takeWord("attribute") { throw fail("expected 'attribute'") }
    let type = try typeSpecification()
    var names = [try identifier("the attribute's name")]
    while take(",") { names.append(try identifier("the attribute's name")) }
    let getRaises = isReadOnly ? try raises("raises") : try raises("getraises")
    let setRaises = isReadOnly ? [] : try raises("setraises")
    return names.map { name in
      OperationSyntax(
        kind: .attribute(isReadOnly: isReadOnly, getRaises: getRaises, setRaises: setRaises), name: name,
        annotations: annotations, documentation: documentation, isOneway: false, result: type, parameters: [],
        raises: [])
    }
  }
}
