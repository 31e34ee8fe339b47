// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/file_flash.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace aiot::linux_port {
namespace {

constexpr std::array<std::byte, 4096> kErased{};

bool usable(const hal::FlashGeometry& g) noexcept {
  return g.erased == std::byte{0} && g.program != 0 && g.page != 0 && g.sector != 0 &&
         g.page % g.program == 0 && g.sector % g.page == 0 && g.size != 0 && g.size % g.sector == 0;
}

/// Differs each time, but for one chance in four billion.
std::uint32_t random_session() noexcept {
  std::uint32_t session = 0;
  if (::getrandom(&session, sizeof session, GRND_NONBLOCK) != sizeof session) {
    timespec now{};
    (void)::clock_gettime(CLOCK_REALTIME, &now);
    session = static_cast<std::uint32_t>(now.tv_nsec ^ now.tv_sec << 12U);
  }
  return session;
}

std::string system_text(int error) {
  return std::system_category().message(error);
}

}  // namespace

FileFlash::~FileFlash() {
  close();
}

void FileFlash::close() noexcept {
  if (file_ >= 0) {
    (void)flush();
    ::close(file_);
    file_ = -1;
  }
}

Status FileFlash::create(const std::string& path,
                         const hal::FlashGeometry& geometry,
                         std::string& message) {
  if (!usable(geometry)) {
    message = "impossible flash geometry for '" + path + "'; sizes must be multiples of each other";
    return Error::kInvalidArgument;
  }
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0) {
    const int error = errno;
    message = "can not create '" + path + "': " + system_text(error) + "; check the directory";
    return error == EEXIST ? Error::kWrongState : Error::kIo;
  }
  int error = ::posix_fallocate(file, 0, static_cast<off_t>(geometry.size));
  if (error == 0 && ::fsync(file) != 0) {
    error = errno;
  }
  ::close(file);
  if (error != 0) {
    ::unlink(path.c_str());
    message = "no room for " + std::to_string(geometry.size) + " bytes in '" + path +
              "': " + system_text(error) + "; free space or choose another directory";
    return error == ENOSPC || error == EFBIG || error == EDQUOT ? Error::kNoSpace : Error::kIo;
  }
  return {};
}

Status FileFlash::open(const std::string& path,
                       const hal::FlashGeometry& geometry,
                       Access access,
                       std::string& message) {
  if (is_open()) {
    message = "'" + path + "' can not be opened twice; close it first";
    return Error::kWrongState;
  }

  struct stat info {};

  // A device that is mounted, or another writer's, must not be written: O_EXCL asks for that.
  const bool device = ::stat(path.c_str(), &info) == 0 && S_ISBLK(info.st_mode);
  const int flags = access == Access::kReadOnly ? O_RDONLY : O_RDWR | (device ? O_EXCL : 0);
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) {
    const int error = errno;
    message = "can not open '" + path + "': " + system_text(error) +
              (error == EBUSY ? "; unmount the device, or stop the process that uses it"
                              : "; check path and permissions");
    return error == ENOENT ? Error::kEmpty : error == EBUSY ? Error::kWouldBlock : Error::kIo;
  }
  const off_t need = static_cast<off_t>(geometry.size);
  const off_t size = ::lseek(file, 0, SEEK_END);
  if (device ? size < need : size != need) {
    ::close(file);
    message = "'" + path + "' is " + std::to_string(size) + " bytes where the store has " +
              std::to_string(need) +
              (device ? ", " + std::to_string(need - size) + " too few; use a larger device"
                      : std::string("; restore the file from a copy"));
    return Error::kCorrupt;
  }
  // Pages that an earlier process could not write may still be in the cache: from here on reads
  // show what is on the disk, or what is still on its way there.
  (void)::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  file_ = file;
  geometry_ = geometry;
  geometry_.overwrite = true;
  geometry_.session = random_session();
  access_ = access;
  counters_ = {};
  window_size_ = 0;
  pending_size_ = 0;
  last_errno_ = 0;
  broken_ = false;
  return {};
}

Status FileFlash::failed() noexcept {
  last_errno_ = broken_ ? last_errno_ : errno;
  return Error::kIo;
}

Status FileFlash::write_failed() noexcept {
  (void)failed();
  window_size_ = 0;  // it may hold bytes that the file has not
  broken_ = true;
  return Error::kIo;
}

Status FileFlash::check(std::uint32_t offset, std::size_t size, std::uint32_t unit) const noexcept {
  if (!is_open()) {
    return Error::kWrongState;
  }
  if (size > geometry_.size || offset > geometry_.size - size) {
    return Error::kOutOfRange;
  }
  return offset % unit == 0 && size % unit == 0 ? Status{} : Status{Error::kInvalidArgument};
}

/// A store reads its records one by one; a call to the system for each costs more than the bytes.
Status FileFlash::read(std::uint32_t offset, MutableBytes out) noexcept {
  AIOT_TRY(check(offset, out.size(), 1));
  if (offset < pending_at_ + pending_size_ && pending_at_ < offset + out.size()) {
    AIOT_TRY(flush());
  }
  const std::uint32_t at = offset / kWindow * kWindow;
  if (out.size() > kWindow - (offset - at)) {
    return read_all(offset, out);
  }
  if (window_size_ == 0 || window_at_ != at) {
    window_size_ = 0;
    const std::uint32_t size = std::min(kWindow, geometry_.size - at);
    AIOT_TRY(read_all(at, MutableBytes{window_}.first(size)));
    window_at_ = at;
    window_size_ = size;
  }
  std::copy_n(window_.begin() + (offset - at), out.size(), out.begin());
  return {};
}

Status FileFlash::read_all(std::uint32_t offset, MutableBytes out) noexcept {
  while (!out.empty()) {
    const ssize_t got = ::pread(file_, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {  // 0: the file was made shorter meanwhile
      return failed();
    }
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint32_t>(got);
  }
  return {};
}

/// Puts bytes that are written into the window, where it shows their place.
void FileFlash::update_window(std::uint32_t offset, Bytes in) noexcept {
  const std::uint32_t begin = std::max(offset, window_at_);
  const std::uint32_t end =
      std::min(offset + static_cast<std::uint32_t>(in.size()), window_at_ + window_size_);
  if (begin < end) {
    const Bytes seen = in.subspan(begin - offset, end - begin);
    std::copy(seen.begin(), seen.end(), window_.begin() + (begin - window_at_));
  }
}

Status FileFlash::write_all(std::uint32_t offset, Bytes in) noexcept {
  if (access_ == Access::kReadOnly) {
    return Error::kWrongState;
  }
  if (broken_) {
    return Error::kIo;
  }
  update_window(offset, in);
  while (!in.empty()) {
    const ssize_t put = ::pwrite(file_, in.data(), in.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      return write_failed();
    }
    ++counters_.writes;
    counters_.written_bytes += static_cast<std::uint64_t>(put);
    in = in.subspan(static_cast<std::size_t>(put));
    offset += static_cast<std::uint32_t>(put);
  }
  return {};
}

Status FileFlash::program(std::uint32_t offset, Bytes in) noexcept {
  AIOT_TRY(check(offset, in.size(), geometry_.program));
  if (!in.empty() && offset / geometry_.page != (offset + in.size() - 1) / geometry_.page) {
    return Error::kInvalidArgument;
  }
  if (access_ == Access::kReadOnly) {
    return Error::kWrongState;
  }
  if (broken_) {
    return Error::kIo;
  }
  if (offset != pending_at_ + pending_size_ || in.size() > pending_.size() - pending_size_) {
    AIOT_TRY(flush());
    pending_at_ = offset;
  }
  if (in.size() > pending_.size()) {
    return write_all(offset, in);
  }
  std::copy(in.begin(), in.end(), pending_.begin() + pending_size_);
  pending_size_ += static_cast<std::uint32_t>(in.size());
  return {};
}

Status FileFlash::flush() noexcept {
  const std::uint32_t size = pending_size_;
  pending_size_ = 0;
  return size == 0 ? Status{} : write_all(pending_at_, Bytes{pending_}.first(size));
}

Status FileFlash::erase(std::uint32_t offset) noexcept {
  AIOT_TRY(check(offset, geometry_.sector, geometry_.sector));
  AIOT_TRY(flush());
  for (std::uint32_t done = 0; done < geometry_.sector;) {
    const std::size_t part = std::min<std::size_t>(kErased.size(), geometry_.sector - done);
    AIOT_TRY(write_all(offset + done, Bytes{kErased}.first(part)));
    done += static_cast<std::uint32_t>(part);
  }
  return {};
}

Status FileFlash::sync() noexcept {
  if (!is_open()) {
    return Error::kWrongState;
  }
  if (access_ == Access::kReadOnly) {
    return {};  // nothing of ours is on its way
  }
  if (broken_) {
    return Error::kIo;
  }
  AIOT_TRY(flush());
  ++counters_.syncs;
  return ::fdatasync(file_) == 0 ? Status{} : write_failed();
}

}  // namespace aiot::linux_port
