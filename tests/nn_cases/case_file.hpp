// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "aiot/core/bytes.hpp"

/// Networks with inputs and the outputs that they must have, for runs on every back-end. A file is
///   FileHeader, then `cases` cases, each
///     CaseHeader
///     name          [name_bytes]       characters
///     package       [package_bytes]    a model package with a network and no plan
///     fixed         [fixed] Region     parts of the arena that a run must leave alone
///     checked       [checked] uint32   numbers of the outputs that are compared
///     `vectors` times
///       inputs      [input_bytes]      all inputs of the network, concatenated
///       outputs     [output_bytes]     the checked outputs, concatenated
/// Little endian; every part begins at a multiple of 16 bytes of the file and is padded with zeros.
namespace aiot::nn_cases {

inline constexpr std::uint32_t kMagic = 0x5343'4E4E;  ///< "NNCS"
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::uint32_t kPart = 16;

struct FileHeader {
  std::uint32_t magic = kMagic;
  std::uint32_t version = kVersion;
  std::uint32_t cases = 0;
  std::uint32_t largest_case = 0;  ///< bytes
};

struct CaseHeader {
  std::uint32_t total_bytes = 0;  ///< of the case, this header included
  std::uint32_t name_bytes = 0;
  std::uint32_t package_bytes = 0;
  std::uint32_t fixed = 0;
  std::uint32_t checked = 0;
  std::uint32_t vectors = 0;
  std::uint32_t input_bytes = 0;
  std::uint32_t output_bytes = 0;
};

/// Bytes [offset, offset + bytes) of an arena.
struct Region {
  std::uint32_t offset = 0;
  std::uint32_t bytes = 0;
};

static_assert(sizeof(FileHeader) == 16 && sizeof(CaseHeader) == 32 && sizeof(Region) == 8);

constexpr std::size_t padded(std::size_t bytes) noexcept {
  return (bytes + kPart - 1) / kPart * kPart;
}

/// A case in memory. Test data of our own: sizes are trusted.
class Case {
 public:
  /// `bytes` is a whole case and begins at a multiple of kPart.
  explicit Case(Bytes bytes) noexcept : rest_(bytes) {
    std::memcpy(&header_, rest_.data(), sizeof header_);
    rest_ = rest_.subspan(sizeof header_);
    const Bytes name = take(header_.name_bytes);
    name_ = {reinterpret_cast<const char*>(name.data()), name.size()};
    package_ = take(header_.package_bytes);
    fixed_ = take(header_.fixed * sizeof(Region));
    checked_ = take(header_.checked * sizeof(std::uint32_t));
  }

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  [[nodiscard]] Bytes package() const noexcept { return package_; }

  [[nodiscard]] std::uint32_t vectors() const noexcept { return header_.vectors; }

  [[nodiscard]] std::uint32_t fixed_count() const noexcept { return header_.fixed; }

  [[nodiscard]] Region fixed(std::size_t index) const noexcept {
    Region region;
    std::memcpy(&region, &fixed_[index * sizeof region], sizeof region);
    return region;
  }

  [[nodiscard]] std::uint32_t checked_count() const noexcept { return header_.checked; }

  [[nodiscard]] std::uint32_t checked(std::size_t index) const noexcept {
    return load_le32(&checked_[index * sizeof(std::uint32_t)]);
  }

  [[nodiscard]] Bytes inputs(std::size_t vector) const noexcept {
    return rest_.subspan(vector * vector_bytes(), header_.input_bytes);
  }

  [[nodiscard]] Bytes outputs(std::size_t vector) const noexcept {
    return rest_.subspan(vector * vector_bytes() + padded(header_.input_bytes),
                         header_.output_bytes);
  }

 private:
  Bytes take(std::size_t bytes) noexcept {
    const Bytes part = rest_.first(bytes);
    rest_ = rest_.subspan(padded(bytes));
    return part;
  }

  [[nodiscard]] std::size_t vector_bytes() const noexcept {
    return padded(header_.input_bytes) + padded(header_.output_bytes);
  }

  CaseHeader header_;
  Bytes rest_;
  std::string_view name_;
  Bytes package_;
  Bytes fixed_;
  Bytes checked_;
};

}  // namespace aiot::nn_cases
