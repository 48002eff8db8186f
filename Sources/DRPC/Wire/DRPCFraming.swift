/// How messages become packets. Nothing on the wire negotiates it.
public enum DRPCFraming: String, Sendable, CaseIterable {
  /// Found out at each new server: see `ConnectionState`.
  case auto
  /// One packet is one message: every DAOS release up to 2.6.
  case raw
  /// Every packet has a 24-byte header, and a message may span several: DAOS 2.8 and later.
  case chunked
}

/// The framing of a connection once it is known.
enum WireFraming {
  case raw
  case chunked
}
