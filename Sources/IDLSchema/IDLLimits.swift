/// What one load may use. Text that asks for more is refused with a diagnostic.
package struct IDLLimits: Sendable {
  /// Bytes of one file.
  package var fileBytes = 16 << 20
  /// Files inside files.
  package var includeDepth = 64
  /// Tokens that the preprocessor looks at, those of skipped groups and of macro bodies included.
  package var tokens = 4_000_000
  /// Macros inside macros.
  package var macroDepth = 200
  /// Modules, template types, parentheses, prefix operators inside each other.
  package var nesting = 64
  /// Types inside types once they are resolved.
  package var typeDepth = 64
  /// Values that one value of a type holds at least: arrays multiply.
  package var values = 1 << 24
  /// Members of all types, inherited ones counted in each.
  package var members = 1 << 20
  /// Interfaces that one inherits from, directly or not.
  package var bases = 256
  /// Parameters of a macro.
  package var macroParameters = 256
  /// Bytes of a token that `#` or `##` makes; each counts as much as a token of the text.
  package var madeTokenBytes = 1 << 16
  /// Errors before loading gives up.
  package var errors = 100
  /// Errors at places that have one already, which are not told, before loading gives up.
  package var repeatedErrors = 1000
  /// Warnings and notes that are kept.
  package var remarks = 1000

  package init() {}
}
