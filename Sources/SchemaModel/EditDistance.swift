/// Finds the word that somebody probably meant.
package enum EditDistance {
  /// Longer words are not compared.
  private static let maxLength = 64

  /// The candidate with the fewest changed, added, dropped or swapped letters, the first of several; nil when
  /// all need more than a third of the word's letters (at least one, at most four).
  package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(word.lowercased())
    guard letters.count <= maxLength else { return nil }
    var best: (distance: Int, word: String)?
    for candidate in candidates {
      let other = Array(candidate.lowercased())
      guard other.count <= maxLength else { continue }
      let distance = distance(letters, other)
      if distance < best?.distance ?? Int.max { best = (distance, candidate) }
    }
    let bound = min(4, max(1, letters.count / 3))
    return best.flatMap { $0.distance <= bound ? $0.word : nil }
  }

  /// Optimal string alignment: Levenshtein's distance with swaps of neighbours.
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var before: [Int] = []
    var last = Array(0...right.count)
    for i in 0..<left.count {
      var row = [i + 1]
      for j in 0..<right.count {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          cost = min(cost, before[j - 1] + 1)
        }
        row.append(cost)
      }
      (before, last) = (last, row)
    }
    return last[right.count]
  }
}
