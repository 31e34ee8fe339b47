// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "bench/store/contestant.hpp"

namespace aiot::bench {
namespace {

constexpr std::size_t kFileBytes = 256 * 1024;

/// No queue: keeps everything in memory, and for each durable call writes the bytes once, one after
/// the other into a file that has its blocks already, and syncs them.
class BareDisk : public Contestant {
 public:
  ~BareDisk() override {
    if (file_ >= 0) {
      ::close(file_);
    }
  }

  BareDisk() = default;
  BareDisk(const BareDisk&) = delete;
  BareDisk& operator=(const BareDisk&) = delete;

  bool create(const std::string& path) {
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    const std::vector<std::byte> blocks(kFileBytes, std::byte{1});
    return file_ >= 0 &&
           ::pwrite(file_, blocks.data(), blocks.size(), 0) ==
               static_cast<ssize_t>(blocks.size()) &&
           ::fsync(file_) == 0;
  }

  bool append(std::span<const Bytes> records) override {
    together_.clear();
    for (const Bytes record : records) {
      together_.insert(together_.end(), record.begin(), record.end());
      kept_.emplace_back(record.begin(), record.end());
    }
    return write(together_);
  }

  bool read(std::uint64_t count, Reader& reader) override {
    for (std::uint64_t i = 0; i < count; ++i) {
      if (!reader.take(first_ + i, kept_[i])) {
        return false;
      }
    }
    return true;
  }

  bool acknowledge(std::uint64_t last, const BatchHash& hash) override {
    first_ = last + 1;
    kept_.clear();
    return write(hash);
  }

 private:
  bool write(Bytes bytes) {
    if (at_ + bytes.size() > kFileBytes) {
      at_ = 0;
    }
    const bool written = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at_)) ==
                         static_cast<ssize_t>(bytes.size());
    at_ += bytes.size();
    return written && ::fdatasync(file_) == 0;
  }

  int file_ = -1;
  std::size_t at_ = 0;
  std::uint64_t first_ = 0;
  std::vector<std::vector<std::byte>> kept_;
  std::vector<std::byte> together_;
};

}  // namespace

std::unique_ptr<Contestant> bare_disk_contestant(const std::string& path) {
  auto disk = std::make_unique<BareDisk>();
  return disk->create(path) ? std::move(disk) : nullptr;
}

}  // namespace aiot::bench
