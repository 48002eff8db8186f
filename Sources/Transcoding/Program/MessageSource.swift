/// What one message of a request is made of: a JSON value, bound fields, or both.
struct MessageSource: BitwiseCopyable {
  /// Token of its JSON value, -1 for none.
  var token: Int32 = -1
  /// First of the bound nodes for its fields, -1 for none.
  var bound: Int32 = -1
  /// The key of a member of `token` that is no field (`@type` of an Any), -1 for none.
  var skipped: Int32 = -1
  /// How many names of `bodyPath` lead to this message; -1 when the body's value is not below it.
  var pathDepth = -1
}
