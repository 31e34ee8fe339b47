// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"

namespace aiot::record {

/// True when `text` is UTF-8 (RFC 3629): shortest forms, no surrogates, up to U+10FFFF.
bool is_utf8(Bytes text) noexcept;

/// Writes CBOR (RFC 8949) in its deterministic form (section 4.2.1): shortest heads and floats,
/// definite lengths. The caller writes as many items as it announced, and map keys in the order of
/// their encoded bytes; `check_deterministic` (record/deterministic.hpp) finds out whether it did.
///
/// What does not fit is not written, and `finish` says so; no call needs to be checked.
class Encoder {
 public:
  explicit Encoder(MutableBytes out) noexcept;

  void unsigned_integer(std::uint64_t value) noexcept;
  void integer(std::int64_t value) noexcept;
  void bytes(Bytes data) noexcept;
  void text(std::string_view utf8) noexcept;
  void array(std::uint64_t items) noexcept;
  void map(std::uint64_t pairs) noexcept;
  void tag(std::uint64_t number) noexcept;
  void boolean(bool value) noexcept;
  void null() noexcept;

  /// The shortest of float16 and float32 that keeps the value.
  void real(float value) noexcept;

  /// The shortest of float16, float32 and float64 that keeps the value.
  void real64(double value) noexcept;

  /// Typed array of float16, little-endian (RFC 8746, tag 84); each value rounded by `to_float16`.
  void float16_array(std::span<const float> values) noexcept;

  /// Head of a byte string of `size` bytes, whose content goes another way.
  void bytes_head(std::uint64_t size) noexcept;

  /// Items that are encoded already.
  void raw(Bytes encoded) noexcept;

  /// What was written. Errors: `kNoSpace` it did not fit.
  [[nodiscard]] Result<Bytes> finish() const noexcept;

 private:
  void head(std::uint8_t major, std::uint64_t argument) noexcept;
  void put(std::uint8_t initial, std::uint64_t value, std::size_t value_bytes) noexcept;

  MutableBytes out_;
  std::size_t size_ = 0;
  bool fits_ = true;
};

/// What an item is.
enum class Type : std::uint8_t {
  kUnsigned,
  kNegative,
  kBytes,
  kText,
  kArray,
  kMap,
  kTag,
  kSimple,  ///< false, true, null, undefined and unassigned simple values
  kFloat,
  kBreak,  ///< end of an item of indefinite length
};

/// One head, with the bytes of a string.
struct Item {
  Type type = Type::kUnsigned;
  std::uint8_t float_bytes = 0;  ///< kFloat: 2, 4 or 8
  bool indefinite = false;       ///< string, array or map that ends with kBreak
  std::uint64_t value =
      0;       ///< number; -1 - value if negative; count (map: pairs); tag; float's bits
  Bytes data;  ///< content of a definite string
};

inline constexpr std::uint64_t kSimpleFalse = 20;
inline constexpr std::uint64_t kSimpleTrue = 21;
inline constexpr std::uint64_t kSimpleNull = 22;
inline constexpr std::uint64_t kSimpleUndefined = 23;

/// The number in an item of type `kFloat`.
double real_value(const Item& item) noexcept;

/// Which forms of an item a reader takes.
enum class Form : std::uint8_t {
  kAny,
  kShortest,  ///< shortest heads and definite lengths: one form, but for floats and order of keys
};

/// Pulls items out of bytes that anybody may have sent. Nothing is copied; views point into the
/// input. After an error the position is where it was before the call.
///
/// Errors of all reads: `kEmpty` at the end of the input; `kOutOfRange` the input ends inside an
/// item; `kCorrupt` not CBOR, or text that is not UTF-8; `kUnsupported` another type than the one
/// asked for, or of indefinite length; `kInvalidArgument` another form than the one asked for.
class Decoder {
 public:
  /// Items that may be open at once in `skip`.
  static constexpr std::size_t kMaxDepth = 16;

  explicit Decoder(Bytes in) noexcept;
  Decoder(Bytes in, Form form) noexcept;

  [[nodiscard]] bool at_end() const noexcept { return position_ == in_.size(); }

  [[nodiscard]] std::size_t position() const noexcept { return position_; }

  /// Type of the next item, which stays.
  [[nodiscard]] Result<Type> peek() const noexcept;

  /// The next head: for readers that take whatever comes.
  Result<Item> next() noexcept;

  Result<std::uint64_t> read_unsigned() noexcept;
  Result<std::int64_t> read_integer() noexcept;  ///< beyond int64: `kUnsupported`
  Result<Bytes> read_bytes() noexcept;
  Result<std::string_view> read_text() noexcept;
  Result<std::uint64_t> read_array() noexcept;  ///< count of items, which follow
  Result<std::uint64_t> read_map() noexcept;    ///< count of pairs, which follow
  Result<std::uint64_t> read_tag() noexcept;    ///< the tagged item follows
  Result<bool> read_boolean() noexcept;
  Result<double> read_real() noexcept;  ///< float of any width or integer

  /// Steps over a null; false, and nothing happens, when something else is next.
  bool take_null() noexcept;

  /// Steps over one item with everything in it, and returns its bytes. Deeper than `kMaxDepth` is
  /// `kUnsupported`.
  Result<Bytes> skip() noexcept;

 private:
  Result<Item> read(Type type) noexcept;

  Bytes in_;
  std::size_t position_ = 0;
  Form form_ = Form::kAny;
};

}  // namespace aiot::record
