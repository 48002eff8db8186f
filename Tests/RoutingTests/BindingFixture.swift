import SchemaModel
import Transcoding

@testable import Routing

/// A request with every kind of field, built without a schema language.
///
///     Request { string pool_id; int32 rank; repeated int32 svc_ranks; Spec spec; repeated Spec specs;
///               map<string, string> labels; Timestamp at; Struct data; State state; repeated Timestamp times }
///     Spec { string label; repeated string tags; Request again }
enum BindingFixture {
  static let model = makeModel()
  static let names = FieldNames(model)
  static let request = model.typesByName["Request"] ?? TypeID(rawValue: -1)

  private static func makeModel() -> SchemaModel {
    var model = SchemaModel()
    let string = model.append(TypeDefinition(shape: .primitive(.string, bound: nil)))
    let int32 = model.append(TypeDefinition(shape: .primitive(.int32, bound: nil)))
    let strings = model.append(TypeDefinition(shape: .list(element: string, bound: nil)))
    let int32s = model.append(TypeDefinition(shape: .list(element: int32, bound: nil)))
    let labels = model.append(TypeDefinition(shape: .map(key: string, value: string, bound: nil)))
    let at = model.append(
      TypeDefinition(name: "google.protobuf.Timestamp", shape: .record(fields: 0..<0), wellKnown: .timestamp))
    let data = model.append(
      TypeDefinition(name: "google.protobuf.Struct", shape: .record(fields: 0..<0), wellKnown: .struct))
    let state = model.append(TypeDefinition(name: "State", shape: .enumeration(0..<0, closed: false)))
    let times = model.append(TypeDefinition(shape: .list(element: at, bound: nil)))
    let spec = model.append(TypeDefinition(name: "Spec", shape: .record(fields: 10..<13)))
    let specs = model.append(TypeDefinition(shape: .list(element: spec, bound: nil)))
    let request = model.append(TypeDefinition(name: "Request", shape: .record(fields: 0..<10)))
    func field(_ name: String, _ json: String, _ type: TypeID) -> FieldDefinition {
      FieldDefinition(name: name, jsonName: json, type: type, presence: .implicit)
    }
    model.fields = [
      field("pool_id", "poolId", string), field("rank", "rank", int32),
      field("svc_ranks", "svcRanks", int32s),
      field("spec", "spec", spec), field("specs", "specs", specs), field("labels", "labels", labels),
      field("at", "at", at), field("data", "data", data), field("state", "state", state),
      field("times", "times", times),
      field("label", "label", string), field("tags", "tags", strings), field("again", "again", request),
    ]
    return model
  }

  /// `pool_id=a spec.tags=x,y`, in the order of binding, with the source's first letter where it is not the query.
  static func dump(_ bound: BoundFields) -> String {
    var parts: [String] = []
    func walk(_ first: Int32, _ path: String) {
      var node = first
      while node >= 0 {
        let current = bound.nodes[Int(node)]
        var name = path + model[current.field].name
        if current.element >= 0 { name = "\(path.dropLast())[\(current.element)]" }
        if current.keyStart >= 0 {
          let key = bound.text[Int(current.keyStart)..<Int(current.keyEnd)]
          name = "\(path.dropLast())[\(String(decoding: key, as: UTF8.self))]"
        }
        var values: [String] = []
        var value = current.firstValue
        while value >= 0 {
          let each = bound.values[Int(value)]
          let text = String(decoding: bound.text[Int(each.start)..<Int(each.end)], as: UTF8.self)
          values.append(each.source == .query ? text : "\(each.source):\(text)")
          value = each.next
        }
        if !values.isEmpty { parts.append("\(name)=\(values.joined(separator: ","))") }
        walk(current.firstChild, name + ".")
        node = current.nextSibling
      }
    }
    walk(bound.firstRoot, "")
    return parts.joined(separator: " ")
  }
}
