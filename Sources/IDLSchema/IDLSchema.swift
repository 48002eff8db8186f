// IDLSchema: OMG IDL 4.2 text, lowered into SchemaModel, its CDRWireTable and DDSRPCTable.
//
// Owns: the lexer, the preprocessor, the parser, names and constants, and the mapping of an interface to its request
// and reply types (OMG DDS-RPC 1.0, Basic service mapping) for each dialect. Everything happens at load.
//
// Invariants
// - Total: whatever the text is, the outcome is a schema or diagnostics, never a trap; work is bounded by `IDLLimits`.
// - `wire.types[i]` and `wire.fields[i]` belong to `model.types[i]` and `model.fields[i]`; `rpc.operations[i]` to
//   `model.methods[i]`.
// - Typedefs leave no trace: a use refers to the type itself. Members of a base struct stand first in the struct.
// - What differs between dialects of DDS-RPC stands in the rows of `Dialect`; code reads the row, never the name.
//
// Where IDL leaves a choice
// - A type without `@final`, `@appendable` or `@mutable` is final, as idlc 0.10 and the classic IDL compilers have it;
//   XTypes 1.3 says appendable. `IDLOptions.extensibility` changes it for all types.
// - Names that differ only in case collide within one scope (7.2.3); that a member is called like its type is no
//   mistake here (`Status status`), because real interfaces do so and it changes nothing.
// - A parameter without a direction is `in`, as in the examples of DDS-RPC 1.0; IDL itself wants one.
// - An enumerator that only the type of a label or `@default` knows may stand there without its scope.
// - Bytes that are not UTF-8 are read as ISO 8859-1.
//
// Files
//   IDLSchema.swift        what loading yields
//   IDLInterface.swift     interfaces as they were written
//   IDLSchemaLoader.swift  files to a schema
//   IDLLimits.swift        what one load may use
//   Text/SourceSet.swift         files, places, comments
//   Text/Token.swift             one token
//   Text/Lexer.swift             text to tokens; white space and comments
//   Text/LexerTokens.swift       what a token is made of
//   Text/CommentCollector.swift  comments as documentation
//   Text/Keywords.swift          reserved words
//   Text/LiteralText.swift       values of literals
//   Text/Findings.swift          located diagnostics
//   Preprocessor/Preprocessor.swift         files and conditions to one run of tokens
//   Preprocessor/Directives.swift           the lines that begin with #
//   Preprocessor/Macro.swift                #define
//   Preprocessor/MacroExpansion.swift       uses of macros
//   Preprocessor/ConditionExpression.swift  what stands behind #if
//   Syntax/SyntaxTree.swift         what the parser understood
//   Syntax/Parser.swift             tokens, names, recovery
//   Syntax/ParserDefinitions.swift  modules, structs, enumerations
//   Syntax/ParserUnions.swift       unions
//   Syntax/ParserInterfaces.swift   interfaces, operations, attributes
//   Syntax/ParserTypes.swift        types where they are used
//   Syntax/ParserExpressions.swift  constant expressions
//   Syntax/ParserAnnotations.swift  annotations
//   Semantics/Scopes.swift                names and what they mean
//   Semantics/SchemaBuilder.swift         the tables while they grow
//   Semantics/Analysis.swift              definitions in their order
//   Semantics/NameResolution.swift        names to what they mean
//   Semantics/TypeAnalysis.swift          types where they are used
//   Semantics/RecordAnalysis.swift        structs and exceptions
//   Semantics/MemberAnalysis.swift        members, parameters, their annotations
//   Semantics/UnionAnalysis.swift         unions
//   Semantics/EnumerationAnalysis.swift   enumerations, bitmasks, bitsets
//   Semantics/InterfaceAnalysis.swift     interfaces
//   Semantics/ConstantValue.swift         values of constants
//   Semantics/ConstantEvaluation.swift    constant expressions
//   Semantics/ConstantConversion.swift    whether a value is one of a type
//   Semantics/AnnotationRule.swift        what is known of annotations
//   Semantics/AppliedAnnotations.swift    the annotations of one declaration
//   Service/ServiceOptions.swift      what a configuration says about a service
//   Service/ServiceMapping.swift      an interface to methods and topics
//   Service/OperationMapping.swift    an operation to its request, its reply and its labels
//   Service/RouteAnnotation.swift     the routes that `@http` states
//   Service/TypePairMapping.swift     a service that is a pair of types
//   Service/TopicNames.swift          names of topics
//   Service/QoSAnnotation.swift       quality of service that an interface states
//   Service/CommonTypes.swift         the types that every service shares, as IDL
//   Service/ImpliedIDL.swift          the types of a service, printed for idlc
//   Service/TypePrinter.swift         types of the tables, printed

package import SchemaModel

/// A loaded set of IDL files.
package struct IDLSchema: Sendable {
  package internal(set) var model: SchemaModel
  package internal(set) var wire: CDRWireTable
  /// Filled by `addService`.
  package internal(set) var rpc = DDSRPCTable()
  /// In the order of their definition.
  package internal(set) var interfaces: [IDLInterface]
  /// Of structs and exceptions: what stands before them, for those who look for `@RPCRequestType`, topics and
  /// `@http_status`.
  package internal(set) var annotations: [TypeID: [IDLAnnotation]]
  /// Where a named type is defined.
  var locations: [TypeID: SourceLocation]
  var exceptions: Set<TypeID>

  /// The interface that a configuration names, with or without leading `::`; a diagnostic when there is none.
  package func interface(
    named name: String, at location: SourceLocation?, diagnostics: inout Diagnostics
  ) -> Int? {
    let wanted = name.hasPrefix("::") ? String(name.dropFirst(2)) : name
    if let index = interfaces.firstIndex(where: { $0.name == wanted }) { return index }
    let names = interfaces.map(\.name)
    let last = "::" + (wanted.split(separator: ":").last ?? "")
    let near = names.first { ("::" + $0).hasSuffix(last) } ?? EditDistance.nearest(to: wanted, among: names)
    diagnostics.error(
      "unknown-interface", at: location, "no interface '\(wanted)' in the IDL",
      resolution: near.map { "did you mean '\($0)'?" })
    return nil
  }
}
