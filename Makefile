# Every target does its own set-up: on a fresh Debian 12 machine only make, git and the Swift toolchain are
# expected. `make` alone lists the targets.

BUILD_PACKAGES := libmicrohttpd-dev cyclonedds-dev protobuf-compiler pkg-config gcc curl
# libprotobuf-dev holds the well-known .proto files, which protobuf-compiler alone lacks.
TEST_PACKAGES  := python3-venv nginx-light libprotobuf-dev cyclonedds-tools libfastrtps-dev libfastcdr-dev g++ gcc iproute2 openssl
BENCH_PACKAGES := python3 wrk g++ libprotobuf-dev protobuf-compiler

SHELL  := /bin/bash
SWIFT  ?= swift
SWIFTC ?= swiftc
PYTHON := .venv/bin/python3
STAMPS := .build/setup

# What the sanitizers run; ArchitectureTests has nothing to race on.
DEEP_SELECTION ?= --skip ArchitectureTests

# With Swift's own libraries inside: one file to carry, and a few percent faster than through their symbol tables.
# Overlapping accesses are looked for when the tests run; to look for them again in each request costs 6 % of its time.
RELEASE := -c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked

# What is installed and what is measured: over the borders of modules, which takes 5 % of a request's instructions away. Not for the
# demo, since building takes half as long again.
OPTIMISED := $(RELEASE) --scratch-path .build/optimised --experimental-lto-mode thin --omit-frame-pointers \
  -Xswiftc -use-ld=lld -Xlinker --thinlto-cache-dir=.build/optimised/lto

.DEFAULT_GOAL := help
.PHONY: help setup demo release demo-messages daos-schemas daos-messages well-known corpus-messages bench-messages fuzz-schema test consumers soak bench bench-drpc bench-dds bench-transcoding bench-routing fuzz deep tsan asan lint format clean toolchain

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: toolchain $(STAMPS)/build $(STAMPS)/test $(STAMPS)/bench .venv/.complete ## Install what is missing: Debian packages and the Python environment of the tests

demo: toolchain $(STAMPS)/build ## Build and run a gateway with demo services on 127.0.0.1:8080 (PORT= changes it)
	$(SWIFT) build $(RELEASE) --product drawbridge
	@"$$($(SWIFT) build $(RELEASE) --show-bin-path)/drawbridge" demo

release: toolchain $(STAMPS)/build ## Build the program for use: .build/optimised/release/drawbridge
	$(SWIFT) build $(OPTIMISED) --product drawbridge

# One test at a time: tests wait for real sockets and processes, and on two cores those that wait would keep the
# others from running until their own deadlines pass.
TEST_OPTIONS := --disable-xctest --no-parallel

# What failed is said again at the end, above the runner's closing line: thousands of lines may lie between.
test: toolchain $(STAMPS)/build $(STAMPS)/test .venv/.complete ## Run all tests
	$(SWIFT) build --build-tests
	$(MAKE) consumers
	@echo '$(SWIFT) test --skip-build $(TEST_OPTIONS)'
	@set -o pipefail; $(SWIFT) test --skip-build $(TEST_OPTIONS) 2>&1 | tee .build/test.log || \
	  { grep -E '^✘|Fatal error|error:' .build/test.log | cut -c1-1000; exit 1; }

# Packages of their own, as somebody else's would be: the libraries with their public surfaces only.
consumers: toolchain $(STAMPS)/build ## Build the examples of docs/swift-drpc.md and docs/dds.md against the libraries, and run the first
	$(SWIFT) run --package-path Tests/DRPCConsumer --scratch-path .build/consumer-drpc EchoExample .build/consumer-drpc/echo.sock
	$(SWIFT) build --package-path Tests/DDSRPCConsumer --scratch-path .build/consumer-ddsrpc

bench: toolchain $(STAMPS)/build $(STAMPS)/bench ## Compare with libmicrohttpd alone and with a C relay; takes about four minutes
	RELEASE='$(OPTIMISED)' python3 Benchmarks/http_bench.py

bench-drpc: toolchain $(STAMPS)/build $(STAMPS)/bench ## Compare calls through Drawbridge with a dRPC client and a relay in C; two minutes
	RELEASE='$(OPTIMISED)' python3 Benchmarks/drpc_bench.py

bench-dds: release $(STAMPS)/test $(STAMPS)/bench ## REST to DDS-RPC beside a native C client; takes about two minutes
	python3 Benchmarks/dds_bench.py "$$($(SWIFT) build $(OPTIMISED) --show-bin-path)/drawbridge"

soak: toolchain $(STAMPS)/build $(STAMPS)/test .venv/.complete ## Memory and descriptors over 100,000 calls of each kind
	$(SWIFT) build --build-tests
	DRAWBRIDGE_SOAK=1 $(SWIFT) test --skip-build $(TEST_OPTIONS) --filter SoakTests

# Benchmarks and fuzzers stand in Package.swift only when this is set.
TOOLS := DRAWBRIDGE_TOOLS=1

bench-transcoding: toolchain $(STAMPS)/build $(STAMPS)/bench .venv/.complete ## Compare the transcoding with Google's json_util and SwiftProtobuf
	$(TOOLS) $(SWIFT) build $(RELEASE) --product transcoding-bench
	$(TOOLS) $(SWIFT) build $(RELEASE) --product transcoding-allocations
	$(TOOLS) $(SWIFT) build $(RELEASE) --product cdr-bench
	@bin="$$($(TOOLS) $(SWIFT) build $(RELEASE) --show-bin-path)"; \
	python3 Benchmarks/transcoding_bench.py "$$bin/transcoding-bench" "$$bin/transcoding-allocations" && \
	python3 Benchmarks/cdr_bench.py "$$bin/cdr-bench" "$$bin/transcoding-bench" $(PYTHON)

bench-routing: toolchain $(STAMPS)/build ## Compare lookups in 100 and in 10,000 routes, and load 10,000
	$(TOOLS) $(SWIFT) build $(RELEASE) --product routing-bench
	@"$$($(TOOLS) $(SWIFT) build $(RELEASE) --show-bin-path)/routing-bench" Sources/drawbridge/Demo/demo.binpb

# A fuzzer is a case of FuzzCases.all and its folder of seeds in Fuzz/Corpus. What fails goes to Fuzz/Crashes, where the
# tests find it. FUZZERS='json wire' runs some only.
FUZZERS ?= $(notdir $(wildcard Fuzz/Corpus/*))
FUZZ_SECONDS ?= 10
FUZZ_FLAGS := -sanitize=fuzzer,address
FUZZ_BUILD := build -c release --scratch-path .build/fuzz $(addprefix -Xswiftc ,$(FUZZ_FLAGS)) --product Fuzzer
FUZZ_LIMITS := -max_len=4096 -timeout=10 -rss_limit_mb=2048

fuzz: toolchain $(STAMPS)/build ## Run each fuzzer for FUZZ_SECONDS=10
	$(TOOLS) $(SWIFT) $(FUZZ_BUILD)
	$(SWIFTC) $(FUZZ_FLAGS) -use-ld=lld -o .build/fuzz/fuzzer \
	  -Xlinker --whole-archive "$$($(TOOLS) $(SWIFT) $(FUZZ_BUILD) --show-bin-path)/libFuzzer.a" -Xlinker --no-whole-archive
	@set -e; for fuzzer in $(FUZZERS); do \
	  echo "fuzzing $$fuzzer for $(FUZZ_SECONDS) s"; \
	  mkdir -p .build/fuzz/run .build/fuzz/found/$$fuzzer Fuzz/Crashes/$$fuzzer; \
	  ln -sf ../fuzzer .build/fuzz/run/$$fuzzer; \
	  .build/fuzz/run/$$fuzzer -max_total_time=$(FUZZ_SECONDS) $(FUZZ_LIMITS) \
	    -artifact_prefix=Fuzz/Crashes/$$fuzzer/ .build/fuzz/found/$$fuzzer Fuzz/Corpus/$$fuzzer; \
	done

deep: tsan asan fuzz ## Run the tests under ThreadSanitizer, then under AddressSanitizer, and the fuzzers

tsan asan: toolchain $(STAMPS)/build $(STAMPS)/test .venv/.complete

tsan:
	TSAN_OPTIONS=exitcode=66 $(SWIFT) test $(TEST_OPTIONS) \
	  --sanitize=thread --scratch-path .build/tsan $(DEEP_SELECTION)

asan:
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leaks.txt $(SWIFT) test $(TEST_OPTIONS) \
	  --sanitize=address --scratch-path .build/asan $(DEEP_SELECTION)

lint: toolchain ## Check the format of the Swift sources
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks Fuzz

demo-messages: ## Make Sources/DemoMessages anew; needs protoc-gen-swift in PATH
	cd Sources/drawbridge/Demo && protoc -I. -I../../ProtobufSchema/Protos --swift_out=../../DemoMessages --swift_opt=UseAccessLevelOnImports=true \
	  --swift_opt=Visibility=Package demo.proto
	cd Sources/drawbridge/Demo && protoc -I. -I../../ProtobufSchema/Protos --include_imports \
	  --descriptor_set_out=demo.binpb demo.proto

daos-schemas: ## Make the descriptor sets of deploy/daos anew, from the .proto files beside them
	for release in 2.6 2.8; do (cd deploy/daos/$$release && protoc --include_imports \
	  --descriptor_set_out=../daos-$$release.binpb mgmt.proto prop.proto ctl.proto srv.proto) || exit; done

daos-messages: ## Make Tests/DAOSStandIn/Messages anew; needs protoc-gen-swift in PATH
	cd deploy/daos/2.8 && protoc --swift_out=../../../Tests/DAOSStandIn/Messages \
	  --swift_opt=UseAccessLevelOnImports=true --swift_opt=Visibility=Package mgmt.proto prop.proto ctl.proto srv.proto

well-known: ## Make the descriptor set of protobuf's own files anew; needs libprotobuf-dev
	cd /usr/include && protoc --descriptor_set_out=$(CURDIR)/Sources/ProtobufSchema/WellKnown.binpb \
	  google/protobuf/any.proto google/protobuf/api.proto google/protobuf/descriptor.proto \
	  google/protobuf/duration.proto google/protobuf/empty.proto google/protobuf/field_mask.proto \
	  google/protobuf/source_context.proto google/protobuf/struct.proto google/protobuf/timestamp.proto \
	  google/protobuf/type.proto google/protobuf/wrappers.proto

corpus-messages: ## Make Tests/CorpusMessages anew; needs protoc-gen-swift in PATH
	cd Tests/TranscodingTests/Fixtures && protoc --swift_out=../../CorpusMessages \
	  --swift_opt=UseAccessLevelOnImports=true --swift_opt=Visibility=Package corpus.proto legacy.proto extensions.proto

bench-messages: ## Make Benchmarks/Transcoding/Messages anew; needs protoc-gen-swift in PATH
	cd Benchmarks/Transcoding && protoc --swift_out=Messages --swift_opt=UseAccessLevelOnImports=true \
	  --swift_opt=Visibility=Package bench.proto

fuzz-schema: .venv/.complete ## Make the descriptor set of the fuzzers anew, from the tests' fixtures
	.venv/bin/python-grpc-tools-protoc -ITests/TranscodingTests/Fixtures --include_imports \
	  --descriptor_set_out=Fuzz/Cases/schema.binpb corpus.proto legacy.proto editions.proto editions_file.proto \
	  extensions.proto

format: toolchain ## Format the Swift sources in place
	$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks Fuzz

clean: ## Remove all that was built, and the Python environment
	rm -rf .build .venv .bench

toolchain:
	@command -v $(SWIFT) >/dev/null || { \
	  echo 'Swift 6.3 is needed and not in PATH; see https://www.swift.org/install/linux/'; exit 2; }

# Debian packages

$(STAMPS)/build: PACKAGES := $(BUILD_PACKAGES)
$(STAMPS)/test: PACKAGES := $(TEST_PACKAGES)
$(STAMPS)/bench: PACKAGES := $(BENCH_PACKAGES)

# The lists stand in this file, so that a change of it looks again.
$(STAMPS)/build $(STAMPS)/test $(STAMPS)/bench: Makefile
	@missing=; for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "installing:$$missing"; \
	  if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	  $$sudo apt-get update -q && \
	  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; \
	fi
	@mkdir -p $(@D) && touch $@

# The Python environment of the test peers

.venv/.complete: Tests/requirements.txt | $(STAMPS)/test
	@test -x $(PYTHON) || python3 -m venv .venv
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@
