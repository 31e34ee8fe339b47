// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/run_store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdio>
#include <span>
#include <sstream>
#include <system_error>

#include "aiot/crypto/sha256.hpp"
#include "aiot/record/record.hpp"
#include "aiot/toolkit/files.hpp"
#include "tools/aiot/console.hpp"

namespace aiot::cli {

namespace {

// 1 MiB a stream: about 20,000 decisions.
constexpr std::uint32_t kSectorsPerStream = 256;
constexpr const char* kMarkFile = "/recording.txt";
constexpr const char* kMarkTitle = "aiot-recording 1";

std::optional<Hash256> hash_from(const std::string& text) {
  Hash256 hash{};
  if (text.size() != hash.size() * 2) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(text[i]);
    if (digit == std::string_view::npos) {
      return std::nullopt;
    }
    hash[i / 2] = (hash[i / 2] << 4U) | static_cast<std::byte>(digit);
  }
  return hash;
}

void add_u64(crypto::Sha256& hash, std::uint64_t value) {
  std::array<std::byte, 8> bytes{};
  store_le64(bytes.data(), value);
  hash.update(bytes);
}

bool write_durably(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) {
    return false;
  }
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(file) == 0;
  return ::close(file) == 0 && written;
}

bool sync_directory(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = folder >= 0 && ::fsync(folder) == 0;
  if (folder >= 0) {
    (void)::close(folder);
  }
  return synced;
}

}  // namespace

std::optional<std::string> RunStore::open(const std::string& path) {
  const linux_port::StoreLayout layout = linux_port::default_store_layout(kSectorsPerStream);
  if (!path.empty()) {
    if (!directory_.open_or_create(path, layout).ok()) {
      return directory_.message();
    }
    map_ = directory_.layout().map;
    return std::nullopt;
  }
  memory_.resize(layout.geometry.size);
  if (!layout.geometry.reprogram) {
    granules_.resize(layout.geometry.size / layout.geometry.program);
  }
  chip_.emplace(layout.geometry, sim::SimFlash::Ecc::kNo, memory_, granules_);
  chip_->blank();
  map_ = layout.map;
  return std::nullopt;
}

hal::FlashRef RunStore::flash() {
  return chip_ ? hal::FlashRef(*chip_) : hal::FlashRef(directory_.flash());
}

std::optional<std::string> RunSink::open(const std::string& path) {
  delivers_ = !path.empty();
  if (path == "-") {
    file_.attach(STDOUT_FILENO);
    return std::nullopt;
  }
  if (path.empty()) {
    return std::nullopt;
  }
  const Status opened = file_.open(path.c_str(), record::whole_records);
  switch (opened.error()) {
    case Error::kNone:
      return std::nullopt;
    case Error::kWrongState:
      return path + ": another process delivers into it; name another --sink";
    case Error::kCorrupt:
      return path + ": holds something else than records; name another --sink";
    default:
      return path + ": can not be written (" + std::generic_category().message(errno) +
             "); name another --sink";
  }
}

Status RunSink::offer(const hal::Batch& batch) noexcept {
  return delivers_ ? file_.offer(batch) : Status{Error::kWouldBlock};
}

Result<hal::BatchAck> RunSink::poll() noexcept {
  return delivers_ ? file_.poll() : Result<hal::BatchAck>{Error::kEmpty};
}

Hash256 run_identity(const toolkit::Recording& recording, const Hash256& package) {
  crypto::Sha256 hash;
  hash.update(package);
  const hal::SensorFormat format = toolkit::format_of(recording);
  add_u64(hash, std::bit_cast<std::uint32_t>(format.rate_hz));
  add_u64(hash, std::bit_cast<std::uint32_t>(format.scale));
  add_u64(hash, format.axes);
  for (const toolkit::RecordingGap& gap : recording.gaps) {
    add_u64(hash, gap.frame);
    add_u64(hash, gap.lost);
  }
  hash.update(std::as_bytes(std::span(recording.samples)));
  return hash.finish();
}

std::optional<RunMark> read_mark(const std::string& directory) {
  const auto content = toolkit::read_file(directory + kMarkFile);
  if (!content.ok()) {
    return std::nullopt;
  }
  std::istringstream lines(
      std::string(reinterpret_cast<const char*>(content->data()), content->size()));
  std::string title;
  std::string identity;
  RunMark mark;
  if (!std::getline(lines, title) || title != kMarkTitle || !(lines >> identity)) {
    return std::nullopt;
  }
  for (std::uint64_t& sequence : mark.begin) {
    if (!(lines >> sequence)) {
      return std::nullopt;
    }
  }
  const auto hash = hash_from(identity);
  if (!hash) {
    return std::nullopt;
  }
  mark.identity = *hash;
  return mark;
}

std::optional<std::string> write_mark(const std::string& directory, const RunMark& mark) {
  std::string text = std::string(kMarkTitle) + "\n" + hex(mark.identity);
  for (const std::uint64_t sequence : mark.begin) {
    text += " " + std::to_string(sequence);
  }
  const std::string path = directory + kMarkFile;
  const std::string partial = path + ".partial";
  if (write_durably(partial, text + "\n") && std::rename(partial.c_str(), path.c_str()) == 0 &&
      sync_directory(directory)) {
    return std::nullopt;
  }
  return path + ": can not be written (" + std::generic_category().message(errno) +
         "); make room or name another --store";
}

}  // namespace aiot::cli
