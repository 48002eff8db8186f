// Transcoding: THE hot module. JSON to wire bytes and back, by programs that are compiled at load.
//
// Owns: the port `BodyCodec` and its errors; the JSON scanner and writer; the protobuf program. Whoever holds
// a codec and a scratch turns one body into another without a document tree, a String or an allocation per
// field: JSON is scanned once onto a flat tape in a reused buffer, and a table of small instructions per
// message type says what each field becomes.
//
// Invariants
// - A codec is immutable after `init`. What changes stands in the buffers of a scratch, one per loop.
// - Whatever bytes come in, the outcome is bytes or a `TranscodeError`: every index is checked, arithmetic on
//   lengths cannot overflow, recursion is counted.
// - The tape holds checked JSON: grammar, UTF-8, escapes. Behind the scanner nobody checks them again.
// - `unsafe` stands in Bytes/ and at the calls that hand it byte ranges; the types there are checked
//   themselves. They carry raw pointers, not arrays, because a loop over arrays counts references.
// - Work is at most n log n in the size of the input, whatever the peer sends: duplicate keys are found by
//   sorting, lengths are patched in one copy (`LengthPrefixes`), fields out of order are sorted.
//
// Limits: `TranscodingLimits` (depth, tokens, output bytes).
//
// Files
//   BodyCodec.swift, BoundFields.swift, TranscodeError.swift, TranscodingScratch.swift   the port
//   Bytes/ByteView, FrozenTable, Stack, ByteSink     checked raw memory: input, tables, stacks, output
//   Bytes/UTF8, Base64                               encodings
//   JSON/JSONScanner, JSONToken                      text to tape
//   JSON/JSONString, JSONNumber, DuplicateKeys       parts of the grammar
//   JSON/DecimalDigits, FloatingPointText, ShortestDecimal, PowersOfTen   numbers to text and back
//   JSON/JSONPointer                                 where an error lies
//   JSON/JSONText                                    for those who write little JSON
//   Program/JSONOptions, TranscodingLimits           what a service chooses
//   Program/NameTable, ReasonText                    names to numbers; errors to sentences
//   Protobuf/ProtobufCodec                           the codec
//   Protobuf/ProtobufProgram, ProtobufCompiler, ProtobufDefaults    tables and how they are made
//   Protobuf/ProtobufEncoder, …Encoding              JSON to wire; LengthPrefixes, ProtobufText, TimeText
//   Protobuf/ProtobufDecoder, …Decoding, ProtobufWireScanner        wire to JSON
//   Protobuf/ProtobufExplanation                     errors for people
