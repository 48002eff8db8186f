// Fast CDR as an oracle for what Cyclone DDS lacks: maps and long doubles in XCDR1.
//
//     fastcdr_peer COUNT SEED
//
// prints COUNT random values of each type, a line each, tab-separated: the type, its bytes in little-endian, in
// big-endian (both with header), and the value as JSON. The types are those of FastCDRTests.swift; nothing here knows
// our code. Maps are std::map, so that their entries are in the order of the keys.
//
// Fast CDR 1 writes a long double as the machine has it, which on x86 is no binary128. Where it stands and how much room
// it takes is Fast CDR's; its sixteen bytes are then GCC's __float128.
#include <fastcdr/Cdr.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

using eprosima::fastcdr::Cdr;
using eprosima::fastcdr::FastBuffer;

namespace {

std::mt19937_64 generator;

uint64_t below(uint64_t bound) { return generator() % bound; }
// Large and small numbers alike.
int64_t integer() { return static_cast<int64_t>(generator()) >> below(64); }

double real() {
  for (;;) {
    uint64_t bits = generator();
    double value;
    std::memcpy(&value, &bits, sizeof value);
    if (below(4) == 0) value = static_cast<double>(integer()) / 8;
    if (std::isfinite(value)) return value;
  }
}

std::string text() {
  std::string result;
  for (uint64_t i = below(6); i > 0; i--) result += static_cast<char>('a' + below(26));
  return result;
}

// A value of JSON.
std::string json(const std::string& value) { return '"' + value + '"'; }
std::string json(char value) { return std::string("\"") + value + '"'; }
std::string json(uint8_t value) { return std::to_string(value); }
std::string json(int16_t value) { return std::to_string(value); }
std::string json(int32_t value) { return std::to_string(value); }
std::string json(int64_t value) { return json(std::to_string(value)); }
std::string json(double value) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

struct Point {
  int32_t x, y;
  void serialize(Cdr& cdr) const { cdr << x << y; }
};
std::string json(const Point& value) {
  return "{\"x\":" + json(value.x) + ",\"y\":" + json(value.y) + "}";
}

enum class Color : uint32_t { red = 0, green = 1, blue = 5 };
std::string json(Color value) {
  return json(std::string(value == Color::red ? "RED" : value == Color::green ? "GREEN" : "BLUE"));
}

// Fast CDR has no enumerations of its own: an unsigned long stands for them.
struct ColorKey {
  Color color;
  bool operator<(const ColorKey& other) const { return color < other.color; }
  void serialize(Cdr& cdr) const { cdr << static_cast<uint32_t>(color); }
};
std::string json(ColorKey value) { return json(value.color); }

template <class Value>
std::string json(const std::vector<Value>& values) {
  std::string result = "[";
  for (const auto& value : values) result += (result.size() > 1 ? "," : "") + json(value);
  return result + "]";
}

// Keys are names: in quotes, whatever they are.
template <class Key, class Value>
std::string json(const std::map<Key, Value>& values) {
  std::string result = "{";
  for (const auto& entry : values) {
    std::string key = json(entry.first);
    if (key[0] != '"') key = json(key);
    result += (result.size() > 1 ? "," : "") + key + ":" + json(entry.second);
  }
  return result + "}";
}

// But characters are no names.
template <class Value>
std::string json(const std::map<char, Value>& values) {
  std::string result = "[";
  for (const auto& entry : values) {
    result += (result.size() > 1 ? "," : "") + std::string("{\"key\":") + json(entry.first) +
              ",\"value\":" + json(entry.second) + "}";
  }
  return result + "]";
}

template <class Key, class Value>
std::map<Key, Value> entries(std::function<Key()> key, std::function<Value()> value) {
  std::map<Key, Value> result;
  for (uint64_t i = below(4); i > 0; i--) {
    // Two statements: which operand is evaluated first is not said.
    Key k = key();
    result.emplace(k, value());
  }
  return result;
}

void long_double(Cdr& cdr, FastBuffer& buffer, __float128 value, bool is_big) {
  cdr << 0.0L;
  unsigned char bytes[16];
  std::memcpy(bytes, &value, sizeof bytes);
  char* place = buffer.getBuffer() + cdr.getSerializedDataLength() - sizeof bytes;
  for (int i = 0; i < 16; i++) place[i] = static_cast<char>(bytes[is_big ? 15 - i : i]);
}

struct Row {
  std::string json;
  std::function<void(Cdr&, FastBuffer&, bool is_big)> write;
};

void print(const char* type, const Row& row) {
  std::string line = type;
  for (bool is_big : {false, true}) {
    // Zeros: Fast CDR leaves padding as it finds it.
    char storage[4096] = {};
    FastBuffer buffer(storage, sizeof storage);
    Cdr cdr(buffer, is_big ? Cdr::BIG_ENDIANNESS : Cdr::LITTLE_ENDIANNESS, Cdr::DDS_CDR);
    cdr.serialize_encapsulation();
    row.write(cdr, buffer, is_big);
    line += '\t';
    for (size_t i = 0; i < cdr.getSerializedDataLength(); i++) {
      char hex[3];
      std::snprintf(hex, sizeof hex, "%02x", static_cast<unsigned char>(buffer.getBuffer()[i]));
      line += hex;
    }
  }
  std::printf("%s\t%s\n", line.c_str(), row.json.c_str());
}

template <class Key, class Value>
Row map_row(std::function<Key()> key, std::function<Value()> value) {
  uint8_t before = static_cast<uint8_t>(below(256));
  uint8_t after = static_cast<uint8_t>(below(256));
  auto map = entries<Key, Value>(key, value);
  return {"{\"a\":" + json(before) + ",\"m\":" + json(map) + ",\"z\":" + json(after) + "}",
          [=](Cdr& cdr, FastBuffer&, bool) {
            cdr << before;
            cdr.serialize(map);
            cdr << after;
          }};
}

// Of some values the rest of the digits is lost in a double: those are for reading only.
Row quads(bool is_rounded) {
  std::vector<__float128> values;
  for (uint64_t i = 1 + below(3); i > 0; i--) {
    __float128 value = real();
    if (is_rounded) {
      unsigned char bytes[16];
      std::memcpy(bytes, &value, sizeof bytes);
      // The lower 60 bits, which a double does not have; sometimes exactly half of its last place.
      uint64_t low = generator();
      if (below(4) == 0) low = 1ull << 59;
      low &= (1ull << 60) - 1;
      uint64_t word;
      std::memcpy(&word, bytes, sizeof word);
      word = (word & ~((1ull << 60) - 1)) | low;
      std::memcpy(bytes, &word, sizeof word);
      std::memcpy(&value, bytes, sizeof bytes);
    }
    values.push_back(value);
  }
  std::vector<double> doubles;
  for (__float128 value : values) doubles.push_back(static_cast<double>(value));
  uint8_t before = static_cast<uint8_t>(below(256));
  return {"{\"a\":" + json(before) + ",\"v\":" + json(doubles[0]) + ",\"l\":" + json(doubles) + "}",
          [=](Cdr& cdr, FastBuffer& buffer, bool is_big) {
            cdr << before;
            long_double(cdr, buffer, values[0], is_big);
            cdr << static_cast<uint32_t>(values.size());
            for (__float128 value : values) long_double(cdr, buffer, value, is_big);
          }};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  generator.seed(std::stoull(argv[2]));
  auto int16 = [] { return static_cast<int16_t>(integer()); };
  auto int32 = [] { return static_cast<int32_t>(integer()); };
  auto uint8 = [] { return static_cast<uint8_t>(integer()); };
  auto letter = [] { return static_cast<char>('a' + below(26)); };
  auto point = [=] { return Point{int32(), int32()}; };
  auto color = [] {
    const Color all[] = {Color::red, Color::green, Color::blue};
    return ColorKey{all[below(3)]};
  };
  auto texts = [] {
    std::vector<std::string> result;
    for (uint64_t i = below(3); i > 0; i--) result.push_back(text());
    return result;
  };
  auto inner = [=] { return entries<int32_t, std::string>(int32, text); };
  for (long i = std::stol(argv[1]); i > 0; i--) {
    print("TextKeys", map_row<std::string, int32_t>(text, int32));
    print("LongKeys", map_row<int64_t, Point>(integer, point));
    print("ColorKeys", map_row<ColorKey, std::vector<std::string>>(color, texts));
    print("CharKeys", map_row<char, int16_t>(letter, int16));
    print("OctetKeys", map_row<uint8_t, uint8_t>(uint8, uint8));
    print("ShortKeys", map_row<int16_t, double>(int16, real));
    print("Nested", map_row<std::string, std::map<int32_t, std::string>>(text, inner));
    print("Quads", quads(false));
    print("Rounded", quads(true));
  }
}
