// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"
#include "aiot/hal/flash_map.hpp"
#include "ports/linux/file_flash.hpp"

namespace aiot::linux_port {

/// What a store directory is made of: it is fixed when the directory is created.
struct StoreLayout {
  hal::FlashGeometry geometry{};
  hal::FlashMap map{};
};

/// A layout of `sectors_per_stream` sectors of 4 KiB for each stream and 4 each for boot record,
/// audit, baseline and commands.
StoreLayout default_store_layout(std::uint32_t sectors_per_stream) noexcept;

/// A directory that holds a store: `store.txt` (format version, geometry, regions; SPEC, "Store
/// directory") and `flash.bin`. Locked while open: one writer, or any number of readers.
///
/// `flash.bin` may be a symbolic link to a block device that was put into the directory before the
/// store is created (`mkdir s; ln -s /dev/mmcblk0p5 s/flash.bin`): it is used in place.
///
/// Every failure sets `message()`: one line, what is wrong; what to do.
class StoreDir {
 public:
  StoreDir() noexcept = default;
  StoreDir(const StoreDir&) = delete;
  StoreDir& operator=(const StoreDir&) = delete;
  ~StoreDir();

  /// Opens the store in `path` for writing, or creates it (and the last folder of `path`) when
  /// there is nothing. What exists is never overwritten; a block device has to be large enough and
  /// read as zeros. Errors: `kInvalidArgument` the layout is
  /// impossible, or that of the existing store is another (a store of before there were commands
  /// stays without a region for them); `kUnsupported` newer format; `kCorrupt`
  /// not a store, or a damaged one; `kNoSpace` disk full; `kWouldBlock` another process has it
  /// open; `kIo` permission, read-only, the disk; `kWrongState` this object is open.
  Status open_or_create(const std::string& path, const StoreLayout& layout);

  /// Opens an existing store with the layout it was created with. Errors: as above, and `kEmpty`
  /// there is no such directory.
  Status open(const std::string& path, Access access);

  void close() noexcept;

  [[nodiscard]] bool is_open() const noexcept { return flash_.is_open(); }

  [[nodiscard]] const StoreLayout& layout() const noexcept { return layout_; }

  /// The flash device of the open store.
  FileFlash& flash() noexcept { return flash_; }

  /// Why the last call failed; empty after a success.
  [[nodiscard]] const std::string& message() const noexcept { return message_; }

 private:
  Status fail(Error error, std::string message);
  Status lock(const std::string& path, Access access);
  Status create(const std::string& path, const StoreLayout& layout);
  Status check_device(const std::string& path, const StoreLayout& layout);
  Status remove_draft(const std::string& path);
  Status open_locked(const std::string& path, Access access);

  FileFlash flash_;
  StoreLayout layout_{};
  std::string message_;
  int directory_ = -1;  // holds the lock
};

}  // namespace aiot::linux_port
