// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/records_source.hpp"

#include <array>
#include <filesystem>
#include <map>
#include <system_error>
#include <tuple>
#include <utility>

#include "aiot/record/cbor.hpp"
#include "aiot/record/record.hpp"
#include "aiot/store/frame_log.hpp"
#include "aiot/store/queue.hpp"
#include "aiot/toolkit/files.hpp"
#include "aiot/toolkit/record_archive.hpp"
#include "ports/linux/store_dir.hpp"
#include "tools/aiot/console.hpp"

namespace aiot::cli {

namespace {

using toolkit::Loaded;
using toolkit::Problem;

/// The record at the start of `bytes`; empty when there is none.
Bytes record_at(Bytes bytes) {
  record::Decoder decoder(bytes);
  const Result<Bytes> item = decoder.skip();
  return item.ok() && is_record(*item) ? *item : Bytes{};
}

/// First place from `at` on where a record of a known kind begins; the end when there is none. A
/// later kind is too little to go by in the middle of damage.
std::size_t next_record(Bytes file, std::size_t at) {
  for (; at < file.size(); ++at) {
    const Bytes found = record_at(file.subspan(at));
    if (!found.empty() &&
        record::decode_header(found)->kind <= static_cast<std::uint64_t>(record::kNewestKind)) {
      return at;
    }
  }
  return file.size();
}

Loaded<FoundRecords> from_file(const std::string& path) {
  const auto content = toolkit::read_file(path);
  if (!content.ok()) {
    return content.problem();
  }
  const Bytes file(*content);
  if (file.empty()) {
    return Problem{path + ": is empty, no record was delivered into it; run with --sink again"};
  }
  FoundRecords found;
  for (std::size_t at = 0; at < file.size();) {
    const Bytes item = record_at(file.subspan(at));
    if (!item.empty()) {
      found.records.push_back({.bytes = {item.begin(), item.end()},
                               .stream = {},
                               .sequence = 0,
                               .last = 0,
                               .acknowledged = false});
      at += item.size();
      continue;
    }
    const std::size_t next = next_record(file, at + 1);
    found.damage.push_back("bytes " + std::to_string(at) + " to " + std::to_string(next - 1) +
                           (next == file.size() ? " (the end)" : "") + " are not readable");
    at = next;
  }
  if (found.records.empty()) {
    return Problem{path +
                   ": holds no records; name a file that --sink wrote, or a store directory"};
  }
  return found;
}

/// Reads all frames of one stream that are still there.
void read_stream(const store::FrameLog& log,
                 Stream stream,
                 std::uint64_t acknowledged_below,
                 FoundRecords& found) {
  store::FrameCursor cursor;
  std::vector<std::byte> buffer(log.max_payload());
  std::uint64_t expected = log.oldest_sequence();
  while (true) {
    const Result<store::Frame> frame = log.read(cursor, buffer);
    const std::uint64_t sequence = frame.ok() ? frame->sequence : log.next_sequence();
    if (sequence > expected) {
      found.records.push_back({.bytes = {},
                               .stream = stream,
                               .sequence = expected,
                               .last = sequence - 1,
                               .acknowledged = sequence - 1 < acknowledged_below});
      found.damage.push_back(std::string("stream ") + stream_name(stream) + ": records " +
                             std::to_string(expected) + " to " + std::to_string(sequence - 1) +
                             " are not readable");
    }
    if (!frame.ok()) {
      if (frame.error() != Error::kEmpty) {
        found.damage.push_back(std::string("stream ") + stream_name(stream) + ": " +
                               to_string(frame.error()));
      }
      return;
    }
    if (!is_record(frame->payload)) {
      found.damage.push_back(std::string("stream ") + stream_name(stream) + ": record " +
                             std::to_string(sequence) + " is not of a format that is known here");
    }
    found.records.push_back({.bytes = {frame->payload.begin(), frame->payload.end()},
                             .stream = stream,
                             .sequence = sequence,
                             .last = sequence,
                             .acknowledged = sequence < acknowledged_below});
    expected = sequence + 1;
  }
}

Loaded<FoundRecords> from_store(const std::string& path) {
  linux_port::StoreDir directory;
  if (!directory.open(path, linux_port::Access::kReadOnly).ok()) {
    return Problem{directory.message()};
  }
  FoundRecords found;
  std::size_t readable = 0;
  for (std::size_t i = 0; i < kStreams; ++i) {
    const auto stream = static_cast<Stream>(i);
    const hal::FlashRegion region = directory.layout().map.queue[i];
    if (region.size == 0) {
      continue;
    }
    std::array<store::StreamConfig, kStreams> streams{};
    streams[i].region = region;
    // Each stream by itself, so that one that is damaged does not hide the others.
    store::Queue queue;
    store::FrameLog log;
    const Status mounted = log.mount(directory.flash(), region, store::OnFull::kDropOldest);
    if (!mounted.ok() || !queue.mount(directory.flash(), streams).ok()) {
      found.damage.push_back(std::string("stream ") + stream_name(stream) + ": " +
                             to_string(mounted.ok() ? Error::kCorrupt : mounted.error()));
      continue;
    }
    ++readable;
    read_stream(log, stream, queue.first_unacknowledged(stream), found);
  }
  if (readable == 0) {
    return Problem{path + ": no stream of the store can be read (" +
                   (found.damage.empty() ? "none is used" : found.damage.front()) +
                   "); restore it from a copy"};
  }
  return found;
}

using Place = std::tuple<std::string, Stream, std::uint64_t>;  // device, stream, first sequence

/// What the device gave up, as the record that said so.
FoundRecord gap_of(const toolkit::ArchivedRange& range) {
  std::array<std::byte, record::kMaxGapBytes> memory{};
  const auto bytes =
      record::encode(record::GapRecord{range.stream, range.first, range.last}, memory);
  return {.bytes = {bytes->begin(), bytes->end()},
          .stream = {},
          .sequence = range.first,
          .last = range.last,
          .sender = range.device};
}

Loaded<FoundRecords> from_archive(const std::string& path, const std::string& sender) {
  const auto archive = toolkit::RecordArchive::open_to_read(path);
  if (!archive.ok()) {
    return archive.problem();
  }
  const auto is_wanted = [&](const std::string& device) {
    return sender.empty() || device == sender;
  };
  std::map<Place, FoundRecord> found;
  archive->visit([&](const toolkit::ArchivedRecord& record) {
    if (is_wanted(record.device)) {
      found[{record.device, record.stream, record.sequence}] = {.bytes = record.payload,
                                                                .stream = {},
                                                                .sequence = record.sequence,
                                                                .last = record.sequence,
                                                                .sender = record.device,
                                                                .received_ms = record.received_ms};
    }
    return true;
  });
  FoundRecords result;
  for (const toolkit::ArchivedRange& range : archive->ranges()) {
    if (!is_wanted(range.device)) {
      continue;
    }
    if (!range.is_hole) {
      found.try_emplace({range.device, range.stream, range.first}, gap_of(range));
      continue;
    }
    // Parts of it may have come after all.
    for (std::uint64_t first = range.first; first <= range.last;) {
      const auto next = found.lower_bound({range.device, range.stream, first});
      const bool inside = next != found.end() && std::get<0>(next->first) == range.device &&
                          std::get<1>(next->first) == range.stream &&
                          std::get<2>(next->first) <= range.last;
      const std::uint64_t end = inside ? std::get<2>(next->first) : range.last + 1;
      if (end > first) {
        found[{range.device, range.stream, first}] = {.bytes = {},
                                                      .stream = range.stream,
                                                      .sequence = first,
                                                      .last = end - 1,
                                                      .sender = range.device};
        result.damage.push_back(printable(range.device) + ", stream " + stream_name(range.stream) +
                                ": records " + std::to_string(first) + " to " +
                                std::to_string(end - 1) + " are missing");
      }
      first = inside ? next->second.last + 1 : end;
    }
  }
  for (auto& [place, record] : found) {
    result.records.push_back(std::move(record));
  }
  if (result.records.empty()) {
    return Problem{path + (sender.empty() ? ": holds no records yet; run aiot consume"
                                          : ": holds nothing of device '" + printable(sender) +
                                                "'; see aiot records decode without --device")};
  }
  return result;
}

}  // namespace

bool is_record(Bytes bytes) {
  const Result<record::Header> header = record::decode_header(bytes);
  if (!header.ok()) {
    return false;
  }
  switch (header->kind) {
    case static_cast<std::uint64_t>(record::Kind::kContext):
      return record::decode_context(bytes).ok();
    case static_cast<std::uint64_t>(record::Kind::kDecision):
      return record::decode_decision(bytes).ok();
    case static_cast<std::uint64_t>(record::Kind::kGap):
      return record::decode_gap(bytes).ok();
    case static_cast<std::uint64_t>(record::Kind::kTime):
      return record::decode_time(bytes).ok();
    default:
      return true;
  }
}

Loaded<FoundRecords> find_records(const std::string& path, const std::string& sender) {
  std::error_code code;
  if (toolkit::RecordArchive::is_archive(path)) {
    return from_archive(path, sender);
  }
  if (!sender.empty()) {
    return Problem{path + ": knows one device only; leave --device out"};
  }
  return std::filesystem::is_directory(path, code) ? from_store(path) : from_file(path);
}

}  // namespace aiot::cli
