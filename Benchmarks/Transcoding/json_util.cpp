// The other side of `make bench-transcoding`: Google's json_util with a type resolver, which is what transcoders
// without generated code use. Reads what `transcoding-bench prepare` wrote.
//
//     json_util DIR SET    answers lines: CASE TYPE DIRECTION SECONDS -> nanoseconds a message
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

namespace {

const char kPrefix[] = "type.googleapis.com";

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Calls `body` for about `seconds` and returns the nanoseconds of one call.
double time(double seconds, const std::function<void()>& body) {
  using clock = std::chrono::steady_clock;
  long calls = 1;
  for (;;) {
    auto start = clock::now();
    for (long i = 0; i < calls; i++) body();
    double passed = std::chrono::duration<double, std::nano>(clock::now() - start).count();
    if (passed >= seconds * 0.5e9) return passed / calls;
    calls = std::max(calls * 2, long(calls * seconds * 0.8e9 / std::max(passed, 1.0)));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::string folder = std::string(argv[1]) + "/";
  google::protobuf::FileDescriptorSet set;
  if (!set.ParseFromString(read_file(argv[2]))) return 2;
  google::protobuf::DescriptorPool pool;
  for (const auto& file : set.file()) pool.BuildFile(file);
  std::unique_ptr<google::protobuf::util::TypeResolver> resolver(
      google::protobuf::util::NewTypeResolverForDescriptorPool(kPrefix, &pool));

  std::string name, type, direction;
  double seconds;
  while (std::cin >> name >> type >> direction >> seconds) {
    std::string wire = read_file(folder + name + ".wire");
    std::string json = read_file(folder + name + ".json");
    std::string url = std::string(kPrefix) + "/" + type;
    auto check = [&](const google::protobuf::util::Status& status) {
      if (!status.ok()) throw std::runtime_error(status.ToString());
    };
    double result = 0;
    std::string output;
    if (direction == "to-json") {
      result = time(seconds, [&] {
        output.clear();
        check(google::protobuf::util::BinaryToJsonString(resolver.get(), url, wire, &output));
      });
    } else {
      result = time(seconds, [&] {
        output.clear();
        check(google::protobuf::util::JsonToBinaryString(resolver.get(), url, json, &output));
      });
    }
    std::printf("%f\n", result);
    std::fflush(stdout);
  }
}
