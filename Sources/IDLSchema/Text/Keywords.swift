/// Words that name constructs. An identifier that differs from one only in case is an error (IDL 4.2, 7.2.4);
/// `_x` is the identifier `x` whatever `x` is.
enum Keywords {
  static let all: Set<String> = [
    "abstract", "any", "alias", "attribute", "bitfield", "bitmask", "bitset", "boolean", "case", "char",
    "component", "connector", "const", "consumes", "context", "custom", "default", "double", "emits", "enum",
    "eventtype", "exception", "factory", "FALSE", "finder", "fixed", "float", "getraises", "home", "import",
    "in", "inout", "int16", "int32", "int64", "int8", "interface", "local", "long", "manages", "map",
    "mirrorport",
    "module", "multiple", "native", "Object", "octet", "oneway", "out", "port", "porttype", "primarykey",
    "private", "provides", "public", "publishes", "raises", "readonly", "sequence", "setraises", "short",
    "string", "struct", "supports", "switch", "TRUE", "truncatable", "typedef", "typeid", "typename",
    "typeprefix", "uint16", "uint32", "uint64", "uint8", "union", "unsigned", "uses", "ValueBase",
    "valuetype",
    "void", "wchar", "wstring",
  ]

  private static let byLowercase = Dictionary(
    all.map { ($0.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })

  /// The keyword that a word is but for the case of its letters.
  static func spelledLike(_ word: String) -> String? { byLowercase[word.lowercased()] }
}
