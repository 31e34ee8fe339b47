// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/recording_mark.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdio>
#include <span>
#include <sstream>
#include <string>
#include <system_error>

#include "aiot/core/bytes.hpp"
#include "aiot/crypto/sha256.hpp"
#include "aiot/store/queue.hpp"
#include "aiot/toolkit/files.hpp"
#include "aiot/toolkit/hex.hpp"

namespace aiot::toolkit {

namespace {

constexpr const char* kMarkFile = "recording.txt";
constexpr const char* kMarkTitle = "aiot-recording 1";

void add_u64(crypto::Sha256& hash, std::uint64_t value) {
  std::array<std::byte, 8> bytes{};
  store_le64(bytes.data(), value);
  hash.update(bytes);
}

bool write_durably(const std::filesystem::path& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) {
    return false;
  }
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(file) == 0;
  return ::close(file) == 0 && written;
}

bool sync_directory(const std::filesystem::path& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = folder >= 0 && ::fsync(folder) == 0;
  if (folder >= 0) {
    (void)::close(folder);
  }
  return synced;
}

}  // namespace

Hash256 recording_identity(const Recording& recording, const Hash256& package) {
  crypto::Sha256 hash;
  hash.update(package);
  const hal::SensorFormat format = format_of(recording);
  add_u64(hash, std::bit_cast<std::uint32_t>(format.rate_hz));
  add_u64(hash, std::bit_cast<std::uint32_t>(format.scale));
  add_u64(hash, format.axes);
  for (const RecordingGap& gap : recording.gaps) {
    add_u64(hash, gap.frame);
    add_u64(hash, gap.lost);
  }
  hash.update(std::as_bytes(std::span(recording.samples)));
  return hash.finish();
}

std::optional<RecordingMark> read_recording_mark(const std::filesystem::path& directory) {
  const auto content = read_file(directory / kMarkFile);
  if (!content.ok()) {
    return std::nullopt;
  }
  std::istringstream lines(
      std::string(reinterpret_cast<const char*>(content->data()), content->size()));
  std::string title;
  std::string identity;
  RecordingMark mark;
  if (!std::getline(lines, title) || title != kMarkTitle || !(lines >> identity)) {
    return std::nullopt;
  }
  for (std::uint64_t& sequence : mark.begin) {
    if (!(lines >> sequence)) {
      return std::nullopt;
    }
  }
  const auto hash = parse_hash(identity);
  if (!hash) {
    return std::nullopt;
  }
  mark.identity = *hash;
  return mark;
}

std::optional<Problem> write_recording_mark(const std::filesystem::path& directory,
                                            const RecordingMark& mark) {
  std::string text = std::string(kMarkTitle) + "\n" + hex(mark.identity);
  for (const std::uint64_t sequence : mark.begin) {
    text += " " + std::to_string(sequence);
  }
  const std::filesystem::path path = directory / kMarkFile;
  const std::filesystem::path partial = path.string() + ".partial";
  if (write_durably(partial, text + "\n") && std::rename(partial.c_str(), path.c_str()) == 0 &&
      sync_directory(directory)) {
    return std::nullopt;
  }
  return Problem{path.string() + ": can not be written (" + std::generic_category().message(errno) +
                 "); make room or use another store"};
}

Loaded<StreamBegin> begin_recording(const std::filesystem::path& directory,
                                    hal::FlashRef flash,
                                    const hal::FlashMap& map,
                                    const Recording& recording,
                                    const Hash256& package) {
  RecordingMark mark{.identity = recording_identity(recording, package), .begin = {}};
  const std::optional<RecordingMark> known = read_recording_mark(directory);
  if (known && known->identity == mark.identity) {
    return known->begin;
  }
  std::array<store::StreamConfig, kStreams> streams{};
  for (std::size_t i = 0; i < kStreams; ++i) {
    streams[i].region = map.queue[i];
  }
  store::Queue queue;
  if (const Status mounted = queue.mount(flash, streams); !mounted.ok()) {
    return Problem{directory.string() + ": the store can not be read (" +
                   to_string(mounted.error()) + "); use another store"};
  }
  for (std::size_t i = 0; i < kStreams; ++i) {
    mark.begin[i] = queue.next_sequence(static_cast<Stream>(i));
  }
  if (auto problem = write_recording_mark(directory, mark)) {
    return *problem;
  }
  return mark.begin;
}

}  // namespace aiot::toolkit
