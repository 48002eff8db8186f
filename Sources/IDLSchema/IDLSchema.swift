// IDLSchema: OMG IDL 4.2 text, lowered into SchemaModel.
//
// Owns: the lexer, the preprocessor, the parser and the mapping of an interface to its request and reply
// types (OMG DDS-RPC 1.0, Basic service mapping). Nothing of it stands yet; a service with `idl:` is refused
// by `drawbridge check`.
