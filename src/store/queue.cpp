// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/store/queue.hpp"

#include <algorithm>
#include <cstring>

#include "aiot/core/check.hpp"

namespace aiot::store {
namespace {

/// The state of a stream's log: SPEC, "Queue".
struct Acknowledged {
  std::uint64_t below = 0;  // every sequence below this is acknowledged
  BatchHash hash{};
};

constexpr std::size_t kHashAt = 8;
static_assert(kHashAt + std::tuple_size_v<BatchHash> == std::tuple_size_v<LogState>);

LogState encode(const Acknowledged& value) noexcept {
  LogState state{};
  store_le64(state.data(), value.below);
  std::memcpy(state.data() + kHashAt, value.hash.data(), value.hash.size());
  return state;
}

Acknowledged decode(const LogState& state) noexcept {
  Acknowledged value{.below = load_le64(state.data())};
  std::memcpy(value.hash.data(), state.data() + kHashAt, value.hash.size());
  return value;
}

}  // namespace

Result<Queue::Lane*> Queue::lane(Stream stream) noexcept {
  const auto index = static_cast<std::size_t>(stream);
  AIOT_CHECK(index < lanes_.size());
  if (!mounted_) {
    return Error::kWrongState;
  }
  return lanes_[index].log.mounted() ? Result<Lane*>{&lanes_[index]} : Error::kUnsupported;
}

Result<const Queue::Lane*> Queue::lane(Stream stream) const noexcept {
  const auto index = static_cast<std::size_t>(stream);
  AIOT_CHECK(index < lanes_.size());
  if (!mounted_) {
    return Error::kWrongState;
  }
  return lanes_[index].log.mounted() ? Result<const Lane*>{&lanes_[index]} : Error::kUnsupported;
}

/// The lane of a used stream, else null.
const Queue::Lane* Queue::find(Stream stream) const noexcept {
  return lane(stream).value_or(nullptr);
}

Status Queue::mount(hal::FlashRef flash, std::span<const StreamConfig> streams) noexcept {
  AIOT_CHECK(streams.size() <= kStreams);
  mounted_ = false;
  for (Lane& lane : lanes_) {
    lane.log.unmount();
  }
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (streams[i].region.size == 0) {
      continue;
    }
    Lane& lane = lanes_[i];
    AIOT_TRY(lane.log.mount(flash, streams[i].region, streams[i].on_full));
    lane.accepted = lane.log.next_sequence();
    lane.refused = 0;
    const std::uint64_t below = std::min(decode(lane.log.state()).below, lane.accepted);
    const std::uint64_t oldest = lane.log.oldest_sequence();
    lane.log.protect_from(below);
    lane.dropped_before = oldest > below ? static_cast<std::uint32_t>(oldest - below) : 0;
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

Status Queue::append(Stream stream, Bytes record) noexcept {
  AIOT_TRY_ASSIGN(Lane* const lane, this->lane(stream));
  const Status appended = lane->log.append(record);
  if (appended.error() == Error::kNoSpace) {
    ++lane->refused;
  }
  return appended;
}

Status Queue::sync() noexcept {
  if (!mounted_) {
    return Error::kWrongState;
  }
  for (Lane& lane : lanes_) {
    if (lane.log.mounted()) {
      AIOT_TRY(lane.log.sync());
      break;  // all streams are on one device
    }
  }
  for (Lane& lane : lanes_) {
    lane.accepted = lane.log.next_sequence();
  }
  return {};
}

Status Queue::push(Stream stream, Bytes record) noexcept {
  AIOT_TRY(append(stream, record));
  return sync();
}

Result<Entry> Queue::read(Stream stream, ReadCursor& cursor, MutableBytes buffer) const noexcept {
  AIOT_TRY_ASSIGN(const Lane* const lane, this->lane(stream));
  const std::uint64_t next = std::max(cursor.next, lane->log.protected_from());
  if (next >= lane->accepted) {
    return Error::kEmpty;
  }
  FrameCursor behind = cursor.frame;
  behind.sequence = next;
  const auto frame = lane->log.read(behind, buffer);
  if (!frame.ok() && frame.error() != Error::kEmpty) {
    return frame.error();
  }
  const std::uint64_t found =
      frame.ok() ? std::min(frame->sequence, lane->accepted) : lane->accepted;
  if (found > next) {
    cursor.next = found;
    return Entry{EntryKind::kGap, next, found - 1, {}};
  }
  cursor.next = next + 1;
  cursor.frame = behind;
  return Entry{EntryKind::kRecord, next, next, frame->payload};
}

Status Queue::acknowledge(Stream stream, std::uint64_t last, const BatchHash& hash) noexcept {
  AIOT_TRY_ASSIGN(Lane* const lane, this->lane(stream));
  if (last >= lane->accepted) {
    return Error::kOutOfRange;
  }
  if (last < lane->log.protected_from()) {
    return {};
  }
  const LogState state = encode({last + 1, hash});
  if (lane->log.state() != state) {
    AIOT_TRY(lane->log.set_state(state));
  }
  AIOT_TRY(sync());
  lane->log.protect_from(last + 1);
  return {};
}

std::uint64_t Queue::first_unacknowledged(Stream stream) const noexcept {
  const Lane* const lane = find(stream);
  return lane == nullptr ? 0 : lane->log.protected_from();
}

BatchHash Queue::acknowledged_hash(Stream stream) const noexcept {
  const Lane* const lane = find(stream);
  return lane == nullptr ? BatchHash{} : decode(lane->log.state()).hash;
}

Result<Entry> Queue::last_record(Stream stream, MutableBytes buffer) const noexcept {
  AIOT_TRY_ASSIGN(const Lane* const lane, this->lane(stream));
  AIOT_TRY_ASSIGN(const Frame frame, lane->log.last(buffer));
  return Entry{EntryKind::kRecord, frame.sequence, frame.sequence, frame.payload};
}

std::uint64_t Queue::next_sequence(Stream stream) const noexcept {
  const Lane* const lane = find(stream);
  return lane == nullptr ? 0 : lane->log.next_sequence();
}

std::uint32_t Queue::max_record(Stream stream) const noexcept {
  const Lane* const lane = find(stream);
  return lane == nullptr ? 0 : lane->log.max_payload();
}

bool Queue::used(Stream stream) const noexcept {
  return find(stream) != nullptr;
}

Result<bool> Queue::service() noexcept {
  if (!mounted_) {
    return Error::kWrongState;
  }
  for (Lane& lane : lanes_) {
    if (lane.log.mounted()) {
      AIOT_TRY_ASSIGN(const bool worked, lane.log.service());
      if (worked) {
        return true;
      }
    }
  }
  return false;
}

StreamStats Queue::stats(Stream stream) const noexcept {
  const Lane* const lane = find(stream);
  if (lane == nullptr) {
    return {};
  }
  const FrameLog& log = lane->log;
  return {.next_sequence = log.next_sequence(),
          .first_unacknowledged = log.protected_from(),
          .oldest_sequence = log.oldest_sequence(),
          .dropped = lane->dropped_before + log.dropped(),
          .refused = lane->refused,
          .sectors = log.sectors(),
          .used_sectors = log.used_sectors(),
          .bad_sectors = log.bad_sectors(),
          .erase_count = log.erase_count()};
}

}  // namespace aiot::store
