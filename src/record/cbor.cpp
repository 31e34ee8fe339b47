// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/record/cbor.hpp"

#include <array>
#include <bit>
#include <cfloat>
#include <cstring>
#include <limits>

#include "aiot/record/float16.hpp"

namespace aiot::record {
namespace {

constexpr std::uint8_t kMajorUnsigned = 0;
constexpr std::uint8_t kMajorNegative = 1;
constexpr std::uint8_t kMajorBytes = 2;
constexpr std::uint8_t kMajorText = 3;
constexpr std::uint8_t kMajorArray = 4;
constexpr std::uint8_t kMajorMap = 5;
constexpr std::uint8_t kMajorTag = 6;
constexpr std::uint8_t kSimple = 0xE0;  // major type 7
constexpr std::uint8_t kFloat16 = 0xF9;
constexpr std::uint8_t kFloat32 = 0xFA;
constexpr std::uint8_t kFloat64 = 0xFB;
constexpr std::uint64_t kTagFloat16LittleEndian = 84;

bool is_nan(std::uint32_t float_bits) noexcept {
  return (float_bits << 1U) > 0xFF000000U;
}

// A double that is outside the range of float must not be converted to one.
bool keeps_as_float(double value) noexcept {
  const bool in_range =
      value >= -static_cast<double>(FLT_MAX) && value <= static_cast<double>(FLT_MAX);
  const bool is_infinite = value - value != 0.0 && value == value;
  return is_infinite || (in_range && static_cast<double>(static_cast<float>(value)) == value);
}

constexpr std::uint8_t kArgumentIndefinite = 31;

std::uint64_t load_be(Bytes bytes) noexcept {
  std::uint64_t value = 0;
  for (const std::byte b : bytes) {
    value = (value << 8U) | std::to_integer<std::uint64_t>(b);
  }
  return value;
}

// Value-carrying bytes after an initial byte whose low bits are 24 to 27.
constexpr std::size_t argument_bytes(std::uint8_t low) noexcept {
  return low < 24U ? 0U : std::size_t{1} << (low - 24U);
}

// Whether fewer than `extra` value-carrying bytes, 1 to 8, would do.
constexpr bool is_longer(std::size_t extra, std::uint64_t argument) noexcept {
  const auto low = static_cast<std::uint32_t>(argument);
  if (argument != low) {
    return false;
  }
  const std::uint32_t least = extra == 1 ? 24U : extra == 2 ? 0x100U : 0x10000U;
  return extra == 8 || low < least;
}

struct Head {
  Item item;
  std::size_t size = 0;  // bytes it takes, content of a string included
};

Result<Head> parse_major7(std::uint8_t low, std::uint64_t argument, std::size_t size) noexcept {
  Head head;
  head.size = size;
  head.item.value = argument;
  if (low <= 24U) {
    if (low == 24U && argument < 32U) {
      return Error::kCorrupt;  // simple values below 32 have one form only
    }
    head.item.type = Type::kSimple;
  } else {
    head.item.type = Type::kFloat;
    head.item.float_bytes = static_cast<std::uint8_t>(argument_bytes(low));
  }
  return head;
}

Result<Head> parse_indefinite(std::uint8_t major) noexcept {
  Head head;
  head.size = 1;
  if (major == 7U) {
    head.item.type = Type::kBreak;
    return head;
  }
  if (major < 2U || major == 6U) {
    return Error::kCorrupt;
  }
  head.item.type = static_cast<Type>(major);
  head.item.indefinite = true;
  return head;
}

Result<Head> parse(Bytes in, Form form) noexcept {
  if (in.empty()) {
    return Error::kEmpty;
  }
  const auto initial = std::to_integer<std::uint8_t>(in[0]);
  const auto major = static_cast<std::uint8_t>(initial >> 5U);
  const auto low = static_cast<std::uint8_t>(initial & 0x1FU);
  if (low == kArgumentIndefinite) {
    return form == Form::kAny || major < 2U || major == 6U ? parse_indefinite(major)
                                                           : Error::kInvalidArgument;
  }
  if (low > 27U) {
    return Error::kCorrupt;
  }
  const std::size_t extra = argument_bytes(low);
  if (in.size() - 1U < extra) {
    return Error::kOutOfRange;
  }
  const std::uint64_t argument = extra == 0 ? low : load_be(in.subspan(1, extra));
  if (major == 7U) {
    return parse_major7(low, argument, 1U + extra);
  }
  if (form == Form::kShortest && extra != 0 && is_longer(extra, argument)) {
    return Error::kInvalidArgument;
  }
  Head head;
  head.item.type = static_cast<Type>(major);
  head.item.value = argument;
  head.size = 1U + extra;
  if (head.item.type == Type::kBytes || head.item.type == Type::kText) {
    if (in.size() - head.size < argument) {
      return Error::kOutOfRange;
    }
    head.item.data = in.subspan(head.size, static_cast<std::size_t>(argument));
    head.size += head.item.data.size();
  }
  return head;
}

static_assert(static_cast<int>(Type::kUnsigned) == 0 && static_cast<int>(Type::kTag) == 6,
              "types are major types as far as those go");

// The open items around the one that is read next, without recursion.
class Nesting {
 public:
  [[nodiscard]] bool closed() const noexcept { return depth_ == 0; }

  // Enters an item that was just read.
  Status enter(const Item& item) noexcept {
    if (item.type == Type::kBreak) {
      return close_indefinite();
    }
    AIOT_TRY(count_child(item));
    if (item.indefinite) {
      return push({0, item.type, true, 0});
    }
    switch (item.type) {
      case Type::kTag:
        return push({1, item.type, false, 0});
      case Type::kArray:
        return item.value == 0 ? close_complete() : push({item.value, item.type, false, 0});
      case Type::kMap:
        if (item.value > std::numeric_limits<std::uint64_t>::max() / 2U) {
          return Error::kOutOfRange;
        }
        return item.value == 0 ? close_complete() : push({2U * item.value, item.type, false, 0});
      default:
        return close_complete();
    }
  }

 private:
  struct Level {
    std::uint64_t remaining;  // children to come, definite items
    Type type;
    bool indefinite;
    std::uint64_t children;  // so far, indefinite items
  };

  Status push(const Level& level) noexcept {
    if (depth_ == levels_.size()) {
      return Error::kUnsupported;
    }
    levels_[depth_++] = level;
    return {};
  }

  // An item begins inside the innermost open one.
  Status count_child(const Item& item) noexcept {
    if (depth_ == 0) {
      return {};
    }
    Level& level = levels_[depth_ - 1U];
    if (!level.indefinite) {
      --level.remaining;
      return {};
    }
    ++level.children;
    const bool is_string = level.type == Type::kBytes || level.type == Type::kText;
    const bool is_chunk = item.type == level.type && !item.indefinite;
    return is_string && !is_chunk ? Status{Error::kCorrupt} : Status{};
  }

  Status close_indefinite() noexcept {
    if (depth_ == 0 || !levels_[depth_ - 1U].indefinite) {
      return Error::kCorrupt;
    }
    const Level& level = levels_[depth_ - 1U];
    if (level.type == Type::kMap && level.children % 2U != 0) {
      return Error::kCorrupt;
    }
    --depth_;
    return close_complete();
  }

  Status close_complete() noexcept {
    while (depth_ > 0 && !levels_[depth_ - 1U].indefinite && levels_[depth_ - 1U].remaining == 0) {
      --depth_;
    }
    return {};
  }

  std::array<Level, Decoder::kMaxDepth> levels_{};
  std::size_t depth_ = 0;
};

// Bytes that follow the first byte of a character, and the smallest character of that length.
struct Sequence {
  std::size_t more = 0;
  std::uint32_t bits = 0;
  std::uint32_t smallest = 0;
};

Result<Sequence> begin_character(std::uint32_t byte) noexcept {
  if (byte < 0x80U) {
    return Sequence{0, byte, 0};
  }
  if ((byte & 0xE0U) == 0xC0U) {
    return Sequence{1, byte & 0x1FU, 0x80};
  }
  if ((byte & 0xF0U) == 0xE0U) {
    return Sequence{2, byte & 0x0FU, 0x800};
  }
  if ((byte & 0xF8U) == 0xF0U) {
    return Sequence{3, byte & 0x07U, 0x10000};
  }
  return Error::kCorrupt;
}

}  // namespace

bool is_utf8(Bytes text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    const Result<Sequence> sequence = begin_character(std::to_integer<std::uint32_t>(text[at++]));
    if (!sequence.ok() || text.size() - at < sequence->more) {
      return false;
    }
    std::uint32_t character = sequence->bits;
    for (std::size_t i = 0; i < sequence->more; ++i) {
      const auto byte = std::to_integer<std::uint32_t>(text[at++]);
      if ((byte & 0xC0U) != 0x80U) {
        return false;
      }
      character = (character << 6U) | (byte & 0x3FU);
    }
    const bool is_surrogate = character >= 0xD800U && character <= 0xDFFFU;
    if (character < sequence->smallest || character > 0x10FFFFU || is_surrogate) {
      return false;
    }
  }
  return true;
}

Encoder::Encoder(MutableBytes out) noexcept : out_(out) {}

// Big-endian `value` in `value_bytes` bytes after the initial byte.
void Encoder::put(std::uint8_t initial, std::uint64_t value, std::size_t value_bytes) noexcept {
  if (!fits_ || out_.size() - size_ < 1U + value_bytes) {
    fits_ = false;
    return;
  }
  out_[size_++] = std::byte{initial};
  for (std::size_t i = value_bytes; i-- > 0;) {
    out_[size_++] = static_cast<std::byte>((value >> (8U * i)) & 0xFFU);
  }
}

void Encoder::head(std::uint8_t major, std::uint64_t argument) noexcept {
  const auto initial = static_cast<std::uint8_t>(major << 5U);
  if (argument < 24U) {
    put(static_cast<std::uint8_t>(initial | argument), 0, 0);
  } else if (argument <= 0xFFU) {
    put(initial | 24U, argument, 1);
  } else if (argument <= 0xFFFFU) {
    put(initial | 25U, argument, 2);
  } else if (argument <= 0xFFFFFFFFU) {
    put(initial | 26U, argument, 4);
  } else {
    put(initial | 27U, argument, 8);
  }
}

void Encoder::unsigned_integer(std::uint64_t value) noexcept {
  head(kMajorUnsigned, value);
}

void Encoder::integer(std::int64_t value) noexcept {
  if (value >= 0) {
    head(kMajorUnsigned, static_cast<std::uint64_t>(value));
  } else {
    head(kMajorNegative, ~static_cast<std::uint64_t>(value));  // -1 - value
  }
}

void Encoder::raw(Bytes encoded) noexcept {
  if (!fits_ || out_.size() - size_ < encoded.size()) {
    fits_ = false;
    return;
  }
  if (!encoded.empty()) {
    std::memcpy(out_.data() + size_, encoded.data(), encoded.size());
  }
  size_ += encoded.size();
}

void Encoder::bytes_head(std::uint64_t size) noexcept {
  head(kMajorBytes, size);
}

void Encoder::bytes(Bytes data) noexcept {
  head(kMajorBytes, data.size());
  raw(data);
}

void Encoder::text(std::string_view utf8) noexcept {
  head(kMajorText, utf8.size());
  raw(as_bytes(utf8.data(), utf8.size()));
}

void Encoder::array(std::uint64_t items) noexcept {
  head(kMajorArray, items);
}

void Encoder::map(std::uint64_t pairs) noexcept {
  head(kMajorMap, pairs);
}

void Encoder::tag(std::uint64_t number) noexcept {
  head(kMajorTag, number);
}

void Encoder::boolean(bool value) noexcept {
  put(static_cast<std::uint8_t>(kSimple | (value ? kSimpleTrue : kSimpleFalse)), 0, 0);
}

void Encoder::null() noexcept {
  put(static_cast<std::uint8_t>(kSimple | kSimpleNull), 0, 0);
}

void Encoder::real(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint16_t half = to_float16(value);
  const bool same = std::bit_cast<std::uint32_t>(from_float16(half)) == bits;
  if (same || is_nan(bits)) {
    put(kFloat16, half, 2);
  } else {
    put(kFloat32, bits, 4);
  }
}

void Encoder::real64(double value) noexcept {
  if (value != value) {
    put(kFloat16, 0x7E00U, 2);
  } else if (keeps_as_float(value)) {
    real(static_cast<float>(value));
  } else {
    put(kFloat64, std::bit_cast<std::uint64_t>(value), 8);
  }
}

void Encoder::float16_array(std::span<const float> values) noexcept {
  tag(kTagFloat16LittleEndian);
  head(kMajorBytes, 2U * values.size());
  for (const float value : values) {
    std::byte little_endian[2];
    store_le16(little_endian, to_float16(value));
    raw(little_endian);
  }
}

Result<Bytes> Encoder::finish() const noexcept {
  if (!fits_) {
    return Error::kNoSpace;
  }
  return Bytes(out_.first(size_));
}

double real_value(const Item& item) noexcept {
  if (item.float_bytes == 2) {
    return static_cast<double>(from_float16(static_cast<std::uint16_t>(item.value)));
  }
  if (item.float_bytes == 4) {
    return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(item.value)));
  }
  return std::bit_cast<double>(item.value);
}

Decoder::Decoder(Bytes in) noexcept : in_(in) {}

Decoder::Decoder(Bytes in, Form form) noexcept : in_(in), form_(form) {}

Result<Type> Decoder::peek() const noexcept {
  AIOT_TRY_ASSIGN(const Head head, parse(in_.subspan(position_), form_));
  return head.item.type;
}

Result<Item> Decoder::next() noexcept {
  AIOT_TRY_ASSIGN(const Head head, parse(in_.subspan(position_), form_));
  position_ += head.size;
  return head.item;
}

Result<Item> Decoder::read(Type type) noexcept {
  AIOT_TRY_ASSIGN(const Head head, parse(in_.subspan(position_), form_));
  if (head.item.type != type || head.item.indefinite) {
    return Error::kUnsupported;
  }
  if (type == Type::kText && !is_utf8(head.item.data)) {
    return Error::kCorrupt;
  }
  position_ += head.size;
  return head.item;
}

Result<std::uint64_t> Decoder::read_unsigned() noexcept {
  AIOT_TRY_ASSIGN(const Item item, read(Type::kUnsigned));
  return item.value;
}

Result<std::int64_t> Decoder::read_integer() noexcept {
  AIOT_TRY_ASSIGN(const Head head, parse(in_.subspan(position_), form_));
  const bool negative = head.item.type == Type::kNegative;
  if ((head.item.type != Type::kUnsigned && !negative) || head.item.value > INT64_MAX) {
    return Error::kUnsupported;
  }
  position_ += head.size;
  const auto value = static_cast<std::int64_t>(head.item.value);
  return negative ? -1 - value : value;
}

Result<Bytes> Decoder::read_bytes() noexcept {
  AIOT_TRY_ASSIGN(const Item item, read(Type::kBytes));
  return item.data;
}

Result<std::string_view> Decoder::read_text() noexcept {
  AIOT_TRY_ASSIGN(const Item item, read(Type::kText));
  return std::string_view(reinterpret_cast<const char*>(item.data.data()), item.data.size());
}

Result<std::uint64_t> Decoder::read_array() noexcept {
  AIOT_TRY_ASSIGN(const Item item, read(Type::kArray));
  return item.value;
}

Result<std::uint64_t> Decoder::read_map() noexcept {
  AIOT_TRY_ASSIGN(const Item item, read(Type::kMap));
  return item.value;
}

Result<std::uint64_t> Decoder::read_tag() noexcept {
  AIOT_TRY_ASSIGN(const Item item, read(Type::kTag));
  return item.value;
}

Result<bool> Decoder::read_boolean() noexcept {
  AIOT_TRY_ASSIGN(const Head head, parse(in_.subspan(position_), form_));
  const bool is_boolean = head.item.type == Type::kSimple &&
                          (head.item.value == kSimpleFalse || head.item.value == kSimpleTrue);
  if (!is_boolean) {
    return Error::kUnsupported;
  }
  position_ += head.size;
  return head.item.value == kSimpleTrue;
}

Result<double> Decoder::read_real() noexcept {
  AIOT_TRY_ASSIGN(const Head head, parse(in_.subspan(position_), form_));
  double value = 0.0;
  switch (head.item.type) {
    case Type::kFloat:
      value = real_value(head.item);
      break;
    case Type::kUnsigned:
      value = static_cast<double>(head.item.value);
      break;
    case Type::kNegative:
      value = -1.0 - static_cast<double>(head.item.value);
      break;
    default:
      return Error::kUnsupported;
  }
  position_ += head.size;
  return value;
}

bool Decoder::take_null() noexcept {
  const Result<Head> head = parse(in_.subspan(position_), form_);
  if (!head.ok() || head->item.type != Type::kSimple || head->item.value != kSimpleNull) {
    return false;
  }
  position_ += head->size;
  return true;
}

Result<Bytes> Decoder::skip() noexcept {
  Nesting nesting;
  std::size_t at = position_;
  do {
    const Result<Head> head = parse(in_.subspan(at), form_);
    if (!head.ok()) {
      const bool cut = head.error() == Error::kEmpty && at != position_;
      return cut ? Error::kOutOfRange : head.error();
    }
    AIOT_TRY(nesting.enter(head->item));
    at += head->size;
  } while (!nesting.closed());
  const Bytes item = in_.subspan(position_, at - position_);
  position_ = at;
  return item;
}

}  // namespace aiot::record
