// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "src/toolkit/recording_mat_layout.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace aiot::toolkit {

namespace {

constexpr std::size_t kHeader5 = 128;
constexpr std::uint32_t kMatrix = 14;
constexpr std::uint32_t kCompressed = 15;

constexpr const char* kNotMat = "is not a MATLAB file; check what it is";
constexpr const char* kCutOff = "the MATLAB file is cut off; copy it again";
constexpr const char* kDamaged = "the MATLAB file is damaged; copy it again";

/// Numbers of a file that may have been written on a machine of the other byte order.
struct Reader {
  Bytes bytes;
  bool swapped = false;

  [[nodiscard]] std::uint32_t u32(std::size_t at) const noexcept {
    const std::uint32_t value = load_le32(bytes.data() + at);
    return swapped ? __builtin_bswap32(value) : value;
  }
};

/// A data element of level 5: where its content is and where the next one begins.
struct Element {
  std::uint32_t type = 0;
  std::size_t content = 0;
  std::size_t size = 0;
  std::size_t next = 0;
};

/// The element at `at`, or nothing when it does not fit before `end`. Up to 4 bytes of content may
/// share the 8 bytes of the tag.
std::optional<Element> element_at(const Reader& file, std::size_t at, std::size_t end) noexcept {
  if (at > end || end - at < 8) {
    return std::nullopt;
  }
  const std::uint32_t word = file.u32(at);
  if ((word >> 16U) > 4) {
    return std::nullopt;
  }
  if ((word >> 16U) != 0) {
    return Element{word & 0xFFFFU, at + 4, word >> 16U, at + 8};
  }
  const std::size_t size = file.u32(at + 4);
  if (size > end - at - 8) {
    return std::nullopt;
  }
  const std::size_t padded = word == kCompressed ? size : (size + 7U) / 8U * 8U;
  return Element{word, at + 8, size, std::min(at + 8 + padded, end)};
}

/// Bytes of one number of a data type, 0 for what is not a number.
std::size_t bytes_of_type(std::uint32_t type) noexcept {
  constexpr std::array<std::uint8_t, 14> kBytes{0, 1, 1, 2, 2, 4, 4, 4, 0, 8, 0, 0, 8, 8};
  return type < kBytes.size() ? kBytes[type] : 0;
}

/// A matrix of real numbers has flags, dimensions, name, and as many values as dimensions say.
bool is_whole_matrix(const Reader& file, const Element& matrix) noexcept {
  const std::size_t end = matrix.content + matrix.size;
  const auto flags = element_at(file, matrix.content, end);
  if (!flags || flags->size != 8) {
    return false;
  }
  const std::uint32_t array_class = file.u32(flags->content) & 0xFFU;
  const bool numeric = array_class >= 6 && array_class <= 15;
  const auto dimensions = element_at(file, flags->next, end);
  if (!dimensions || dimensions->size < 8 || dimensions->size % 4 != 0 || dimensions->size > 128) {
    return false;
  }
  const auto name = element_at(file, dimensions->next, end);
  if (!name || !numeric) {
    return name.has_value();
  }
  std::uint64_t count = 1;
  for (std::size_t i = 0; i < dimensions->size; i += 4) {
    count = std::min<std::uint64_t>(count, UINT32_MAX) * file.u32(dimensions->content + i);
  }
  const auto values = element_at(file, name->next, end);
  if (!values) {
    return count == 0;
  }
  const std::size_t bytes = bytes_of_type(values->type);
  return bytes != 0 && values->size / bytes >= count;
}

std::optional<std::string> problem_of_level_5(const Reader& file) {
  for (std::size_t at = kHeader5; at < file.bytes.size();) {
    const auto element = element_at(file, at, file.bytes.size());
    if (!element) {
      return kCutOff;
    }
    if (element->type == kMatrix && !is_whole_matrix(file, *element)) {
      return kDamaged;
    }
    if (element->next <= at) {
      return kDamaged;
    }
    at = element->next;
  }
  return std::nullopt;
}

/// Level 4: a header of five numbers, a name and the values, for each matrix.
std::optional<std::string> problem_of_level_4(const Reader& file) {
  constexpr std::array<std::uint8_t, 6> kBytes{8, 4, 4, 2, 2, 1};
  for (std::size_t at = 0; at < file.bytes.size();) {
    if (file.bytes.size() - at < 20) {
      return at == 0 ? kNotMat : kCutOff;
    }
    const std::uint32_t type = file.u32(at);
    const std::uint64_t name = file.u32(at + 16);
    const std::uint32_t precision = type / 10 % 10;
    if (type > 4999 || type / 100 % 10 != 0 || precision >= kBytes.size() || type % 10 > 2 ||
        file.u32(at + 12) > 1 || name == 0 || name > 256) {
      return at == 0 ? kNotMat : kDamaged;
    }
    const std::uint64_t count = std::uint64_t{file.u32(at + 4)} * file.u32(at + 8);
    const std::uint64_t left = file.bytes.size() - at - 20;
    const std::uint64_t parts = 1U + file.u32(at + 12);
    if (name > left || count > (left - name) / kBytes[precision] / parts) {
      return kCutOff;
    }
    at += static_cast<std::size_t>(20 + name + count * kBytes[precision] * parts);
  }
  return std::nullopt;
}

bool is_hdf5(Bytes file) noexcept {
  constexpr std::array<unsigned char, 8> kSignature{0x89, 'H', 'D', 'F', 0x0D, 0x0A, 0x1A, 0x0A};
  return file.size() > 520 && std::memcmp(file.data() + 512, kSignature.data(), 8) == 0;
}

}  // namespace

std::optional<std::string> mat_problem(Bytes file) {
  if (is_hdf5(file)) {
    return std::nullopt;
  }
  if (file.size() > kHeader5 && std::memcmp(file.data(), "MATLAB", 6) == 0) {
    const bool little = std::memcmp(file.data() + 126, "IM", 2) == 0;
    if (!little && std::memcmp(file.data() + 126, "MI", 2) != 0) {
      return kDamaged;
    }
    return problem_of_level_5({file, !little});
  }
  const bool swapped = file.size() >= 4 && load_le32(file.data()) > 4999;
  return problem_of_level_4({file, swapped});
}

}  // namespace aiot::toolkit
