// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"

/// What the machine that runs the emulator or the debugger does for a board: console, files,
/// command line, exit code. Source: "Semihosting for AArch32 and AArch64", Arm, release 2.0. A
/// board without a debugger must not call any of it: the breakpoint is a fault there.
namespace aiot::baremetal::semihosting {

enum class OpenMode : std::uint32_t {
  kRead = 1,         ///< fopen "rb"
  kReadUpdate = 3,   ///< fopen "r+b"
  kWrite = 5,        ///< fopen "wb": an old file is emptied
  kWriteUpdate = 7,  ///< fopen "w+b"
  kAppend = 9,       ///< fopen "ab", for one writer
};

/// A file of the host; closed by the destructor. Paths are relative to the emulator's directory.
/// Every call but `open` on a file that is not open is `kWrongState`.
class File {
 public:
  File() noexcept = default;
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// `path` without a zero in it, at most 255 bytes. Errors: `kInvalidArgument` the path; `kIo` the
  /// host refused; `kWrongState` already open.
  Status open(std::string_view path, OpenMode mode) noexcept;

  [[nodiscard]] bool is_open() const noexcept { return handle_ != kClosed; }

  /// Number of bytes read: less than asked for only at the end of the file, 0 behind it.
  Result<std::size_t> read(MutableBytes out) noexcept;
  /// All of it, or `kIo`.
  Status write(Bytes in) noexcept;
  /// Absolute position in bytes.
  Status seek(std::uint32_t position) noexcept;
  /// Size of the file in bytes (SYS_FLEN).
  Result<std::uint32_t> size() noexcept;
  Status close() noexcept;

 private:
  static constexpr std::int32_t kClosed = -1;

  Status seek_to_end() noexcept;

  std::int32_t handle_ = kClosed;
};

/// Text to the host's standard output.
void print(std::string_view text) noexcept;
/// A number in decimal digits.
void print(std::uint32_t number) noexcept;
/// Eight hexadecimal digits.
void print_hex(std::uint32_t number) noexcept;

/// The words that the host passed, separated by single spaces; the first names the program.
/// Errors: `kNoSpace` the line does not fit into `buffer`; `kEmpty` the host passed none.
Result<std::string_view> command_line(std::span<char> buffer) noexcept;

/// Value of the first `key=value` word of a command line; empty when there is none. Values hold no
/// spaces.
std::string_view argument(std::string_view line, std::string_view key) noexcept;

/// Ends the run; `code` (0..255) becomes the exit code of the emulator.
[[noreturn]] void exit(int code) noexcept;

/// Exit codes of runs that did not end by themselves.
inline constexpr int kExitFault = 70;
inline constexpr int kExitPanic = 71;

}  // namespace aiot::baremetal::semihosting
