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

Status StreamLog::mount(hal::FlashRef flash,
                        const hal::FlashRegion& region,
                        OnFull on_full) noexcept {
  accepted_ = 0;
  AIOT_TRY(log_.mount(flash, region, on_full));
  accepted_ = log_.next_sequence();
  acknowledged_ = std::min(load_le64(log_.state().data()), accepted_);
  lost_ = load_le32(&log_.state()[kLostAt]);
  log_.protect_from(acknowledged_);
  return {};
}

Status StreamLog::sync() noexcept {
  AIOT_TRY(log_.sync());
  accepted_ = log_.next_sequence();
  return {};
}

Result<Entry> StreamLog::read(ReadCursor& cursor, MutableBytes buffer) const noexcept {
  const std::uint64_t next = std::max(cursor.sequence, acknowledged_);
  if (next >= accepted_) {
    return Error::kEmpty;
  }
  cursor.sequence = std::max(next, first_kept());
  const Error error = log_.advance(cursor, buffer).error();
  std::uint64_t found = accepted_;
  if (error == Error::kNone) {
    found = std::min(found, cursor.sequence - 1);
    if (found == next) {
      return Entry{EntryKind::kRecord, next, next, buffer.first(cursor.length)};
    }
  } else if (error != Error::kEmpty) {
    cursor.sequence = next;
    return error;
  }
  cursor.sequence = found;
  cursor.sector = 0;  // the record behind the gap is looked up again
  return Entry{EntryKind::kGap, next, found - 1, {}};
}

Status StreamLog::acknowledge(std::uint64_t last, const BatchHash& hash) noexcept {
  if (last >= accepted_) {
    return Error::kOutOfRange;
  }
  if (last < acknowledged_) {
    return {};
  }
  const std::uint64_t end = last + 1;
  const auto lost =
      static_cast<std::uint32_t>(lost_ + (std::min(first_kept(), end) - acknowledged_));
  LogState state;  // NOLINT(*-member-init): filled here
  store_le64(state.data(), end);
  std::memcpy(&state[kHashAt], hash.data(), hash.size());
  store_le32(&state[kLostAt], lost);
  // Before the state is written: what the consumer has may make room for it, also for the next try.
  const std::uint64_t before = log_.protected_from();
  log_.protect_from(std::max(before, end));
  Status done = log_.set_state(state);
  if (done.ok()) {
    done = sync();
  }
  if (done.error() == Error::kIo) {
    log_.protect_from(before);
  }
  AIOT_TRY(done);
  acknowledged_ = end;
  lost_ = lost;
  return {};
}

void StreamLog::give_up_below(std::uint64_t sequence) noexcept {
  log_.protect_from(std::max(log_.protected_from(), sequence));
}

BatchHash StreamLog::acknowledged_hash() const noexcept {
  BatchHash hash{};
  std::memcpy(hash.data(), &log_.state()[kHashAt], hash.size());
  return hash;
}

}  // namespace aiot::store
