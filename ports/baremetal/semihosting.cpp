// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/baremetal/semihosting.hpp"

#include <algorithm>
#include <array>

namespace aiot::baremetal::semihosting {
namespace {

enum class Operation : std::uint32_t {
  kOpen = 0x01,
  kClose = 0x02,
  kWrite = 0x05,
  kRead = 0x06,
  kSeek = 0x0A,
  kFileLength = 0x0C,
  kCommandLine = 0x15,
  kExitExtended = 0x20,
};

/// Hands over to the host. The host reads and writes memory behind the compiler's back.
std::int32_t call(Operation operation, const void* arguments) noexcept {
  register std::uint32_t r0 asm("r0") = static_cast<std::uint32_t>(operation);
  register const void* r1 asm("r1") = arguments;
  asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return static_cast<std::int32_t>(r0);
}

std::uint32_t word(const void* pointer) noexcept {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

/// SYS_READ and SYS_WRITE return how many bytes were not moved.
std::size_t moved(std::size_t asked, std::int32_t remaining) noexcept {
  const auto left = static_cast<std::uint32_t>(remaining);
  return left > asked ? 0 : asked - left;
}

/// The standard output of the host; opened by the first print, never closed.
constinit std::int32_t console = -1;

}  // namespace

File::~File() {
  (void)close();
}

Status File::open(std::string_view path, OpenMode mode) noexcept {
  if (is_open()) {
    return Error::kWrongState;
  }
  std::array<char, 256> name{};
  if (path.empty() || path.size() >= name.size()) {
    return Error::kInvalidArgument;
  }
  std::copy(path.begin(), path.end(), name.begin());
  const std::uint32_t arguments[3] = {
      word(name.data()), static_cast<std::uint32_t>(mode), static_cast<std::uint32_t>(path.size())};
  handle_ = call(Operation::kOpen, arguments);
  if (!is_open()) {
    return Error::kIo;
  }
  if (mode != OpenMode::kAppend) {
    return {};
  }
  // QEMU 7.2 opens for appending and then writes at the beginning.
  const Status moved = seek_to_end();
  if (!moved.ok()) {
    (void)close();
  }
  return moved;
}

Status File::seek_to_end() noexcept {
  AIOT_TRY_ASSIGN(const std::uint32_t end, size());
  return seek(end);
}

Result<std::size_t> File::read(MutableBytes out) noexcept {
  if (!is_open()) {
    return Error::kWrongState;
  }
  if (out.empty()) {
    return std::size_t{0};
  }
  const std::uint32_t arguments[3] = {static_cast<std::uint32_t>(handle_),
                                      word(out.data()),
                                      static_cast<std::uint32_t>(out.size())};
  const std::int32_t remaining = call(Operation::kRead, arguments);
  if (remaining < 0) {
    return Error::kIo;
  }
  return moved(out.size(), remaining);
}

Status File::write(Bytes in) noexcept {
  if (!is_open()) {
    return Error::kWrongState;
  }
  const std::uint32_t arguments[3] = {
      static_cast<std::uint32_t>(handle_), word(in.data()), static_cast<std::uint32_t>(in.size())};
  return in.empty() || call(Operation::kWrite, arguments) == 0 ? Status{} : Error::kIo;
}

Status File::seek(std::uint32_t position) noexcept {
  if (!is_open()) {
    return Error::kWrongState;
  }
  const std::uint32_t arguments[2] = {static_cast<std::uint32_t>(handle_), position};
  return call(Operation::kSeek, arguments) == 0 ? Status{} : Error::kIo;
}

Result<std::uint32_t> File::size() noexcept {
  if (!is_open()) {
    return Error::kWrongState;
  }
  const std::uint32_t arguments[1] = {static_cast<std::uint32_t>(handle_)};
  const std::int32_t length = call(Operation::kFileLength, arguments);
  if (length < 0) {
    return Error::kIo;
  }
  return static_cast<std::uint32_t>(length);
}

Status File::close() noexcept {
  if (!is_open()) {
    return Error::kWrongState;
  }
  const std::uint32_t arguments[1] = {static_cast<std::uint32_t>(handle_)};
  handle_ = kClosed;
  return call(Operation::kClose, arguments) == 0 ? Status{} : Error::kIo;
}

void print(std::string_view text) noexcept {
  if (console < 0) {
    // The name ":tt" opened for writing is the standard output.
    const std::uint32_t name[3] = {word(":tt"), static_cast<std::uint32_t>(OpenMode::kWrite), 3};
    console = call(Operation::kOpen, name);
  }
  const std::uint32_t arguments[3] = {static_cast<std::uint32_t>(console),
                                      word(text.data()),
                                      static_cast<std::uint32_t>(text.size())};
  (void)call(Operation::kWrite, arguments);
}

void print(std::uint32_t number) noexcept {
  std::array<char, 10> digits{};
  std::size_t start = digits.size();
  do {
    digits[--start] = static_cast<char>('0' + static_cast<int>(number % 10U));
    number /= 10U;
  } while (number != 0);
  print(std::string_view{&digits[start], digits.size() - start});
}

void print_hex(std::uint32_t number) noexcept {
  std::array<char, 8> digits{};
  for (std::size_t i = digits.size(); i-- > 0; number >>= 4U) {
    digits[i] = "0123456789abcdef"[number & 0xFU];
  }
  print(std::string_view{digits.data(), digits.size()});
}

Result<std::string_view> command_line(std::span<char> buffer) noexcept {
  std::uint32_t arguments[2] = {word(buffer.data()), static_cast<std::uint32_t>(buffer.size())};
  if (call(Operation::kCommandLine, arguments) != 0) {
    return Error::kNoSpace;
  }
  const char* const end = std::find(buffer.data(), buffer.data() + buffer.size(), '\0');
  if (end == buffer.data()) {
    return Error::kEmpty;
  }
  return std::string_view{buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

std::string_view argument(std::string_view line, std::string_view key) noexcept {
  // Without substr: it throws, and so brings the heap along.
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    std::string_view item{line.data(), end};
    if (item.size() > key.size() && item.starts_with(key) && item[key.size()] == '=') {
      item.remove_prefix(key.size() + 1);
      return item;
    }
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return {};
}

void exit(int code) noexcept {
  constexpr std::uint32_t kApplicationExit = 0x20026;  // ADP_Stopped_ApplicationExit
  const std::uint32_t arguments[2] = {kApplicationExit, static_cast<std::uint32_t>(code)};
  for (;;) {
    (void)call(Operation::kExitExtended, arguments);
  }
}

}  // namespace aiot::baremetal::semihosting
