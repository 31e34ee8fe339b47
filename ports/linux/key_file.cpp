// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/key_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <system_error>

#include "aiot/crypto/mac.hpp"

namespace aiot::linux_port {
namespace {

/// Value of a hexadecimal digit; 16: it is none.
unsigned digit(std::byte byte) noexcept {
  const auto c = std::to_integer<unsigned>(byte);
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const unsigned lower = c | 0x20U;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

bool is_space(std::byte byte) noexcept {
  return std::string_view(" \t\r\n").find(std::to_integer<char>(byte)) != std::string_view::npos;
}

/// False when `text` is not the digits of a key.
bool parse(Bytes text, MutableBytes key) noexcept {
  while (text.size() > 2 * key.size() && is_space(text.back())) {
    text = text.first(text.size() - 1);
  }
  if (text.size() != 2 * key.size()) {
    return false;
  }
  for (std::size_t i = 0; i < key.size(); ++i) {
    const unsigned high = digit(text[2 * i]);
    const unsigned low = digit(text[2 * i + 1]);
    if (high > 15 || low > 15) {
      return false;
    }
    key[i] = static_cast<std::byte>(high << 4U | low);
  }
  return true;
}

/// Bytes read; -1: errno.
ssize_t read_all(int file, MutableBytes out) noexcept {
  std::size_t size = 0;
  while (size < out.size()) {
    const ssize_t got = ::read(file, out.data() + size, out.size() - size);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return got < 0 ? got : static_cast<ssize_t>(size);
    }
    size += static_cast<std::size_t>(got);
  }
  return static_cast<ssize_t>(size);
}

}  // namespace

KeyFile::~KeyFile() {
  ::explicit_bzero(key_.data(), key_.size());
}

Status KeyFile::load(const std::string& path, std::string& message) {
  loaded_ = false;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    const int error = errno;
    message = "can not open key '" + path + "': " + std::system_category().message(error) +
              "; check path and permissions";
    return error == ENOENT ? Error::kEmpty : Error::kIo;
  }

  struct stat info {};

  if (::fstat(file, &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 077U) != 0) {
    ::close(file);
    message = "key '" + path + "' can be read by others; chmod 600 it";
    return Error::kUnauthentic;
  }
  std::array<std::byte, 128> bytes{};
  const ssize_t size = read_all(file, bytes);
  const int error = errno;
  ::close(file);
  if (size < 0) {
    message = "can not read key '" + path + "': " + std::system_category().message(error) +
              "; name a file";
    return Error::kIo;
  }
  const auto content = Bytes(bytes).first(static_cast<std::size_t>(size));
  if (content.size() == key_.size()) {
    std::ranges::copy(content, key_.begin());
    loaded_ = true;
  } else {
    loaded_ = parse(content, key_);
  }
  ::explicit_bzero(bytes.data(), bytes.size());
  if (!loaded_) {
    message = "'" + path + "' is no device key; name a file of 32 bytes or 64 hexadecimal digits";
    return Error::kCorrupt;
  }
  message.clear();
  return {};
}

Result<Bytes> KeyFile::public_key(hal::KeyId /*id*/) const noexcept {
  return Error::kEmpty;
}

Status KeyFile::sign(hal::KeyId /*id*/, Bytes /*digest*/, MutableBytes /*out*/) const noexcept {
  return Error::kEmpty;
}

Status KeyFile::mac(hal::KeyId id, Bytes in, MutableBytes out) const noexcept {
  if (id != hal::KeyId::kDevice || !loaded_) {
    return Error::kEmpty;
  }
  const Hash256 code = crypto::hmac_sha256(key_, in);
  if (out.size() != code.size()) {
    return Error::kNoSpace;
  }
  std::ranges::copy(code, out.begin());
  return {};
}

}  // namespace aiot::linux_port
