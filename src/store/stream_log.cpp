// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/store/stream_log.hpp"

#include <algorithm>
#include <cstring>

namespace aiot::store {
namespace {

// The state of a stream's log: SPEC, "Queue".
constexpr std::size_t kHashAt = 8;
constexpr std::size_t kLostAt = 24;
static_assert(kHashAt + std::tuple_size_v<BatchHash> == kLostAt);
static_assert(kLostAt + 4 == std::tuple_size_v<LogState>);

}  // namespace

Status StreamLog::mount(hal::FlashRef flash, hal::FlashRegion region, OnFull on_full) noexcept {
  AIOT_TRY(log_.mount(flash, region, on_full));
  accepted_ = log_.next_sequence();
  acknowledged_ = std::min(load_le64(log_.state().data()), accepted_);
  lost_ = load_le32(&log_.state()[kLostAt]);
  given_up_ = 0;
  log_.protect_from(acknowledged_);
  return {};
}

Status StreamLog::sync() noexcept {
  AIOT_TRY(log_.sync());
  accepted_ = log_.next_sequence();
  return {};
}

Result<Entry> StreamLog::read(ReadCursor& cursor, MutableBytes buffer) const noexcept {
  if (!log_.mounted()) {
    return Error::kWrongState;
  }
  const std::uint64_t next = std::max(cursor.sequence, acknowledged_);
  if (next >= accepted_) {
    return Error::kEmpty;
  }
  ReadCursor at = cursor;
  at.sequence = std::max(next, given_up_);
  const Result<Frame> frame = log_.read(at, buffer);
  if (!frame.ok() && frame.error() != Error::kEmpty) {
    return frame.error();
  }
  const std::uint64_t found = frame.ok() ? std::min(frame->sequence, accepted_) : accepted_;
  if (found > next) {
    cursor.sequence = found;
    return Entry{EntryKind::kGap, next, found - 1, {}};
  }
  cursor = at;
  return Entry{EntryKind::kRecord, next, next, frame->payload};
}

Status StreamLog::acknowledge(std::uint64_t last, const BatchHash& hash) noexcept {
  if (!log_.mounted()) {
    return Error::kWrongState;
  }
  if (last >= accepted_) {
    return Error::kOutOfRange;
  }
  if (last < acknowledged_) {
    return {};
  }
  const std::uint64_t gap = std::min(first_kept(), last + 1) - acknowledged_;
  const std::uint32_t lost = lost_ + static_cast<std::uint32_t>(gap);
  LogState state{};
  store_le64(state.data(), last + 1);
  std::memcpy(&state[kHashAt], hash.data(), hash.size());
  store_le32(&state[kLostAt], lost);
  if (log_.state() != state) {  // else it was written before, and the sync failed
    AIOT_TRY(log_.set_state(state));
  }
  AIOT_TRY(sync());
  acknowledged_ = last + 1;
  lost_ = lost;
  give_up_below(acknowledged_);
  return {};
}

void StreamLog::give_up_below(std::uint64_t sequence) noexcept {
  given_up_ = std::max(given_up_, sequence);
  log_.protect_from(given_up_);
}

BatchHash StreamLog::acknowledged_hash() const noexcept {
  BatchHash hash{};
  std::memcpy(hash.data(), &log_.state()[kHashAt], hash.size());
  return hash;
}

}  // namespace aiot::store
