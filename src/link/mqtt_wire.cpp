// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/mqtt_wire.hpp"

#include <algorithm>

#include "aiot/record/cbor.hpp"

namespace aiot::link::mqtt {
namespace {

constexpr std::size_t kMaxVariableBytes = 4;

}  // namespace

bool is_text(std::string_view text) noexcept {
  return text.size() <= kMaxText && text.find('\0') == std::string_view::npos &&
         record::is_utf8(as_bytes(text.data(), text.size()));
}

bool has_wildcard(std::string_view text) noexcept {
  return text.find_first_of("+#") != std::string_view::npos;
}

bool is_topic_name(std::string_view topic) noexcept {
  return !topic.empty() && !has_wildcard(topic) && is_text(topic);
}

bool is_topic_filter(std::string_view filter) noexcept {
  for (std::size_t i = 0; i < filter.size(); ++i) {
    const bool last = i + 1 == filter.size();
    const bool alone = (i == 0 || filter[i - 1] == '/') && (last || filter[i + 1] == '/');
    if ((filter[i] == '+' && !alone) || (filter[i] == '#' && !(alone && last))) {
      return false;
    }
  }
  return !filter.empty() && is_text(filter);
}

void Reader::fail(ProtocolFault fault) noexcept {
  if (ok()) {
    fault_ = fault;
  }
  in_ = {};
}

Bytes Reader::take(std::size_t size) noexcept {
  if (size > in_.size()) {
    fail(ProtocolFault::kTruncated);
    return {};
  }
  const Bytes taken = in_.first(size);
  in_ = in_.subspan(size);
  return taken;
}

std::uint32_t Reader::number(std::size_t size) noexcept {
  std::uint32_t value = 0;
  for (const std::byte b : take(size)) {
    value = value << 8U | std::to_integer<std::uint32_t>(b);
  }
  return value;
}

std::uint8_t Reader::u8() noexcept {
  return static_cast<std::uint8_t>(number(1));
}

std::uint16_t Reader::u16() noexcept {
  return static_cast<std::uint16_t>(number(2));
}

std::uint32_t Reader::u32() noexcept {
  return number(4);
}

std::uint32_t Reader::variable() noexcept {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < kMaxVariableBytes; ++i) {
    const std::uint32_t b = number(1);
    value |= (b & 0x7FU) << (7U * i);
    if (b == 0 && i != 0 && ok()) {
      break;  // longer than it needs to be
    }
    if (b < 0x80U) {
      return value;
    }
  }
  fail(ProtocolFault::kRemainingLength);
  return 0;
}

Bytes Reader::data() noexcept {
  return take(u16());
}

std::string_view Reader::text() noexcept {
  const Bytes bytes = data();
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!is_text(text)) {
    fail(ProtocolFault::kNotUtf8);
  }
  return text;
}

void Reader::finish() noexcept {
  if (!in_.empty()) {
    fail(ProtocolFault::kTrailing);
  }
}

void Writer::raw(Bytes bytes) noexcept {
  if (size_ <= out_.size() && bytes.size() <= out_.size() - size_) {
    std::ranges::copy(bytes, out_.subspan(size_).begin());
  }
  size_ += bytes.size();
}

void Writer::number(std::uint32_t value, std::size_t size) noexcept {
  while (size != 0) {
    --size;
    const auto b = static_cast<std::byte>(value >> (8U * size) & 0xFFU);
    raw({&b, 1});
  }
}

void Writer::variable(std::uint32_t value) noexcept {
  while (value >= 0x80U) {
    u8((value & 0x7FU) | 0x80U);
    value >>= 7U;
  }
  u8(value);
}

void Writer::data(Bytes bytes) noexcept {
  u16(static_cast<std::uint32_t>(bytes.size()));
  raw(bytes);
}

void Writer::text(std::string_view text) noexcept {
  data(as_bytes(text.data(), text.size()));
}

}  // namespace aiot::link::mqtt
