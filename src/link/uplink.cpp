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
               const UplinkConfig& config,
               std::span<InFlight> window) noexcept
    : queue_(queue),
      sink_(sink),
      buffer_(batch_buffer),
      window_(window.empty() ? own_window_ : window),
      config_(config),
      random_(config.jitter_seed) {
  AIOT_CHECK(batch_buffer.size() >= record::kMaxGapBytes && config.max_records >= 1);
  AIOT_CHECK(window_.size() % kStreams == 0 &&
             window_.size() <= kStreams * hal::kMaxBatchesInFlight);
  AIOT_CHECK(config.backoff_min.us > 0 && config.backoff_max >= config.backoff_min);
}

Status Uplink::step(Instant now) noexcept {
  Status first_error = take_acks(now);
  if (!ready(now)) {
    return first_error;
  }
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

std::size_t Uplink::in_flight() const noexcept {
  std::size_t count = 0;
  for (const Lane& lane : lanes_) {
    count += lane.size;
  }
  return count;
}

std::span<InFlight> Uplink::flights(Stream stream) const noexcept {
  const std::size_t most = window_.size() / kStreams;
  return window_.subspan(index(stream) * most, most);
}

// How many batches of its stream an acknowledgement stands for; 0: it is foreign.
std::size_t Uplink::find(const hal::BatchAck& ack) const noexcept {
  if (index(ack.stream) >= kStreams) {
    return 0;
  }
  const std::span<const InFlight> flights = this->flights(ack.stream);
  std::size_t count = lanes_[index(ack.stream)].size;
  while (count > 0 &&
         (flights[count - 1].last != ack.last || flights[count - 1].hash != ack.hash)) {
    --count;
  }
  return count;
}

// Each acknowledgement stands for the batches before it, so one a stream is written: the latest.
Status Uplink::take_acks(Instant now) noexcept {
  std::array<std::size_t, kStreams> counts{};
  for (std::size_t i = 0; i < window_.size(); ++i) {
    const Result<hal::BatchAck> ack = sink_.poll();
    if (!ack.ok()) {
      break;  // none, or the way is broken: the batch is offered again in time
    }
    if (const std::size_t count = find(*ack); count > 0) {
      counts[index(ack->stream)] = std::max(counts[index(ack->stream)], count);
    } else {
      ++stats_.foreign_acks;
    }
  }
  Status first_error;
  for (std::size_t i = 0; i < kStreams; ++i) {
    const Status done =
        counts[i] == 0 ? Status{} : acknowledge(static_cast<Stream>(i), counts[i], now);
    if (!done.ok() && first_error.ok()) {
      first_error = done;
    }
  }
  return first_error;
}

// The consumer has the oldest `count` batches.
Status Uplink::acknowledge(Stream stream, std::size_t count, Instant now) noexcept {
  Lane& lane = lanes_[index(stream)];
  const std::span<InFlight> flights = this->flights(stream);
  AIOT_TRY(queue_.acknowledge(stream, flights[count - 1].last, flights[count - 1].hash));
  stats_.acknowledged += count;
  for (const InFlight& flight : flights.first(count)) {
    stats_.records += flight.records;
  }
  std::copy(flights.begin() + static_cast<std::ptrdiff_t>(count), flights.end(), flights.begin());
  lane.size = static_cast<std::uint8_t>(lane.size - count);
  lane.out = static_cast<std::uint8_t>(lane.out > count ? lane.out - count : 0);
  lane.probing = lane.spared = false;
  lane.fails = 0;
  lane.next = now;
  lane.due = now + config_.ack_timeout;
  return {};
}

// Whether the sink may be asked. While it takes nothing, no acknowledgement is late. When it takes
// batches again those under way get the whole time once more, for a session sends them again by
// itself; but only once in a row: a link that comes and goes must not put off the repetition for
// ever.
bool Uplink::ready(Instant now) noexcept {
  if (!sink_.ready()) {
    until_ = up_ ? now : until_;
    up_ = false;
    return false;
  }
  if (!up_) {
    up_ = true;
    const Duration down = now - until_;
    until_ = now;
    for (Lane& lane : lanes_) {
      const Instant later = lane.due + down;
      lane.due = lane.spared ? later : std::max(later, now + config_.ack_timeout);
      lane.spared = lane.out > 0;
      // After a moment it is the same link that a failure has told something about.
      lane.next = down >= config_.backoff_min ? now : lane.next;
    }
  }
  return now >= until_;
}

// True when the sink was asked.
Result<bool> Uplink::offer_from(Stream stream, Instant now) noexcept {
  Lane& lane = lanes_[index(stream)];
  if (lane.out > 0 && now >= lane.due) {
    // Back to the oldest one, and no more than that until the way is known to work.
    ++lane.fails;
    lane.out = 0;
    lane.probing = true;
    lane.spared = false;
  }
  const std::size_t most = lane.probing ? 1 : flights(stream).size();
  if (lane.out >= most || now < lane.next ||
      begin_of_next(stream) >= queue_.next_sequence(stream)) {
    return false;
  }
  Built built;
  if (const Error error = build(stream, built).error(); error != Error::kNone) {
    return error == Error::kEmpty ? Result<bool>(false) : error;
  }
  const Error refusal = sink_.offer(built.batch).error();
  if (refusal == Error::kNone) {
    taken(built, now);
  } else if (refusal == Error::kWouldBlock) {
    ++stats_.busy;
    until_ = now + config_.backoff_min;  // for all: nothing gets in front of this batch
  } else {
    ++stats_.refused;
    ++lane.fails;
    lane.next = now + backoff(lane.fails);
  }
  return true;
}

void Uplink::taken(const Built& built, Instant now) noexcept {
  Lane& lane = lanes_[index(built.batch.stream)];
  const std::span<InFlight> flights = this->flights(built.batch.stream);
  ++stats_.offered;
  stats_.retries += lane.out < lane.size ? 1U : 0U;
  flights[lane.out] = {built.batch.last, built.batch.hash, built.records};
  lane.previous = built.batch.previous;
  if (lane.out == 0) {
    lane.due = now + config_.ack_timeout;
    if (lane.fails > 0) {
      lane.due = lane.due + backoff(lane.fails);
    }
  }
  ++lane.out;
  // A gap may have swallowed batches that were behind this one.
  std::uint8_t kept = lane.out;
  for (std::size_t i = lane.out; i < lane.size; ++i) {
    if (flights[i].last > built.batch.last) {
      flights[kept++] = flights[i];
    }
  }
  lane.size = kept;
  behind_ = built.behind;
  behind_of_ = built.batch.stream;
}

// Where the next batch to be offered begins.
std::uint64_t Uplink::begin_of_next(Stream stream) const noexcept {
  const std::size_t out = lanes_[index(stream)].out;
  return out == 0 ? queue_.first_unacknowledged(stream) : flights(stream)[out - 1].last + 1;
}

// A repetition ends where the batch before ended and has the same bytes and hash, so a late
// acknowledgement of the first one counts; unless records were evicted meanwhile, or a batch that
// names a newer previous one has gone out since: then the consumer may have forgotten the older.
Status Uplink::build(Stream stream, Built& built) noexcept {
  const Lane& lane = lanes_[index(stream)];
  const InFlight* const repeated = lane.out < lane.size ? &flights(stream)[lane.out] : nullptr;
  built.batch.stream = stream;
  // Behind the batch that was taken last the place is known; any other is looked up.
  const std::uint64_t begin = begin_of_next(stream);
  if (behind_of_ == stream && behind_.sequence == begin) {
    built.behind = behind_;
  }
  built.behind.sequence = begin;
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
    if (repeated != nullptr && built.batch.last >= repeated->last) {
      break;
    }
  }
  hal::Batch& batch = built.batch;
  batch.payload = buffer_.first(size);
  if (repeated != nullptr) {
    batch.previous = lane.previous;
    batch.hash = hash_batch(batch.previous, batch.payload);
    if (batch.hash == repeated->hash) {
      return {};
    }
  }
  batch.previous = queue_.acknowledged_hash(stream);
  batch.hash = hash_batch(batch.previous, batch.payload);
  return {};
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
