/// Words that name constructs. An identifier that differs from one only in case is an error (IDL 4.2, 7.2.4);
/// `_x` is the identifier `x` whatever `x` is.
enum Keywords {
  /// Those of the building blocks that are read here. `port`, `home`, `component` and others belong to building blocks that
  /// no DDS project uses; real ones have members of such names, and idlc lets them.
  static let all: Set<String> = [
    "any", "attribute", "bitfield", "bitmask", "bitset", "boolean", "case", "char", "const", "default",
    "double",
    "enum", "exception", "FALSE", "fixed", "float", "getraises", "in", "inout", "int16", "int32", "int64",
    "int8",
    "interface", "long", "map", "module", "native", "octet", "oneway", "out", "raises", "readonly",
    "sequence",
    "setraises", "short", "string", "struct", "switch", "TRUE", "typedef", "uint16", "uint32", "uint64",
    "uint8",
    "union", "unsigned", "valuetype", "void", "wchar", "wstring",
  ]

  private static let byLowercase = Dictionary(
    all.map { ($0.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })

  /// The keyword that a word is but for the case of its letters.
  static func spelledLike(_ word: String) -> String? { byLowercase[word.lowercased()] }
}
