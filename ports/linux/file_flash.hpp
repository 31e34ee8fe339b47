// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/flash.hpp"

namespace aiot::linux_port {

enum class Access : std::uint8_t { kReadOnly, kReadWrite };

/// Bytes and calls that went to the operating system.
struct FileCounters {
  std::uint64_t written_bytes = 0;
  std::uint64_t writes = 0;
  std::uint64_t syncs = 0;  ///< fdatasync
};

/// A file as a flash device: preallocated, pread/pwrite, `sync` = fdatasync. An erased byte is 0,
/// as the file system gives new space; bytes can be overwritten, so a frame log never erases. Each
/// `open` begins another session. Owns the file descriptor.
///
/// Programs that follow one another are written together: when one does not follow, when they are
/// read, and at `sync`, which is where the errors of writing may show.
///
/// A block device can be opened, too, and used from its beginning on; bytes that were never written
/// must be 0 there as well.
///
/// A write or sync that failed is final: the system tells of lost bytes once, and goes on to show
/// them to readers. Every change and sync after it fails, too, until the file is opened again.
///
/// Small reads are served from the last 4 KiB that were read: nobody else may write the file
/// meanwhile.
///
/// Error messages are one line: what is wrong; what to do.
class FileFlash {
 public:
  FileFlash() noexcept = default;
  FileFlash(const FileFlash&) = delete;
  FileFlash& operator=(const FileFlash&) = delete;
  ~FileFlash();

  /// Creates `path`, which must not exist, with all of its space allocated and durable.
  /// `geometry.erased` must be 0.
  /// Errors: `kInvalidArgument` geometry; `kNoSpace` disk full, nothing is left behind;
  /// `kWrongState` exists; `kIo`.
  static Status create(const std::string& path,
                       const hal::FlashGeometry& geometry,
                       std::string& message);

  /// Errors: `kEmpty` no such file; `kCorrupt` its size is not that of `geometry` (a block device:
  /// it is smaller); `kWouldBlock` a block device is mounted, or another process writes to it;
  /// `kIo` permission, read-only file system (for `kReadWrite`) and all else; `kWrongState` already
  /// open.
  Status open(const std::string& path,
              const hal::FlashGeometry& geometry,
              Access access,
              std::string& message);

  void close() noexcept;

  [[nodiscard]] bool is_open() const noexcept { return file_ >= 0; }

  hal::FlashGeometry geometry() const noexcept { return geometry_; }

  /// Errors of all: `kOutOfRange`; `kInvalidArgument` alignment; `kIo` the system's; `kWrongState`
  /// not open, or a change of a read-only one.
  Status read(std::uint32_t offset, MutableBytes out) noexcept;
  Status program(std::uint32_t offset, Bytes in) noexcept;
  Status erase(std::uint32_t offset) noexcept;
  Status sync() noexcept;

  [[nodiscard]] const FileCounters& counters() const noexcept { return counters_; }

  /// errno of the write or sync that ended all writing, else of the last read that failed; 0: none.
  [[nodiscard]] int last_errno() const noexcept { return last_errno_; }

 private:
  static constexpr std::uint32_t kWindow = 4096;

  Status failed() noexcept;
  Status write_failed() noexcept;
  Status check(std::uint32_t offset, std::size_t size, std::uint32_t unit) const noexcept;
  Status read_all(std::uint32_t offset, MutableBytes out) noexcept;
  void update_window(std::uint32_t offset, Bytes in) noexcept;
  Status write_all(std::uint32_t offset, Bytes in) noexcept;
  Status flush() noexcept;

  hal::FlashGeometry geometry_{};
  FileCounters counters_{};
  std::array<std::byte, kWindow> window_{};  // what the file has from `window_at_` on
  std::uint32_t window_at_ = 0;
  std::uint32_t window_size_ = 0;             // 0: nothing is known
  std::array<std::byte, kWindow> pending_{};  // programs that follow one another, not written yet
  std::uint32_t pending_at_ = 0;
  std::uint32_t pending_size_ = 0;
  int file_ = -1;
  int last_errno_ = 0;
  bool broken_ = false;  // a write or sync failed
  Access access_ = Access::kReadOnly;
};

static_assert(hal::FlashDevice<FileFlash>);

}  // namespace aiot::linux_port
