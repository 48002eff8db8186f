import FuzzCases

/// The case that this process runs: the one that the program is named like.
private let chosen: FuzzCases.Case = {
  let name = String(CommandLine.arguments.first?.split(separator: "/").last ?? "")
  guard let chosen = FuzzCases.all[name] else {
    preconditionFailure("no case is named '\(name)'; FuzzCases.all has them")
  }
  return chosen
}()

/// libFuzzer calls this with every input that it makes up.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // SAFETY: libFuzzer keeps the bytes until the call returns; they are copied at once.
  chosen(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
