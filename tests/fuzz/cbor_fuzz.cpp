// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Arbitrary bytes through the CBOR decoder. What it accepts stays within the input; what is in
// deterministic form comes out of the encoder again byte by byte.

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "aiot/record/cbor.hpp"
#include "aiot/record/deterministic.hpp"
#include "tests/support/hex.hpp"

namespace aiot::record {
namespace {

void expect(bool ok) {
  if (!ok) {
    std::abort();
  }
}

// Every typed read at the same place.
void read_each_way(Bytes input) {
  (void)Decoder(input).peek();
  (void)Decoder(input).read_unsigned();
  (void)Decoder(input).read_integer();
  (void)Decoder(input).read_bytes();
  (void)Decoder(input).read_text();
  (void)Decoder(input).read_array();
  (void)Decoder(input).read_map();
  (void)Decoder(input).read_tag();
  (void)Decoder(input).read_boolean();
  (void)Decoder(input).read_real();
  (void)Decoder(input).take_null();
}

void write_again(const Item& item, Encoder& out) {
  switch (item.type) {
    case Type::kUnsigned:
      out.unsigned_integer(item.value);
      break;
    case Type::kNegative:
      if (item.value <= INT64_MAX) {
        out.integer(-1 - static_cast<std::int64_t>(item.value));
      }
      break;
    case Type::kBytes:
      out.bytes(item.data);
      break;
    case Type::kText:
      out.text({reinterpret_cast<const char*>(item.data.data()), item.data.size()});
      break;
    case Type::kArray:
      out.array(item.value);
      break;
    case Type::kMap:
      out.map(item.value);
      break;
    case Type::kTag:
      out.tag(item.value);
      break;
    case Type::kFloat:
      out.real64(real_value(item));
      break;
    case Type::kSimple:
    case Type::kBreak:
      break;
  }
}

bool can_be_written(const Item& item) {
  return item.type != Type::kSimple && (item.type != Type::kNegative || item.value <= INT64_MAX);
}

void check_round_trip(Bytes item) {
  std::vector<std::byte> buffer(item.size());
  Encoder out(buffer);
  Decoder in(item);
  while (!in.at_end()) {
    const Item part = *in.next();
    if (!can_be_written(part)) {
      return;
    }
    write_again(part, out);
  }
  const Result<Bytes> again = out.finish();
  expect(again.ok() && same_bytes(*again, item));
}

void run(Bytes input) {
  read_each_way(input);
  Decoder heads(input);
  while (heads.next().ok()) {
  }
  expect(heads.position() <= input.size());
  Decoder in(input);
  const Result<Bytes> item = in.skip();
  const bool canonical = check_deterministic(input).ok();
  if (!item.ok()) {
    expect(in.position() == 0 && !canonical);
    return;
  }
  expect(item->size() == in.position() && item->size() <= input.size());
  if (canonical) {
    expect(item->size() == input.size());
    check_round_trip(input);
  }
}

}  // namespace
}  // namespace aiot::record

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  aiot::record::run({reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
