internal import SchemaModel

/// `HASH(name)`: the first four bytes of the name's MD5, read as a little-endian `long`.
///
/// Source: OMG DDS-RPC 1.0, section 7.5.1.1.2. Operations go by their own name, exceptions by the qualified one.
enum NameHash {
  static func of(_ name: String) -> Int32 {
    let digest = MD5.digest(name.utf8)
    return Int32(bitPattern: digest.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) })
  }
}
