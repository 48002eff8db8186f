// Transcoding: THE hot module. JSON to wire bytes and back, by programs that are compiled at load.
//
// Owns: the port `BodyCodec` and its errors; the JSON scanner and writer; the programs for
// protobuf and CDR, which do not know each other. Whoever holds
// a codec and a scratch turns one body into another without a document tree, a String or an allocation per
// field: JSON is scanned once onto a flat tape in a reused buffer, and a table of small instructions per
// message type says what each field becomes.
//
// Invariants
// - A codec is immutable after `init`. What changes stands in the buffers of a scratch, one per loop.
// - Whatever bytes come in, the outcome is bytes or a `TranscodeError`: every index is checked, arithmetic on
//   lengths cannot overflow, recursion is counted.
// - The tape holds checked JSON: grammar, UTF-8, escapes. Behind the scanner nobody checks them again.
// - `unsafe` stands in Bytes/ only, in types that check every access. They carry raw pointers, not arrays:
//   a loop over arrays counts references.
// - Work is at most n log n in the size of the input, whatever the peer sends: duplicate keys are found by
//   sorting, lengths are patched in one copy (`LengthPrefixes`), fields out of order are sorted.
//
// Limits: `TranscodingLimits` (depth, tokens, fields, output bytes); `TranscodingScratch.retainedBytes`.
//
// Files
//   BodyCodec.swift                               what a method's request and reply codecs do
//   BoundFields.swift                             values bound from path, query and configuration
//   BoundPlaces.swift                             such values inside lists and maps
//   TranscodeError.swift                          what can be wrong with the bytes of one request or reply
//   TranscodingScratch.swift                      buffers that live from request to request
//   Bytes/ByteView.swift                          checked input
//   Bytes/ByteSink.swift                          output
//   Bytes/FrozenTable.swift                       tables made at load
//   Bytes/Stack.swift                             growable arrays of plain values
//   Bytes/UTF8.swift                              what is valid UTF-8
//   Bytes/Base64.swift                            both alphabets in, one out
//   JSON/JSONToken.swift                          the tape
//   JSON/JSONScanner.swift                        text to tape
//   JSON/JSONString.swift                         escapes
//   JSON/JSONNumber.swift                         the grammar of numbers, and integers
//   JSON/TapeText.swift                           strings and keys of the tape
//   JSON/DuplicateKeys.swift                      equal keys of one object
//   JSON/DecimalDigits.swift                      integers to digits
//   JSON/FloatingPointText.swift                  doubles and floats to text and back
//   JSON/ShortestDecimal.swift                    the shortest digits of a double
//   JSON/PowersOfTen.swift                        the table that it needs
//   JSON/JSONPointer.swift                        where an error lies
//   JSON/JSONText.swift                           for those who write little JSON
//   JSON/JSONValues.swift                         scalars and lists of them back to texts
//   Program/JSONOptions.swift                     what a service chooses
//   Program/TranscodingLimits.swift               bounds of one translation
//   Program/NameTable.swift                       names to numbers, hashed
//   Program/EnumerationTable.swift                names and numbers of an enumeration
//   Program/MessageSource.swift                   what a message is made of
//   Program/ReasonText.swift                      errors to sentences
//   Program/RequestExplanation.swift              where in a request an error lies
//   Protobuf/ProtobufCodec.swift                  the codec
//   Protobuf/ProtobufProgram.swift                records, fields, enumerations as tables
//   Protobuf/ProtobufCompiler.swift               schema to program
//   Protobuf/ProtobufDefaults.swift               JSON of what is absent
//   Protobuf/ProtobufEncoder.swift                JSON to wire: messages
//   Protobuf/ProtobufCollectionEncoding.swift     JSON to wire: lists and maps
//   Protobuf/ProtobufScalarEncoding.swift         JSON to wire: scalars
//   Protobuf/ProtobufBoundEncoding.swift          bound fields to wire
//   Protobuf/ProtobufBoundCollections.swift       bound lists of messages and maps
//   Protobuf/ProtobufConstants.swift              constants to wire, at load
//   Protobuf/ProtobufUpdateMask.swift             the mask of a PATCH
//   Protobuf/ProtobufRaw.swift                    bodies that pass through
//   Protobuf/ProtobufWellKnownEncoding.swift      well-known types to wire
//   Protobuf/ProtobufAny.swift                    messages of any loaded type, both ways
//   Protobuf/ProtobufText.swift                   values given as text
//   Protobuf/TimeText.swift                       Timestamp and Duration
//   Protobuf/LengthPrefixes.swift                 lengths before what they count
//   Protobuf/ProtobufWireScanner.swift            tags and extents
//   Protobuf/ProtobufDecoder.swift                wire to JSON: messages, lists
//   Protobuf/ProtobufOrderedDecoding.swift        wire to JSON: messages as serialisers write them
//   Protobuf/ProtobufFieldCollection.swift        wire to JSON: where the fields are
//   Protobuf/ProtobufMapDecoding.swift            wire to JSON: maps
//   Protobuf/ProtobufReplacedValues.swift         wire to JSON: what later values replace
//   Protobuf/ProtobufScalarDecoding.swift         wire to JSON: scalars
//   Protobuf/ProtobufWellKnownDecoding.swift      wire to JSON: well-known types
//   Protobuf/ProtobufExplanation.swift            errors for people
//   CDR/CDRCodec.swift                            the codec
//   CDR/CDRProgram.swift                          types, members, labels as tables
//   CDR/CDRCompiler.swift                         schema to program
//   CDR/CDRUnionCompiling.swift                   schema to program: labels of unions
//   CDR/CDRScalars.swift                          sizes and ranges of scalars
//   CDR/LongDouble.swift                          binary128 to double and back
//   CDR/CDREncapsulation.swift                    the four bytes that say how the rest is written
//   CDR/CDREncoder.swift                          JSON to wire: records and members
//   CDR/CDRFraming.swift                          JSON to wire: alignment, sizes, headers
//   CDR/CDRScalarEncoding.swift                   JSON to wire: scalars
//   CDR/CDRStringEncoding.swift                   JSON to wire: strings
//   CDR/CDRCollectionEncoding.swift               JSON to wire: lists, arrays, octets
//   CDR/CDRMapEncoding.swift                      JSON to wire: maps
//   CDR/CDRUnionEncoding.swift                    JSON to wire: unions, bit sets
//   CDR/CDRDefaultEncoding.swift                  JSON to wire: what the request lacks
//   CDR/CDRBoundEncoding.swift                    bound fields to wire
//   CDR/CDRBoundCollections.swift                 bound lists of records, maps and unions
//   CDR/CDRConstants.swift                        constants to bits, at load
//   CDR/CDRRaw.swift                              bodies that pass through
//   CDR/DDSJSON.swift                             what OMG DDS-JSON writes otherwise
//   CDR/CDRText.swift                             scalars given as text
//   CDR/CDRReader.swift                           aligned numbers and headers of the wire
//   CDR/CDRDecoder.swift                          wire to JSON: records and members
//   CDR/CDRMutableDecoding.swift                  wire to JSON: members in any order
//   CDR/CDRScalarDecoding.swift                   wire to JSON: scalars
//   CDR/CDRStringDecoding.swift                   wire to JSON: strings, octets
//   CDR/CDRCollectionDecoding.swift               wire to JSON: lists, arrays, maps
//   CDR/CDRUnionDecoding.swift                    wire to JSON: unions, bit sets
//   CDR/CDRDefaultDecoding.swift                  wire to JSON: what the reply lacks
//   CDR/CDRExplanation.swift                      errors for people
