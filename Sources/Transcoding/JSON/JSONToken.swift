/// One value or key of a JSON text, as `JSONScanner` leaves it on the tape.
///
///     {"a": [1, true], "b": "x"}
///     0 object  next 8
///     1 string  "a"            a key is the string before its value
///     2 array   next 5
///     3 number
///     4 true
///     5 string  "b"
///     6 string  "x"
///     (7: the end of the tape is where the outermost `next` points)
struct JSONToken: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable { case object, array, string, number, `true`, `false`, null }

  var kind: Kind
  /// Of a string: it holds escapes. Of a number: it has a fraction or an exponent.
  var isComplex = false
  /// First byte; of a string, the one after the quote.
  var start: Int32
  /// One behind the last byte; of a string, its closing quote; of a container that is still open, -1.
  var end: Int32
  /// The token behind this value and everything in it; of an open container, its parent.
  var next: Int32

  /// Where an error points: at the quote of a string.
  var offset: Int { kind == .string ? Int(start) - 1 : Int(start) }
}
