// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/store/queue.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"

namespace aiot::store {

namespace {

constexpr std::uint32_t kMaxStepS = 7 * 24 * 3600;

/// Whether what came at `then` is older than `limit`; what seems to come from the future is not.
bool older(std::uint32_t now, std::uint32_t then, std::uint32_t limit) noexcept {
  return now > then && now - then > limit;
}

}  // namespace

/// The lane of a used stream, else null.
const Queue::Lane* Queue::find(Stream stream) const noexcept {
  const auto index = static_cast<std::size_t>(stream);
  AIOT_CHECK(index < lanes_.size());
  const Lane& lane = lanes_[index];
  return mounted_ && lane.stream.log().mounted() ? &lane : nullptr;
}

Result<Queue::Lane*> Queue::lane(Stream stream) noexcept {
  if (find(stream) == nullptr) {
    return mounted_ ? Error::kUnsupported : Error::kWrongState;
  }
  return &lanes_[static_cast<std::size_t>(stream)];
}

Status Queue::mount(hal::FlashRef flash, std::span<const StreamConfig> streams) noexcept {
  AIOT_CHECK(streams.size() <= kStreams);
  mounted_ = clock_known_ = false;
  clock_s_ = 0;
  for (Lane& lane : lanes_) {
    lane.stream.unmount();
  }
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (streams[i].region.size == 0) {
      continue;
    }
    Lane& lane = lanes_[i];
    AIOT_TRY(lane.stream.mount(flash, streams[i].region, streams[i].on_full));
    lane.keep = streams[i].retention;
    lane.on_full = streams[i].on_full;
    lane.thin = false;
    lane.refused = lane.thinned = 0;
    clock_s_ = std::max(clock_s_, lane.stream.log().stamp());
    lane.tail = lane.stream.log().lowest_sector();
    lane.tail_end = 0;
    if (lane.on_full != OnFull::kRefuseNewest) {
      lane.limit();
    }
  }
  for (Lane& lane : lanes_) {
    lane.last_s = clock_s_;  // at most: nothing is given up too early
    lane.stream.set_stamp(clock_s_);
  }
  // What a killed process left in the system's cache is read above; it counts only once it is
  // durable.
  AIOT_TRY(flash.sync());
  mounted_ = true;
  return {};
}

Status Queue::format(hal::FlashRef flash, std::span<const StreamConfig> streams) noexcept {
  for (const StreamConfig& stream : streams) {
    if (stream.region.size != 0) {
      AIOT_TRY(FrameLog::format(flash, stream.region));
    }
  }
  return {};
}

/// Moves the tail to the sector that holds the first kept record.
void Queue::Lane::follow() noexcept {
  const FrameLog& log = stream.log();
  if (tail < log.lowest_sector()) {
    tail = log.lowest_sector();
    tail_end = 0;
  }
  for (; tail < log.newest_sector(); ++tail) {
    if (tail_end == 0) {
      const SectorStart next = log.start_from(tail + 1);
      tail_end = next.first;
      tail_until = next.stamp;
    }
    if (tail_end > stream.first_kept()) {
      return;
    }
    tail_end = 0;
  }
}

/// Sectors that hold what is kept.
std::uint32_t Queue::Lane::used() noexcept {
  follow();
  const std::uint32_t newest = stream.log().newest_sector();
  return newest == 0 ? 0 : newest - tail + 1;
}

/// Sectors that may hold what is kept.
std::uint32_t Queue::Lane::most() const noexcept {
  const FrameLog& log = stream.log();
  const std::uint32_t room = log.sectors() - 1;  // one is the spare
  return keep.max_bytes == 0
             ? room
             : std::clamp(keep.max_bytes / log.sector_bytes(), std::uint32_t{2}, room);
}

/// Whether so many quarters of what the stream may keep are there.
bool Queue::Lane::filled(std::uint32_t quarters) noexcept {
  const std::uint64_t records = stream.log().next_sequence() - stream.first_kept();
  return (keep.max_records != 0 && records * 4 >= std::uint64_t{keep.max_records} * quarters) ||
         used() * 4 >= most() * quarters + 1;
}

/// Gives up the oldest records above the limits of number and bytes.
void Queue::Lane::limit() noexcept {
  const std::uint64_t next = stream.log().next_sequence();
  if (keep.max_records != 0 && next - stream.first_kept() > keep.max_records) {
    stream.give_up_below(next - keep.max_records);
  }
  while (keep.max_bytes != 0 && used() > most() && tail_end != 0) {
    stream.give_up_below(tail_end);
  }
}

/// Gives up what is older than the limit of age: sectors that were closed before it began, and the
/// newest one when nothing came since.
void Queue::Lane::expire(std::uint32_t now_s) noexcept {
  for (follow(); tail_end != 0 && older(now_s, tail_until, keep.max_age_s); follow()) {
    stream.give_up_below(tail_end);
  }
  if (tail_end == 0 && older(now_s, last_s, keep.max_age_s)) {
    stream.give_up_below(stream.accepted());
  }
}

Status Queue::append(Stream stream, Bytes record) noexcept {
  AIOT_TRY_ASSIGN(Lane* const lane, this->lane(stream));
  const bool refuses = lane->on_full == OnFull::kRefuseNewest;
  if (lane->on_full == OnFull::kThinOut && lane->filled(3)) {
    lane->thin = !lane->thin;
    if (lane->thin) {
      ++lane->thinned;
      return Error::kWouldBlock;
    }
  }
  const bool limited = lane->keep.max_records != 0 || lane->keep.max_bytes != 0;
  const bool full = refuses && limited && lane->filled(4);
  const Status appended = full ? Error::kNoSpace : lane->stream.append(record);
  if (appended.error() == Error::kNoSpace) {
    ++lane->refused;
  }
  if (appended.ok()) {
    lane->last_s = clock_s_;
    if (!refuses) {
      lane->limit();
    }
  }
  return appended;
}

Status Queue::sync() noexcept {
  if (!mounted_) {
    return Error::kWrongState;
  }
  for (Lane& lane : lanes_) {
    if (lane.stream.log().mounted()) {
      AIOT_TRY(lane.stream.sync());
      break;  // all streams are on one device
    }
  }
  for (Lane& lane : lanes_) {
    lane.stream.synced();
  }
  return {};
}

Status Queue::push(Stream stream, Bytes record) noexcept {
  AIOT_TRY(append(stream, record));
  return sync();
}

Result<Entry> Queue::read(Stream stream, ReadCursor& cursor, MutableBytes buffer) const noexcept {
  const Lane* const lane = find(stream);
  if (lane == nullptr) {
    return mounted_ ? Error::kUnsupported : Error::kWrongState;
  }
  return lane->stream.read(cursor, buffer);
}

Status Queue::acknowledge(Stream stream, std::uint64_t last, const BatchHash& hash) noexcept {
  AIOT_TRY_ASSIGN(Lane* const lane, this->lane(stream));
  const std::uint64_t before = lane->stream.first_unacknowledged();
  AIOT_TRY(lane->stream.acknowledge(last, hash));
  if (lane->stream.first_unacknowledged() != before) {  // it has synced
    for (Lane& other : lanes_) {
      other.stream.synced();
    }
  }
  return {};
}

std::uint64_t Queue::first_unacknowledged(Stream stream) const noexcept {
  const Lane* const lane = find(stream);
  return lane == nullptr ? 0 : lane->stream.first_unacknowledged();
}

BatchHash Queue::acknowledged_hash(Stream stream) const noexcept {
  const Lane* const lane = find(stream);
  return lane == nullptr ? BatchHash{} : lane->stream.acknowledged_hash();
}

Result<Entry> Queue::last_record(Stream stream, MutableBytes buffer) const noexcept {
  const Lane* const lane = find(stream);
  if (lane == nullptr) {
    return mounted_ ? Error::kUnsupported : Error::kWrongState;
  }
  AIOT_TRY_ASSIGN(const Frame frame, lane->stream.log().last(buffer));
  return Entry{EntryKind::kRecord, frame.sequence, frame.sequence, frame.payload};
}

std::uint64_t Queue::next_sequence(Stream stream) const noexcept {
  const Lane* const lane = find(stream);
  return lane == nullptr ? 0 : lane->stream.log().next_sequence();
}

std::uint32_t Queue::max_record(Stream stream) const noexcept {
  const Lane* const lane = find(stream);
  return lane == nullptr ? 0 : lane->stream.log().max_payload();
}

bool Queue::used(Stream stream) const noexcept {
  return find(stream) != nullptr;
}

Result<bool> Queue::service(std::uint32_t now_s) noexcept {
  if (!mounted_) {
    return Error::kWrongState;
  }
  // Only steps count; a large one is a clock that was set.
  const std::uint32_t step = now_s - last_now_s_;
  clock_s_ += clock_known_ && step <= kMaxStepS ? step : 0;
  last_now_s_ = now_s;
  clock_known_ = true;
  bool worked = false;
  for (Lane& lane : lanes_) {
    if (!lane.stream.log().mounted()) {
      continue;
    }
    lane.stream.set_stamp(clock_s_);
    if (lane.keep.max_age_s != 0) {
      lane.expire(clock_s_);
    }
    if (!worked) {
      AIOT_TRY_ASSIGN(worked, lane.stream.service());
    }
  }
  return worked;
}

StreamStats Queue::stats(Stream stream) const noexcept {
  const Lane* const lane = find(stream);
  if (lane == nullptr) {
    return {};
  }
  const FrameLog& log = lane->stream.log();
  return {
      .next_sequence = log.next_sequence(),
      .first_unacknowledged = lane->stream.first_unacknowledged(),
      .oldest_sequence = log.oldest_sequence(),
      .dropped = lane->stream.lost(),
      .refused = lane->refused,
      .thinned = lane->thinned,
      .sectors = log.sectors(),
      .used_sectors = log.newest_sector() == 0 ? 0 : log.newest_sector() - log.lowest_sector() + 1,
      .bad_sectors = log.bad_sectors(),
      .erase_count = log.erase_count()};
}

}  // namespace aiot::store
