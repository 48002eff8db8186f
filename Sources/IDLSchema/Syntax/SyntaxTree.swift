internal import SchemaModel

// What the parser understood, before names mean anything. Source: IDL 4.2, 7.4 and 8.

/// An identifier where it stands.
struct Name: Sendable {
  var text: String
  var place: SourcePlace
}

/// `a::b`, `::a::b`
struct ScopedName: Sendable {
  var isAbsolute: Bool
  var parts: [Name]
  var place: SourcePlace

  var text: String { (isAbsolute ? "::" : "") + parts.map(\.text).joined(separator: "::") }
}

/// A constant expression in reverse Polish order, so that nothing that reads it needs to recurse.
struct Expression: Sendable {
  enum Item: Sendable {
    case literal(LiteralValue)
    case name(ScopedName)
    /// `-`, `+`, `~`
    case prefix(String)
    /// `|`, `^`, `&`, `<<`, `>>`, `+`, `-`, `*`, `/`, `%`
    case infix(String)
  }

  var place: SourcePlace
  var items: [(item: Item, place: SourcePlace)]

  /// The name, if the expression is nothing else.
  var singleName: ScopedName? {
    if items.count == 1, case .name(let name) = items[0].item { return name }
    return nil
  }
}

/// `@name`, `@name(value)`, `@name(a = 1, b = 2)`
struct Annotation: Sendable {
  var name: ScopedName
  var positional: Expression?
  var parameters: [(name: Name, value: Expression)] = []
}

/// A type where it is used.
struct TypeSyntax: Sendable {
  indirect enum Form: Sendable {
    case primitive(Primitive)
    case string(wide: Bool, bound: Expression?)
    case sequence(TypeSyntax, annotations: [Annotation], bound: Expression?)
    case map(key: TypeSyntax, value: TypeSyntax, bound: Expression?)
    case named(ScopedName)
    /// `any`, `fixed`: known, but without a place in CDR and JSON here.
    case unsupported(String)
  }

  var form: Form
  var place: SourcePlace
}

/// `x`, `x[2][3]`
struct Declarator: Sendable {
  var name: Name
  var dimensions: [Expression] = []
}

/// One declared thing; `struct S { … };` as well as each `x` of `typedef long x, y;`.
struct Definition: Sendable {
  indirect enum Body: Sendable {
    case module([Definition])
    case structure(base: ScopedName?, [MemberSyntax])
    case exception([MemberSyntax])
    case union(UnionSyntax)
    case enumeration([EnumeratorSyntax])
    case bitmask([EnumeratorSyntax])
    case bitset(base: ScopedName?, [BitfieldSyntax])
    case typedef(TypeSyntax, Declarator)
    case constant(TypeSyntax, Expression)
    case interface(InterfaceSyntax)
    case annotation([AnnotationMemberSyntax], [Definition])
    case forward(ForwardKind)
  }

  enum ForwardKind: String, Sendable { case structure = "struct", union, interface }

  var name: Name
  var annotations: [Annotation]
  var documentation: String
  var body: Body
}

struct MemberSyntax: Sendable {
  var annotations: [Annotation]
  var documentation: String
  var type: TypeSyntax
  var declarator: Declarator
}

struct UnionSyntax: Sendable {
  struct Case: Sendable {
    var labels: [Expression]
    /// Where `default` stands, if it does.
    var fallback: SourcePlace?
    var member: MemberSyntax
  }

  var discriminator: TypeSyntax
  var discriminatorAnnotations: [Annotation]
  var cases: [Case]
}

/// A value of an enumeration, or a flag of a bitmask.
struct EnumeratorSyntax: Sendable {
  var name: Name
  var annotations: [Annotation]
  var documentation: String
}

/// `bitfield<3, octet> a;` without a name: bits that nobody uses.
struct BitfieldSyntax: Sendable {
  var name: Name?
  var annotations: [Annotation]
  var documentation: String
  var width: Expression
  var type: TypeSyntax?
  var place: SourcePlace
}

struct AnnotationMemberSyntax: Sendable {
  var name: Name
  var type: TypeSyntax?
  var fallback: Expression?
}

struct InterfaceSyntax: Sendable {
  var bases: [ScopedName]
  /// Types, constants and exceptions declared inside.
  var definitions: [Definition]
  var operations: [OperationSyntax]
}

struct OperationSyntax: Sendable {
  enum Kind: Sendable {
    case operation
    /// `attribute` and what may be raised when it is read or written.
    case attribute(isReadOnly: Bool, getRaises: [ScopedName], setRaises: [ScopedName])
  }

  var kind: Kind
  var name: Name
  var annotations: [Annotation]
  var documentation: String
  var isOneway: Bool
  /// Nil for void; of an attribute, its type.
  var result: TypeSyntax?
  var parameters: [ParameterSyntax]
  var raises: [ScopedName]
}

struct ParameterSyntax: Sendable {
  enum Direction: String, Sendable { case `in`, out, `inout` }

  var direction: Direction
  var member: MemberSyntax
}
