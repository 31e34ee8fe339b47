// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/uplink.hpp"

#include <algorithm>
#include <cstring>

#include "aiot/core/check.hpp"
#include "aiot/crypto/sha256.hpp"
#include "aiot/record/record.hpp"
#include "aiot/store/queue.hpp"

namespace aiot::link {
namespace {

// SplitMix64: one state word, every seed is good.
std::uint64_t next_random(std::uint64_t& state) noexcept {
  state += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

constexpr std::size_t index(Stream stream) noexcept {
  return static_cast<std::size_t>(stream);
}

}  // namespace

BatchHash hash_batch(const BatchHash& previous, Bytes payload) noexcept {
  crypto::Sha256 sha;
  sha.update(previous);
  sha.update(payload);
  const Hash256 full = sha.finish();
  BatchHash hash{};
  std::copy_n(full.begin(), hash.size(), hash.begin());
  return hash;
}

Uplink::Uplink(store::Queue& queue,
               hal::SinkRef sink,
               MutableBytes batch_buffer,
               const UplinkConfig& config) noexcept
    : queue_(queue),
      sink_(sink),
      buffer_(batch_buffer),
      config_(config),
      random_(config.jitter_seed) {
  AIOT_CHECK(batch_buffer.size() >= record::kMaxGapBytes && config.max_records >= 1);
  AIOT_CHECK(config.backoff_min.us > 0 && config.backoff_max >= config.backoff_min);
}

Status Uplink::step(Instant now) noexcept {
  AIOT_TRY(take_acks());
  Status first_error;
  for (std::size_t i = 0; i < kStreams; ++i) {
    const Result<bool> asked = offer_from(static_cast<Stream>(i), now);
    if (asked.ok() && *asked) {
      break;
    }
    if (!asked.ok() && first_error.ok()) {
      first_error = asked.error();
    }
  }
  return first_error;
}

bool Uplink::drained() const noexcept {
  for (std::size_t i = 0; i < kStreams; ++i) {
    const auto stream = static_cast<Stream>(i);
    if (queue_.first_unacknowledged(stream) != queue_.next_sequence(stream)) {
      return false;
    }
  }
  return true;
}

Status Uplink::take_acks() noexcept {
  for (std::size_t i = 0; i < kStreams; ++i) {
    const Result<hal::BatchAck> ack = sink_.poll();
    if (!ack.ok()) {
      return {};  // none, or the way is broken: the batch is offered again in time
    }
    AIOT_TRY(take_ack(*ack));
  }
  return {};
}

Status Uplink::take_ack(const hal::BatchAck& ack) noexcept {
  if (index(ack.stream) >= kStreams) {
    ++stats_.foreign_acks;
    return {};
  }
  Flight& flight = flights_[index(ack.stream)];
  if (!flight.offered || ack.last != flight.last || ack.hash != flight.hash) {
    ++stats_.foreign_acks;
    return {};
  }
  AIOT_TRY(queue_.acknowledge(ack.stream, ack.last, ack.hash));
  ++stats_.acknowledged;
  stats_.records += flight.records;
  const store::FrameCursor behind = flight.behind;
  flight = {};
  flight.behind = behind;
  return {};
}

// True when the sink was asked.
Result<bool> Uplink::offer_from(Stream stream, Instant now) noexcept {
  Flight& flight = flights_[index(stream)];
  const bool empty = queue_.first_unacknowledged(stream) == queue_.next_sequence(stream);
  if (empty || now < flight.next) {
    return false;
  }
  const Result<Built> built = build(stream, flight);
  if (!built.ok()) {
    return built.error() == Error::kEmpty ? Result<bool>(false) : built.error();
  }
  if (flight.offered) {
    ++flight.failures;  // no acknowledgement came in time
  }
  if (!sink_.offer(built->batch).ok()) {
    // An earlier offer of this stream may still be acknowledged: the flight stays what it was.
    ++stats_.refused;
    flight.failures += flight.offered ? 0U : 1U;
    flight.next = now + backoff(flight.failures);
    return true;
  }
  ++stats_.offered;
  stats_.retries += flight.offered ? 1U : 0U;
  flight.offered = true;
  flight.last = built->batch.last;
  flight.records = built->records;
  flight.hash = built->batch.hash;
  flight.behind = built->behind;
  flight.next = now + config_.ack_timeout;
  if (flight.failures > 0) {
    flight.next = flight.next + backoff(flight.failures);
  }
  return true;
}

// Reads from the oldest unacknowledged entry on. A repetition ends where the batch before ended, so
// it has the same bytes and hash (unless records were evicted meanwhile) and a late acknowledgement
// of the first one counts.
Result<Uplink::Built> Uplink::build(Stream stream, const Flight& flight) noexcept {
  Built built;
  built.batch.stream = stream;
  built.batch.previous = queue_.acknowledged_hash(stream);
  // Behind the last acknowledged batch the place is known; a repetition looks it up.
  if (!flight.offered) {
    built.behind = flight.behind;
  }
  std::size_t size = 0;
  while (built.records < config_.max_records) {
    store::ReadCursor cursor = built.behind;
    const Result<std::size_t> added = add_entry(stream, cursor, built, size);
    if (!added.ok()) {
      if (built.records == 0) {
        return added.error();
      }
      break;  // the rest comes with the next batch
    }
    size += *added;
    built.behind = cursor;
    if (flight.offered && built.batch.last >= flight.last) {
      break;
    }
  }
  built.batch.payload = buffer_.first(size);
  built.batch.hash = hash_batch(built.batch.previous, built.batch.payload);
  return built;
}

// Appends the entry at the cursor at offset `at` of the buffer; returns its size.
Result<std::size_t> Uplink::add_entry(Stream stream,
                                      store::ReadCursor& cursor,
                                      Built& built,
                                      std::size_t at) noexcept {
  const MutableBytes room = buffer_.subspan(at);
  AIOT_TRY_ASSIGN(const store::Entry entry, queue_.read(stream, cursor, room));
  std::size_t size = entry.payload.size();
  if (entry.kind == store::EntryKind::kGap) {
    const record::GapRecord gap{stream, entry.first, entry.last};
    AIOT_TRY_ASSIGN(const Bytes encoded, record::encode(gap, room));
    size = encoded.size();
  } else if (size > 0 && entry.payload.data() != room.data()) {
    std::memmove(room.data(), entry.payload.data(), size);
  }
  if (built.records == 0) {
    built.batch.first = entry.first;
  }
  built.batch.last = entry.last;
  ++built.records;
  return size;
}

// Doubles with each failure up to the maximum; the upper half is random.
Duration Uplink::backoff(std::uint32_t failures) noexcept {
  std::int64_t wait = config_.backoff_min.us;
  for (std::uint32_t i = 1; i < failures && wait < config_.backoff_max.us; ++i) {
    wait = wait > config_.backoff_max.us / 2 ? config_.backoff_max.us : 2 * wait;
  }
  const std::int64_t half = wait / 2;
  const std::uint64_t spread = static_cast<std::uint64_t>(wait - half) + 1U;
  return {half + static_cast<std::int64_t>(next_random(random_) % spread)};
}

}  // namespace aiot::link
