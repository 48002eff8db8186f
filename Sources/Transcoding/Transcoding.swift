// Transcoding: THE hot module. JSON to wire bytes and back, by programs that are compiled at load.
//
// Files
//   BodyCodec.swift          what a method's request and reply codecs do
//   BoundFields.swift        values bound from path and query
//   TranscodeError.swift     what can be wrong with the bytes of one request or reply
//   TranscodingScratch.swift buffers that live from request to request
