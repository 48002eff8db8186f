import FuzzCases

/// libFuzzer calls this with every input that it makes up.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer keeps the bytes until the call returns; they are copied at once.
  FuzzCases.json(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
