// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/link/mqtt_reason.hpp"

namespace aiot::link::mqtt {

/// Largest value of a variable byte integer, MQTT 5.0 section 1.5.5; also of a packet's remaining
/// length.
inline constexpr std::uint32_t kMaxVariable = 268'435'455;

/// Largest length of text and binary data.
inline constexpr std::size_t kMaxText = 65'535;

[[nodiscard]] constexpr std::size_t variable_bytes(std::uint32_t value) noexcept {
  return value < 128U ? 1U : (value < 16'384U ? 2U : (value < 2'097'152U ? 3U : 4U));
}

/// UTF-8 of at most `kMaxText` bytes without U+0000.
[[nodiscard]] bool is_text(std::string_view text) noexcept;

[[nodiscard]] bool has_wildcard(std::string_view text) noexcept;

/// Text that a message may be published to: not empty, without wildcards.
[[nodiscard]] bool is_topic_name(std::string_view topic) noexcept;

/// Text with + and # only where they stand for whole levels, # at the end.
[[nodiscard]] bool is_topic_filter(std::string_view filter) noexcept;

/// Reads the fields of a packet. The first fault stays, and every read after it gives zeros.
class Reader {
 public:
  explicit Reader(Bytes in) noexcept : in_(in) {}

  std::uint8_t u8() noexcept;
  std::uint16_t u16() noexcept;
  std::uint32_t u32() noexcept;
  std::uint32_t variable() noexcept;

  /// Text or binary data behind its length.
  Bytes data() noexcept;
  std::string_view text() noexcept;

  /// The next `size` bytes.
  Bytes take(std::size_t size) noexcept;

  [[nodiscard]] Bytes rest() const noexcept { return in_; }

  /// `kTrailing` when there are bytes left.
  void finish() noexcept;

  void fail(ProtocolFault fault) noexcept;

  [[nodiscard]] ProtocolFault fault() const noexcept { return fault_; }

  [[nodiscard]] bool ok() const noexcept { return fault_ == ProtocolFault::kNone; }

 private:
  std::uint32_t number(std::size_t size) noexcept;

  Bytes in_;
  ProtocolFault fault_ = ProtocolFault::kNone;
};

/// Writes the fields of a packet while they fit.
class Writer {
 public:
  explicit Writer(MutableBytes out) noexcept : out_(out) {}

  void u8(std::uint32_t value) noexcept { number(value, 1); }

  void u16(std::uint32_t value) noexcept { number(value, 2); }

  void u32(std::uint32_t value) noexcept { number(value, 4); }

  void variable(std::uint32_t value) noexcept;
  void raw(Bytes bytes) noexcept;

  /// Text or binary data behind its length, at most `kMaxText` bytes.
  void data(Bytes bytes) noexcept;
  void text(std::string_view text) noexcept;

  /// Bytes written, or that would have been.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  [[nodiscard]] bool ok() const noexcept { return size_ <= out_.size(); }

 private:
  void number(std::uint32_t value, std::size_t size) noexcept;

  MutableBytes out_;
  std::size_t size_ = 0;
};

}  // namespace aiot::link::mqtt
