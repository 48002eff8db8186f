// Transcoding: THE hot module. JSON to wire bytes and back, by programs that are compiled at load.
