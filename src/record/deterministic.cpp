// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/record/deterministic.hpp"

#include <algorithm>
#include <array>

#include "aiot/record/cbor.hpp"

namespace aiot::record {
namespace {

constexpr std::size_t shortest_head(std::uint64_t argument) noexcept {
  if (argument < 24U) {
    return 1;
  }
  if (argument <= 0xFFU) {
    return 2;
  }
  if (argument <= 0xFFFFU) {
    return 3;
  }
  return argument <= 0xFFFFFFFFU ? 5 : 9;
}

bool is_shortest(const Item& item, Bytes encoded) noexcept {
  if (item.type != Type::kFloat) {
    return encoded.size() == shortest_head(item.value) + item.data.size();
  }
  std::array<std::byte, 9> again{};
  Encoder encoder(again);
  encoder.real64(real_value(item));
  return std::ranges::equal(*encoder.finish(), encoded);
}

// One open array, map or tag.
struct Level {
  std::uint64_t remaining;
  bool is_map;
  Bytes key;  // the last one of a map
};

class Checker {
 public:
  explicit Checker(Bytes in) noexcept : in_(in), decoder_(in) {}

  Status run() noexcept {
    do {
      AIOT_TRY(step());
    } while (depth_ > 0);
    return decoder_.at_end() ? Status{} : Error::kInvalidArgument;
  }

 private:
  // One head, in the innermost open item.
  Status step() noexcept {
    const std::size_t begin = decoder_.position();
    AIOT_TRY(count_child());
    const Result<Item> item = decoder_.next();
    if (!item.ok()) {
      return item.error() == Error::kEmpty && begin > 0 ? Error::kOutOfRange : item.error();
    }
    const Bytes encoded = in_.subspan(begin, decoder_.position() - begin);
    if (item->indefinite || item->type == Type::kBreak || !is_shortest(*item, encoded)) {
      return Error::kInvalidArgument;
    }
    if (item->type == Type::kText && !is_utf8(item->data)) {
      return Error::kCorrupt;
    }
    AIOT_TRY(open(*item));
    while (depth_ > 0 && levels_[depth_ - 1U].remaining == 0) {
      --depth_;
    }
    return {};
  }

  Status count_child() noexcept {
    if (depth_ == 0) {
      return {};
    }
    Level& level = levels_[depth_ - 1U];
    const bool is_key = level.is_map && level.remaining % 2U == 0;
    --level.remaining;
    if (!is_key) {
      return {};
    }
    Decoder ahead(in_.subspan(decoder_.position()));
    const Result<Bytes> key = ahead.skip();
    if (!key.ok()) {
      return key.error() == Error::kEmpty ? Error::kOutOfRange : key.error();
    }
    const bool is_sorted = std::ranges::lexicographical_compare(level.key, *key);
    level.key = *key;
    return is_sorted ? Status{} : Error::kInvalidArgument;
  }

  Status open(const Item& item) noexcept {
    std::uint64_t children = item.type == Type::kTag ? 1U : 0U;
    if (item.type == Type::kArray || item.type == Type::kMap) {
      children = item.value;
    }
    if (item.type == Type::kMap) {
      if (children > UINT64_MAX / 2U) {
        return Error::kOutOfRange;
      }
      children *= 2U;
    }
    if (children == 0) {
      return {};
    }
    if (depth_ == levels_.size()) {
      return Error::kUnsupported;
    }
    levels_[depth_++] = {children, item.type == Type::kMap, {}};
    return {};
  }

  Bytes in_;
  Decoder decoder_;
  std::array<Level, Decoder::kMaxDepth> levels_{};
  std::size_t depth_ = 0;
};

}  // namespace

Status check_deterministic(Bytes item) noexcept {
  return Checker(item).run();
}

}  // namespace aiot::record
