/// Buffers that one loop reuses for every translation. Not thread-safe: one per loop.
package final class TranscodingScratch {
  package init() {}
}
