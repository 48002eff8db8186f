internal import SwiftProtobuf

/// What syntax, edition and options say about a field or enumeration (protobuf, "Feature Settings for
/// Editions"); proto2 and proto3 are fixed sets of features.
struct DescriptorFeatures {
  var hasPresence: Bool
  var isRequired = false
  var isOpenEnum: Bool
  var isPacked: Bool
  var validatesUTF8: Bool
  var isDelimited = false

  static let proto2 = DescriptorFeatures(
    hasPresence: true, isOpenEnum: false, isPacked: false, validatesUTF8: false)
  static let proto3 = DescriptorFeatures(
    hasPresence: false, isOpenEnum: true, isPacked: true, validatesUTF8: true)
  static let edition2023 = DescriptorFeatures(
    hasPresence: true, isOpenEnum: true, isPacked: true, validatesUTF8: true)

  /// The defaults of a file, nil for a syntax that is not known.
  init?(of file: Google_Protobuf_FileDescriptorProto) {
    switch file.syntax {
    case "", "proto2": self = .proto2
    case "proto3": self = .proto3
    case "editions" where file.edition == .edition2023: self = .edition2023
    default: return nil
    }
    if file.options.hasFeatures { apply(file.options.features) }
  }

  private init(hasPresence: Bool, isOpenEnum: Bool, isPacked: Bool, validatesUTF8: Bool) {
    self.hasPresence = hasPresence
    self.isOpenEnum = isOpenEnum
    self.isPacked = isPacked
    self.validatesUTF8 = validatesUTF8
  }

  /// The features of something inside, which states some of its own.
  func with(_ features: Google_Protobuf_FeatureSet) -> DescriptorFeatures {
    var result = self
    result.apply(features)
    return result
  }

  private mutating func apply(_ features: Google_Protobuf_FeatureSet) {
    if features.hasFieldPresence {
      hasPresence = features.fieldPresence != .implicit
      isRequired = features.fieldPresence == .legacyRequired
    }
    if features.hasEnumType { isOpenEnum = features.enumType != .closed }
    if features.hasRepeatedFieldEncoding { isPacked = features.repeatedFieldEncoding != .expanded }
    if features.hasUtf8Validation { validatesUTF8 = features.utf8Validation != .none }
    if features.hasMessageEncoding { isDelimited = features.messageEncoding == .delimited }
  }
}
