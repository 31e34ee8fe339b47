// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// An independent reader, libcbor, sees in our bytes what we meant, and agrees about what is CBOR.

#include <cbor.h>

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "aiot/record/cbor.hpp"
#include "aiot/record/cose.hpp"
#include "aiot/record/float16.hpp"
#include "aiot/record/record.hpp"
#include "tests/record/examples.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/test.hpp"

namespace aiot::record {
namespace {

struct Release {
  void operator()(cbor_item_t* item) const { cbor_decref(&item); }
};

using ItemPtr = std::unique_ptr<cbor_item_t, Release>;

struct Loaded {
  ItemPtr item;
  std::size_t read = 0;
};

Loaded load(Bytes bytes) {
  cbor_load_result result{};
  ItemPtr item(cbor_load(reinterpret_cast<cbor_data>(bytes.data()), bytes.size(), &result));
  return {std::move(item), result.read};
}

std::uint64_t number(const cbor_item_t* array, std::size_t index) {
  const ItemPtr item(cbor_array_get(array, index));
  return cbor_isa_uint(item.get()) ? cbor_get_int(item.get()) : ~0ULL;
}

std::vector<std::uint8_t> string_at(const cbor_item_t* array, std::size_t index) {
  const ItemPtr item(cbor_array_get(array, index));
  if (!cbor_isa_bytestring(item.get())) {
    return {};
  }
  const cbor_data data = cbor_bytestring_handle(item.get());
  return {data, data + cbor_bytestring_length(item.get())};
}

// libcbor writes an item as wide as it read it, so the same bytes come out.
bool writes_back(const cbor_item_t* item, Bytes expected) {
  std::vector<unsigned char> out(expected.size() + 16);
  const std::size_t size = cbor_serialize(item, out.data(), out.size());
  return size == expected.size() && std::memcmp(out.data(), expected.data(), size) == 0;
}

bool equals(const std::vector<std::uint8_t>& a, Bytes b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), b.size()) == 0;
}

/// Reason `i` of the array: its code, or a list of the code and float16 numbers.
void expect_reason(const cbor_item_t* array, std::size_t i, const Cause& cause) {
  if (cause.numbers.empty()) {
    EXPECT_EQ(number(array, i), static_cast<std::uint64_t>(cause.reason));
    return;
  }
  const ItemPtr list(cbor_array_get(array, i));
  ASSERT_TRUE(cbor_isa_array(list.get()) && cbor_array_size(list.get()) == 2);
  EXPECT_EQ(number(list.get(), 0), static_cast<std::uint64_t>(cause.reason));
  const ItemPtr tagged(cbor_array_get(list.get(), 1));
  ASSERT_TRUE(cbor_isa_tag(tagged.get()));
  EXPECT_EQ(cbor_tag_value(tagged.get()), 84U);
  const ItemPtr content(cbor_tag_item(tagged.get()));
  ASSERT_EQ(cbor_bytestring_length(content.get()), 2 * cause.numbers.size());
  const cbor_data halves = cbor_bytestring_handle(content.get());
  for (std::size_t n = 0; n < cause.numbers.size(); ++n) {
    EXPECT_EQ(halves[2 * n] | (halves[2 * n + 1] << 8), to_float16(cause.numbers[n]));
  }
}

TEST(Libcbor, ReadsEveryDecisionAsItWasMeant) {
  sim::Random random(4711);
  std::array<std::byte, 512> buffer{};
  for (int round = 0; round < 2000; ++round) {
    const AnyDecision any(random);
    const DecisionRecord& in = any.record;
    const Bytes bytes = *encode(in, buffer);
    const Loaded loaded = load(bytes);
    ASSERT_NE(loaded.item, nullptr);
    ASSERT_EQ(loaded.read, bytes.size());
    const cbor_item_t* array = loaded.item.get();
    ASSERT_TRUE(cbor_isa_array(array) && cbor_array_size(array) == 10);
    EXPECT_EQ(number(array, 0), 1U);
    EXPECT_TRUE(equals(string_at(array, 1), in.context));
    EXPECT_EQ(number(array, 2), static_cast<std::uint64_t>(in.stream));
    EXPECT_EQ(number(array, 3), in.sequence);
    EXPECT_EQ(number(array, 4), in.sample);
    const ItemPtr label(cbor_array_get(array, 5));
    if (in.label == kUnknownLabel) {
      EXPECT_TRUE(cbor_is_null(label.get()));
    } else {
      EXPECT_EQ(cbor_get_int(label.get()), in.label);
    }
    EXPECT_EQ(number(array, 6), in.confidence);
    const ItemPtr features(cbor_array_get(array, 7));
    ASSERT_TRUE(cbor_isa_tag(features.get()));
    EXPECT_EQ(cbor_tag_value(features.get()), 84U);
    const ItemPtr content(cbor_tag_item(features.get()));
    ASSERT_EQ(cbor_bytestring_length(content.get()), 2 * in.features.size());
    const cbor_data halves = cbor_bytestring_handle(content.get());
    for (std::size_t i = 0; i < in.features.size(); ++i) {
      EXPECT_EQ(halves[2 * i] | (halves[2 * i + 1] << 8), to_float16(in.features[i]));
    }
    EXPECT_EQ(number(array, 8), in.flags);
    const ItemPtr reasons(cbor_array_get(array, 9));
    ASSERT_EQ(cbor_array_size(reasons.get()), in.reasons.size());
    for (std::size_t i = 0; i < in.reasons.size(); ++i) {
      expect_reason(reasons.get(), i, in.reasons[i]);
    }
    ASSERT_TRUE(writes_back(array, bytes));
  }
}

TEST(Libcbor, ReadsTheContextAsItWasMeant) {
  std::array<std::byte, 1024> buffer{};
  const Context context = full_context();
  const Bytes bytes = *encode(ContextRecord{.sequence = 3, .start = 9, .content = context}, buffer);
  const Loaded loaded = load(bytes);
  ASSERT_NE(loaded.item, nullptr);
  const cbor_item_t* array = loaded.item.get();
  ASSERT_TRUE(cbor_isa_array(array) && cbor_array_size(array) == 6);
  EXPECT_EQ(number(array, 0), 0U);
  EXPECT_EQ(number(array, 3), 3U);
  EXPECT_EQ(number(array, 4), 9U);
  const ItemPtr map(cbor_array_get(array, 5));
  ASSERT_TRUE(cbor_isa_map(map.get()));
  ASSERT_EQ(cbor_map_size(map.get()), 15U);
  const cbor_pair* pairs = cbor_map_handle(map.get());
  for (std::size_t i = 0; i < 15; ++i) {
    EXPECT_EQ(cbor_get_int(pairs[i].key), i) << "ascending keys";
  }
  EXPECT_TRUE(equals(string_at(pairs[3].value, 1), context.firmware_hash));
  const ItemPtr label(cbor_array_get(pairs[8].value, 2));
  EXPECT_EQ(std::string(reinterpret_cast<char*>(cbor_string_handle(label.get())),
                        cbor_string_length(label.get())),
            "outer_race");
  const ItemPtr rate(cbor_array_get(pairs[10].value, 0));
  EXPECT_EQ(cbor_float_get_float(rate.get()), 12000.0);
  const ItemPtr scale(cbor_array_get(pairs[10].value, 1));
  EXPECT_EQ(static_cast<float>(cbor_float_get_float(scale.get())), context.sensor.scale);
  EXPECT_TRUE(writes_back(array, bytes));
}

TEST(Libcbor, ReadsEveryTimeAsItWasMeant) {
  sim::Random random(1970);
  std::array<std::byte, kMaxTimeBytes> buffer{};
  for (int round = 0; round < 2000; ++round) {
    const TimeRecord in = any_time(random);
    const Bytes bytes = *encode(in, buffer);
    const Loaded loaded = load(bytes);
    ASSERT_NE(loaded.item, nullptr);
    ASSERT_EQ(loaded.read, bytes.size());
    const cbor_item_t* array = loaded.item.get();
    ASSERT_TRUE(cbor_isa_array(array) && cbor_array_size(array) == 9);
    EXPECT_EQ(number(array, 0), 3U);
    EXPECT_TRUE(equals(string_at(array, 1), in.context));
    EXPECT_EQ(number(array, 2), static_cast<std::uint64_t>(in.stream));
    EXPECT_EQ(number(array, 3), in.sequence);
    EXPECT_EQ(number(array, 4), in.resume);
    EXPECT_EQ(number(array, 5), in.frame);
    EXPECT_EQ(number(array, 6), in.unix_ms);
    EXPECT_EQ(number(array, 7), in.uncertainty_ms);
    EXPECT_EQ(number(array, 8), in.clock);
    ASSERT_TRUE(writes_back(array, bytes));
  }
}

// --- numbers that libcbor wrote -----------------------------------------------------------------

template <class Build>
std::vector<std::byte> written(Build build) {
  const ItemPtr item(build());
  std::vector<std::byte> out(16);
  out.resize(cbor_serialize(item.get(), reinterpret_cast<unsigned char*>(out.data()), out.size()));
  return out;
}

TEST(Libcbor, WritesNumbersThatWeRead) {
  sim::Random random(3);
  for (int round = 0; round < 2000; ++round) {
    const std::uint64_t value = random.next64() >> random.below(64);
    const std::vector<std::byte> wide = written([&] { return cbor_build_uint64(value); });
    Decoder in(wide);
    EXPECT_EQ(*in.read_unsigned(), value);
    const double real =
        static_cast<double>(sim::uniform(random, -1.0F, 1.0F)) * static_cast<double>(value);
    const std::vector<std::byte> eight = written([&] { return cbor_build_float8(real); });
    Decoder in8(eight);
    EXPECT_EQ(*in8.read_real(), real);
    const std::vector<std::byte> four =
        written([&] { return cbor_build_float4(static_cast<float>(real)); });
    Decoder in4(four);
    EXPECT_EQ(*in4.read_real(), static_cast<double>(static_cast<float>(real)));
  }
}

TEST(Libcbor, ReadsEveryFloat16AsWeDo) {
  for (std::uint32_t bits = 0; bits < 0x7C00U; ++bits) {
    const std::array<std::byte, 3> bytes = {
        std::byte{0xF9}, static_cast<std::byte>(bits >> 8U), static_cast<std::byte>(bits & 0xFFU)};
    const Loaded loaded = load(bytes);
    ASSERT_NE(loaded.item, nullptr);
    ASSERT_EQ(cbor_float_get_float2(loaded.item.get()),
              from_float16(static_cast<std::uint16_t>(bits)));
  }
}

// --- what is CBOR -------------------------------------------------------------------------------

// Known differences of libcbor 0.8: it refuses simple values other than false, true, null and
// undefined, and the tags 6 to 20; and it allocates what a large array or map claims to hold.
bool is_comparable(Bytes bytes) {
  for (const std::byte b : bytes) {
    const auto value = std::to_integer<unsigned>(b);
    const bool simple = value >= 0xE0U && value <= 0xF8U && (value < 0xF4U || value > 0xF7U);
    const bool large = value == 0x9AU || value == 0x9BU || value == 0xBAU || value == 0xBBU;
    const bool tag = value >= 0xC6U && value <= 0xD4U;
    if (simple || large || tag) {
      return false;
    }
  }
  return true;
}

// Bad UTF-8 is well-formed but not valid: libcbor refuses it at once, our decoder when it is read.
bool texts_are_utf8(Bytes item) {
  Decoder in(item);
  while (!in.at_end()) {
    const Item part = *in.next();
    if (part.type == Type::kText && !is_utf8(part.data)) {
      return false;
    }
  }
  return true;
}

TEST(Libcbor, AgreesWithUsAboutWhatIsWellFormed) {
  sim::Random random(2026);
  int accepted = 0;
  for (int round = 0; round < 200000; ++round) {
    std::array<std::byte, 10> buffer{};
    const Bytes bytes = Bytes(buffer).first(1 + random.below(buffer.size() - 1));
    for (std::byte& b : buffer) {
      // Mostly short items, so that many inputs are well formed.
      const std::uint32_t low = random.below(6) == 0 ? random.below(32) : random.below(4);
      b = static_cast<std::byte>((random.below(8) << 5U) | low);
    }
    if (!is_comparable(bytes)) {
      continue;
    }
    Decoder in(bytes);
    const Result<Bytes> ours = in.skip();
    if (ours.ok() && !texts_are_utf8(*ours)) {
      continue;
    }
    const Loaded theirs = load(bytes);
    ASSERT_EQ(ours.ok(), theirs.item != nullptr) << testing::PrintToString(
        std::vector<int>(reinterpret_cast<const unsigned char*>(bytes.data()),
                         reinterpret_cast<const unsigned char*>(bytes.data()) + bytes.size()));
    if (ours.ok()) {
      ++accepted;
      ASSERT_EQ(ours->size(), theirs.read);
    }
  }
  EXPECT_GT(accepted, 10000);
}

TEST(Libcbor, ReadsSealedMessagesAsTheyWereMeant) {
  sim::Random random(17);
  for (int round = 0; round < 200; ++round) {
    const CoseKind kind = random.below(2) == 0 ? CoseKind::kMac0 : CoseKind::kSign1;
    std::vector<std::byte> payload(random.below(700));
    std::vector<std::byte> seal(cose_seal_bytes(kind));
    std::array<std::byte, 16> kid{};
    for (const MutableBytes part : {MutableBytes(payload), MutableBytes(seal), MutableBytes(kid)}) {
      for (std::byte& b : part) {
        b = static_cast<std::byte>(random.next32());
      }
    }
    std::array<std::byte, 64> header_room{};
    std::array<std::byte, 1024> message{};
    const Hex<4> own("83010203");
    const Bytes headers = *encode_cose_headers(kind, {kid, own}, header_room);
    std::size_t size = encode_cose_message(kind, headers, payload.size(), message)->size();
    std::memcpy(message.data() + size, payload.data(), payload.size());
    size += payload.size();
    size += encode_cose_seal(seal, MutableBytes(message).subspan(size))->size();

    // This libcbor takes tags 6 to 20 for malformed, so it sees what is behind the tag.
    EXPECT_EQ(std::to_integer<unsigned>(message[0]), 0xC0U | static_cast<unsigned>(kind));
    const Loaded loaded = load(Bytes(message).first(size).subspan(1));
    ASSERT_NE(loaded.item, nullptr);
    ASSERT_EQ(loaded.read, size - 1);
    const cbor_item_t* array = loaded.item.get();
    ASSERT_TRUE(cbor_isa_array(array) && cbor_array_size(array) == 4);
    EXPECT_TRUE(equals(string_at(array, 0), headers));
    const ItemPtr unprotected(cbor_array_get(array, 1));
    EXPECT_TRUE(cbor_isa_map(unprotected.get()) && cbor_map_size(unprotected.get()) == 0);
    EXPECT_TRUE(equals(string_at(array, 2), payload));
    EXPECT_TRUE(equals(string_at(array, 3), seal));

    const Loaded map = load(headers);
    ASSERT_TRUE(map.item && cbor_isa_map(map.item.get()) && cbor_map_size(map.item.get()) == 3);
    const cbor_pair* const pairs = cbor_map_handle(map.item.get());
    EXPECT_EQ(cbor_get_int(pairs[0].key), 1U);
    EXPECT_EQ(cbor_isa_negint(pairs[0].value), kind == CoseKind::kSign1);
    EXPECT_EQ(cbor_get_int(pairs[0].value), kind == CoseKind::kSign1 ? 6U : 5U);
    EXPECT_EQ(cbor_get_int(pairs[1].key), 4U);
    EXPECT_EQ(cbor_bytestring_length(pairs[1].value), kid.size());
    EXPECT_TRUE(cbor_isa_negint(pairs[2].key));
    EXPECT_EQ(cbor_get_int(pairs[2].key), 65536U);
    EXPECT_EQ(cbor_array_size(pairs[2].value), 3U);
  }
}

}  // namespace
}  // namespace aiot::record
