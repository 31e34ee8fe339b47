// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"
#include "ports/linux/file_flash.hpp"

namespace aiot::linux_port {

/// Two files of one size as one flash device, the second behind the first: the slots of an image
/// type, each a file of its own that can be copied and looked into. Everything else is as for
/// `FileFlash`; that nobody else writes the files meanwhile is for the caller to see to.
class FilePair {
 public:
  static constexpr std::size_t kFiles = 2;
  using Paths = std::array<std::string, kFiles>;

  /// Creates those of the two that do not exist. `geometry` is that of one file.
  /// Errors: those of `FileFlash::create`, without `kWrongState`.
  static Status create(const Paths& paths,
                       const hal::FlashGeometry& geometry,
                       std::string& message);

  /// Errors: those of `FileFlash::open`; then neither is open.
  Status open(const Paths& paths,
              const hal::FlashGeometry& geometry,
              Access access,
              std::string& message);

  void close() noexcept;

  [[nodiscard]] bool is_open() const noexcept { return files_[0].is_open() && files_[1].is_open(); }

  /// Of both together.
  hal::FlashGeometry geometry() const noexcept;

  /// What of the device is file `index`: 0 or 1.
  [[nodiscard]] hal::FlashRegion region(std::size_t index) const noexcept;

  /// Errors of all: those of `FileFlash`.
  Status read(std::uint32_t offset, MutableBytes out) noexcept;
  Status program(std::uint32_t offset, Bytes in) noexcept;
  Status erase(std::uint32_t offset) noexcept;
  Status sync() noexcept;

  [[nodiscard]] const FileFlash& file(std::size_t index) const noexcept { return files_[index]; }

 private:
  [[nodiscard]] std::uint32_t file_bytes() const noexcept { return files_[0].geometry().size; }

  std::array<FileFlash, kFiles> files_;
  std::array<bool, kFiles> changed_{};  // since the last sync
};

static_assert(hal::FlashDevice<FilePair>);

}  // namespace aiot::linux_port
