// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"

namespace node {

/// The words of the firmware's command line, `key=value` each, and what is assumed without them:
///   samples=FILE        replay stream to read (samples.bin)
///   records=FILE        CBOR sequence to append to (records.cbor)
///   device=ID           identity in the records (node)
///   site=TEXT           where it stands ()
///   firmware=VERSION    (the version of this library)
///   firmware_hash=HEX   instead of the hash of this image; missing digits are zero. With 0 the
///                       records are those of `aiot run` on Linux, which has no image to hash
///   commission=NUMBER   learn from so many windows unless there is a baseline (0: never)
/// node_monitor only:
///   rpm=NUMBER          speed of the machine's shaft (1797)
///   bearing=NAME        what carries it, of those that are built in (6205)
class Arguments {
 public:
  /// Errors: `kNoSpace` the command line is longer than 512 bytes.
  aiot::Status read() noexcept;

  std::string_view samples() const noexcept { return word("samples", "samples.bin"); }

  std::string_view records() const noexcept { return word("records", "records.cbor"); }

  std::string_view device() const noexcept { return word("device", "node"); }

  std::string_view site() const noexcept { return word("site", ""); }

  std::string_view firmware_version() const noexcept { return word("firmware", AIOT_VERSION); }

  aiot::Hash256 firmware_hash() const noexcept;

  std::uint32_t commission() const noexcept { return number("commission", 0); }

  std::uint32_t rpm() const noexcept { return number("rpm", 1797); }

  std::string_view bearing() const noexcept { return word("bearing", "6205"); }

 private:
  std::string_view word(std::string_view key, std::string_view fallback) const noexcept;
  /// The same of a number in decimal digits.
  std::uint32_t number(std::string_view key, std::uint32_t fallback) const noexcept;

  std::array<char, 512> buffer_{};
  std::string_view line_;
};

}  // namespace node
