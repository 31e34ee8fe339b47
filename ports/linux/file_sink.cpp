// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/linux/file_sink.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>
#include <new>
#include <string>
#include <string_view>

namespace aiot::linux_port {
namespace {

constexpr std::size_t kPiece = FileSink::kMaxTail;

// A pipe that is writable takes so much without blocking (POSIX), also when the descriptor, which
// is not ours alone, is in blocking mode.
constexpr std::size_t kStreamPiece = 512;

// Returns false with errno on an error.
bool write_all(int descriptor, Bytes data) noexcept {
  while (!data.empty()) {
    const ssize_t count = ::write(descriptor, data.data(), data.size());
    if (count > 0) {
      data = data.subspan(static_cast<std::size_t>(count));
    } else if (count == 0) {
      errno = EIO;
      return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

std::int64_t now_ms() noexcept {
  timespec now{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

// Reads from `offset` until the buffer is full or the file ends.
Result<std::size_t> read_at(int descriptor, std::uint64_t offset, MutableBytes out) noexcept {
  std::size_t size = 0;
  while (size < out.size()) {
    const ssize_t count = ::pread(
        descriptor, out.data() + size, out.size() - size, static_cast<off_t>(offset + size));
    if (count == 0) {
      break;
    }
    if (count > 0) {
      size += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      return Error::kIo;
    }
  }
  return size;
}

// A new file is there after a power cut only when its directory is on the disk as well.
void sync_directory_of(const char* path) noexcept {
  const std::string_view name(path);
  const std::size_t slash = name.rfind('/');
  const std::string directory(slash == std::string_view::npos ? "." : name.substr(0, slash + 1));
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor >= 0) {
    (void)::fsync(descriptor);
    (void)::close(descriptor);
  }
}

}  // namespace

FileSink::~FileSink() {
  close();
}

void FileSink::close() noexcept {
  if (owned_ && descriptor_ >= 0) {
    (void)::close(descriptor_);
  }
  descriptor_ = -1;
  owned_ = false;
  regular_ = false;
  torn_ = false;
  size_ = 0;
  repaired_ = 0;
  ack_.reset();
  pending_.reset();
}

Status FileSink::open(const char* path, WholeRecords whole_records) noexcept {
  close();
  descriptor_ = ::open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0) {
    return Error::kIo;
  }
  owned_ = true;

  struct stat info {};

  if (::fstat(descriptor_, &info) != 0) {
    return fail(Error::kIo);
  }
  regular_ = S_ISREG(info.st_mode);
  if (!regular_) {
    return {};
  }
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    return fail(errno == EWOULDBLOCK ? Error::kWrongState : Error::kIo);
  }
  const Status repaired = repair(whole_records);
  if (!repaired.ok()) {
    return fail(repaired.error());
  }
  sync_directory_of(path);
  return {};
}

// Closes and keeps errno, which tells the user why.
Status FileSink::fail(Error error) noexcept {
  const int reason = errno;
  close();
  errno = reason;
  return error;
}

Status FileSink::repair(WholeRecords whole_records) noexcept {
  const std::unique_ptr<std::byte[]> buffer(new (std::nothrow) std::byte[kPiece]);
  if (buffer == nullptr) {
    errno = ENOMEM;
    return Error::kIo;
  }
  std::uint64_t whole = 0;
  for (;;) {
    AIOT_TRY_ASSIGN(const std::size_t size, read_at(descriptor_, whole, {buffer.get(), kPiece}));
    AIOT_TRY_ASSIGN(const std::size_t step, whole_records({buffer.get(), size}));
    whole += step;
    if (step == size && size < kPiece) {
      size_ = whole;
      return {};
    }
    if (step == 0) {
      // Half a batch is a crash; more than that is somebody else's file.
      return size < kPiece ? cut(whole, size) : Error::kCorrupt;
    }
  }
}

Status FileSink::cut(std::uint64_t size, std::uint64_t tail) noexcept {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0 || ::fdatasync(descriptor_) != 0) {
    return Error::kIo;
  }
  size_ = size;
  repaired_ = tail;
  return {};
}

void FileSink::attach(int descriptor) noexcept {
  close();
  descriptor_ = descriptor;
}

Status FileSink::offer(const hal::Batch& batch) noexcept {
  if (descriptor_ < 0) {
    return Error::kWrongState;
  }
  if (ack_.has_value()) {
    return Error::kWouldBlock;
  }
  AIOT_TRY(regular_ ? store(batch.payload) : stream(batch.payload));
  ack_ = hal::BatchAck{batch.stream, batch.last, batch.hash};
  return {};
}

Status FileSink::store(Bytes payload) noexcept {
  if (torn_) {
    errno = EIO;
    return Error::kIo;
  }
  if (!write_all(descriptor_, payload) || ::fdatasync(descriptor_) != 0) {
    // The next attempt writes the batch again; half of it must not stay in between.
    const int reason = errno;
    torn_ = ::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0;
    errno = reason;
    return Error::kIo;
  }
  size_ += payload.size();
  return {};
}

Status FileSink::stream(Bytes payload) noexcept {
  pending_.reset(new (std::nothrow) std::byte[payload.size()]);
  if (pending_ == nullptr) {
    errno = ENOMEM;
    return Error::kIo;
  }
  std::copy(payload.begin(), payload.end(), pending_.get());
  pending_size_ = payload.size();
  pending_done_ = 0;
  const Status written = write_pending(kPatienceMs);
  if (!written.ok() && pending_done_ == 0) {
    pending_.reset();
    return written;
  }
  return {};  // the rest, and its errors, in `poll`
}

// Writes what the stream takes within that time. What was written can not be taken back, so the
// rest stays until it is out.
Status FileSink::write_pending(int patience_ms) noexcept {
  const std::int64_t until = now_ms() + patience_ms;
  while (pending_done_ < pending_size_) {
    pollfd wanted{descriptor_, POLLOUT, 0};
    const int ready =
        ::poll(&wanted, 1, static_cast<int>(std::max<std::int64_t>(until - now_ms(), 0)));
    if (ready == 0) {
      return {};
    }
    const std::size_t size = std::min(pending_size_ - pending_done_, kStreamPiece);
    const ssize_t count =
        ready < 0 ? -1 : ::write(descriptor_, pending_.get() + pending_done_, size);
    if (count > 0) {
      pending_done_ += static_cast<std::size_t>(count);
    } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
      errno = count == 0 ? EIO : errno;
      return Error::kIo;
    }
  }
  pending_.reset();
  return {};
}

Result<hal::BatchAck> FileSink::poll() noexcept {
  if (!ack_.has_value()) {
    return Error::kEmpty;
  }
  if (pending_ != nullptr) {
    AIOT_TRY(write_pending(0));
    if (pending_ != nullptr) {
      return Error::kEmpty;
    }
  }
  const hal::BatchAck ack = *ack_;
  ack_.reset();
  return ack;
}

}  // namespace aiot::linux_port
