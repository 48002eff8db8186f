package import SchemaModel

/// `idl:` of a service: the files, what is called, and how JSON looks.
package struct IDLSchemaConfiguration: Sendable {
  package enum Missing: String, Sendable, CaseIterable { case error, `default` }
  package enum Conventions: String, Sendable, CaseIterable {
    case drawbridge
    case ddsJSON = "dds-json"
  }
  package enum Octets: String, Sendable, CaseIterable { case base64, array }
  package enum EnumCollections: String, Sendable, CaseIterable { case delimited, primitive }

  package var files: [Located]
  /// Folders for `#include`.
  package var include: [Located] = []
  /// Macros that are defined from the start.
  package var defines: [(name: String, value: String)] = []
  /// Qualified name; nil when the files hold one only, or the service is a pair of types.
  package var interface: Located?
  /// Of types that do not state theirs.
  package var extensibility: CDRExtensibility = .final
  package var json = JSONFormConfiguration()
  /// Whose conventions the JSON follows.
  package var conventions: Conventions = .drawbridge
  /// What becomes of a member that a request lacks.
  package var missing: Missing = .error
  package var octets: Octets = .base64
  /// Whether XCDR2 writes a size before collections of enumerators; Fast CDR 2 does not.
  package var enumCollections: EnumCollections = .delimited

  package init(files: [Located]) { self.files = files }
}
