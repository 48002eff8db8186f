internal import SchemaModel

/// The types that every service shares, as IDL. Source: OMG DDS-RPC 1.0 (formal/2017-04-01), 7.5.1.1.1.
enum CommonTypes {
  /// - Parameter extensibility: of requests and replies, and so of what stands in their headers.
  static func text(_ extensibility: CDRExtensibility) -> String {
    """
    module dds {
      typedef octet GuidPrefix_t[12];
      @EXT @nested struct EntityId_t { octet entityKey[3]; octet entityKind; };
      @EXT @nested struct GUID_t { GuidPrefix_t guidPrefix; EntityId_t entityId; };
      @EXT @nested struct SequenceNumber_t { long high; unsigned long low; };
      @EXT @nested struct SampleIdentity { GUID_t writer_guid; SequenceNumber_t sequence_number; };
      module rpc {
        typedef octet UnknownOperation;
        typedef octet UnusedMember;
        enum RemoteExceptionCode_t {
          REMOTE_EX_OK, REMOTE_EX_UNSUPPORTED, REMOTE_EX_INVALID_ARGUMENT, REMOTE_EX_OUT_OF_RESOURCES,
          REMOTE_EX_UNKNOWN_OPERATION, REMOTE_EX_UNKNOWN_EXCEPTION
        };
        typedef string<255> InstanceName;
        @EXT @nested struct RequestHeader { SampleIdentity requestId; InstanceName instanceName; };
        @EXT @nested struct ReplyHeader { SampleIdentity relatedRequestId; RemoteExceptionCode_t remoteEx; };
      };
    };

    """.replacing("@EXT", with: "@\(extensibility)")
  }

  /// What alone remains of them without headers.
  static let unknownOperation = "module dds { module rpc { typedef octet UnknownOperation; }; };\n"

  /// What IDL may use without declaring it: `dds::rpc::RequestHeader` in a pair of types.
  static func definitions(for tokens: [Token], limits: IDLLimits, _ findings: inout Findings) -> [Definition]
  {
    var isUsed = false
    for (index, token) in tokens.enumerated() where token.isWord("dds") {
      if index > 0, tokens[index - 1].isWord("module") { return [] }
      if index + 1 < tokens.count, tokens[index + 1].isPunctuator("::") { isUsed = true }
    }
    guard isUsed else { return [] }
    var lexer = Lexer(text: Array(text(.final).utf8), file: findings.sources.file("<DDS-RPC>"))
    let own = lexer.tokens(limit: limits.tokens, &findings.sources)
    var parser = Parser(own, limits: limits, findings: findings)
    let definitions = parser.specification()
    findings = parser.findings
    return definitions
  }
}
