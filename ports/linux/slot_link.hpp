// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "aiot/core/result.hpp"

namespace aiot::linux_port {

/// A symbolic link that names one of two files beside it, as `current` -> `app_b`: what a boot
/// loader's jump is on a microcontroller. It is flipped by a rename, so that whoever opens it, also
/// after a crash at any point, gets one of the two, and it says what runs, not what may: that is in
/// the boot record, which the link is made to follow at each start.
///
/// Only what it can have made itself is ever replaced: a link to one of its two files.
///
/// Every failure sets `message()`: one line, what is wrong; what to do.
class SlotLink {
 public:
  static constexpr std::size_t kSlots = 2;

  /// `path` of the link; `files`: the names of the two in the link's folder, which differ. Uses the
  /// name `path`.new, also one that a crash left behind. One writer at a time.
  SlotLink(std::string path, std::array<std::string, kSlots> files);

  /// The slot whose file the link names. Errors: `kEmpty` there is no link; `kWrongState` there is
  /// something else; `kInvalidArgument` it names neither of the two files; `kCorrupt` it names a
  /// file that is not there; `kIo` permission, the disk.
  Result<std::uint8_t> read();

  /// Makes the link name the file of `slot`, durably, whichever of the two it named, or neither of
  /// them because there was no link. `slot` is below `kSlots`.
  /// Errors: `kEmpty` the file of `slot` is not there; `kWrongState` something else has the link's
  /// name or that of its successor; `kInvalidArgument` the link names something else; after these
  /// nothing was changed. `kNoSpace` disk full; `kIo` permission, read-only, the disk; after these
  /// the link names what it named before, or already the new file.
  Status point_to(std::uint8_t slot);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  /// Path of the file of `slot`.
  [[nodiscard]] std::string file(std::uint8_t slot) const;

  /// Why the last call failed; empty after a success.
  [[nodiscard]] const std::string& message() const noexcept { return message_; }

 private:
  Error fail(Error error, std::string message);
  Error fail_to_change(int error);
  Result<std::uint8_t> named();
  Status make_successor(std::uint8_t slot);

  std::string path_;
  std::array<std::string, kSlots> files_;
  std::string message_;
};

}  // namespace aiot::linux_port
