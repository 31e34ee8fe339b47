// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"
#include "aiot/core/time.hpp"
#include "aiot/hal/sink.hpp"
#include "aiot/store/frame_log.hpp"

namespace aiot::store {
class Queue;
}  // namespace aiot::store

namespace aiot::link {

struct UplinkConfig {
  std::uint32_t max_records = 64;               ///< in one batch, gaps included; at least 1
  Duration ack_timeout = Duration::from_s(10);  ///< then the batch is offered again
  Duration backoff_min = Duration::from_ms(500);
  Duration backoff_max = Duration::from_s(300);
  std::uint64_t jitter_seed = 0;  ///< differs between devices, so that a fleet spreads its retries
};

struct UplinkStats {
  std::uint64_t offered = 0;       ///< batches that the sink took, repeated ones included
  std::uint64_t acknowledged = 0;  ///< batches whose acknowledgement is durable in the queue
  std::uint64_t records = 0;       ///< records and gaps in those
  std::uint64_t retries = 0;       ///< batches offered again
  std::uint64_t refused = 0;       ///< offers that the sink did not take
  std::uint64_t foreign_acks = 0;  ///< acknowledgements of no batch that is in flight
};

/// Hash of a batch: first 16 bytes of SHA-256(`previous`, `payload`).
[[nodiscard]] BatchHash hash_batch(const BatchHash& previous, Bytes payload) noexcept;

/// Drains the queue into a sink, most urgent stream first, in batches that form a hash chain per
/// stream. One batch per stream is in flight; the queue's cursor moves only on an acknowledgement
/// that names the stream, the last sequence and the hash of that batch. Whatever is lost, late,
/// repeated or wrong on the way costs a retry, never a record.
class Uplink {
 public:
  /// `batch_buffer` holds one batch while it is offered; it must hold the largest record of the
  /// queue, and `record::kMaxGapBytes`. Queue, sink and buffer must outlive the uplink.
  Uplink(store::Queue& queue,
         hal::SinkRef sink,
         MutableBytes batch_buffer,
         const UplinkConfig& config) noexcept;

  Uplink(const Uplink&) = delete;
  Uplink& operator=(const Uplink&) = delete;

  /// One bounded piece of work: takes the acknowledgements that have arrived (at most one a
  /// stream), then offers at most one batch. A sink that fails is no error here: it is asked again,
  /// later and later. An error of one stream does not hold up the others.
  /// Errors: those of the queue; `kNoSpace` a record does not fit into the batch buffer.
  Status step(Instant now) noexcept;

  /// True when everything that the queue accepted has been acknowledged.
  [[nodiscard]] bool drained() const noexcept;

  [[nodiscard]] const UplinkStats& stats() const noexcept { return stats_; }

 private:
  // The batch of a stream that the sink took last.
  struct Flight {
    bool offered = false;         // an acknowledgement may come
    store::FrameCursor behind{};  // it, or where the stream goes on when it is acknowledged
    std::uint64_t last = 0;
    std::uint32_t records = 0;
    BatchHash hash{};
    std::uint32_t failures = 0;  // since the last acknowledgement
    Instant next{};              // earliest moment of the next offer
  };

  struct Built {
    hal::Batch batch;
    std::uint32_t records = 0;
    store::FrameCursor behind{};
  };

  Status take_acks() noexcept;
  Status take_ack(const hal::BatchAck& ack) noexcept;
  Result<bool> offer_from(Stream stream, Instant now) noexcept;
  Result<Built> build(Stream stream, const Flight& flight) noexcept;
  Result<std::size_t> add_entry(Stream stream,
                                store::FrameCursor& cursor,
                                Built& built,
                                std::size_t at) noexcept;
  Duration backoff(std::uint32_t failures) noexcept;

  store::Queue& queue_;
  hal::SinkRef sink_;
  MutableBytes buffer_;
  UplinkConfig config_;
  std::array<Flight, kStreams> flights_{};
  std::uint64_t random_;
  UplinkStats stats_;
};

}  // namespace aiot::link
