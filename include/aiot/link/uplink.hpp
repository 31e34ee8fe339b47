// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

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
  std::uint32_t max_records = 64;  ///< in one batch, gaps included; at least 1
  /// After it, while the sink is ready, the oldest batch is offered again.
  Duration ack_timeout = Duration::from_s(10);
  Duration backoff_min = Duration::from_ms(500);
  Duration backoff_max = Duration::from_s(300);
  std::uint64_t jitter_seed = 0;  ///< differs between devices, so that a fleet spreads its retries
};

struct UplinkStats {
  std::uint64_t offered = 0;       ///< batches that the sink took, repeated ones included
  std::uint64_t acknowledged = 0;  ///< batches whose acknowledgement is durable in the queue
  std::uint64_t records = 0;       ///< records and gaps in those
  std::uint64_t retries = 0;       ///< batches offered again
  std::uint64_t refused = 0;       ///< offers that failed (`kIo`)
  std::uint64_t busy = 0;          ///< offers that the sink did not take yet (`kWouldBlock`)
  std::uint64_t foreign_acks = 0;  ///< acknowledgements of no batch that is in flight
};

/// What the uplink remembers of a batch that the sink took. It begins behind the one before it, or
/// at the cursor.
struct InFlight {
  std::uint64_t last = 0;
  BatchHash hash{};
  std::uint32_t records = 0;
};

/// Hash of a batch: first 16 bytes of SHA-256(`previous`, `payload`).
[[nodiscard]] BatchHash hash_batch(const BatchHash& previous, Bytes payload) noexcept;

/// Drains the queue into a sink, most urgent stream first, in batches that form a hash chain per
/// stream. One batch of each stream is in flight, or a few; the queue's cursor moves only on an
/// acknowledgement that names the stream, the last sequence and the hash of one of them, and takes
/// those before along. Whatever is lost, late, repeated or wrong on the way costs a retry, never a
/// record.
class Uplink {
 public:
  /// `batch_buffer` holds one batch while it is offered; it must hold the largest record of the
  /// queue, and `record::kMaxGapBytes`. `window`: room for as many batches of each of `kStreams`
  /// streams, up to `hal::kMaxBatchesInFlight`, as are in flight; empty: one each, which is enough
  /// for a sink that acknowledges at once. All must outlive the uplink.
  Uplink(store::Queue& queue,
         hal::SinkRef sink,
         MutableBytes batch_buffer,
         const UplinkConfig& config,
         std::span<InFlight> window = {}) noexcept;

  Uplink(const Uplink&) = delete;
  Uplink& operator=(const Uplink&) = delete;

  /// One bounded piece of work: takes the acknowledgements that have arrived, then offers at most
  /// one batch if the sink is ready. A sink that fails is no error here: it is asked again, later
  /// and later. An error of one stream does not hold up the others.
  /// Errors: those of the queue; `kNoSpace` a record does not fit into the batch buffer.
  Status step(Instant now) noexcept;

  /// True when everything that the queue accepted has been acknowledged.
  [[nodiscard]] bool drained() const noexcept;

  /// Batches that the sink took and that are not acknowledged.
  [[nodiscard]] std::size_t in_flight() const noexcept;

  [[nodiscard]] const UplinkStats& stats() const noexcept { return stats_; }

 private:
  struct Lane {
    BatchHash previous{};     // of the batch that was taken last
    std::uint8_t size = 0;    // batches in flight
    std::uint8_t out = 0;     // of them are under way; the others are to be offered again
    bool probing = false;     // one at a time, until an acknowledgement comes
    bool spared = false;      // its time began anew because the link was down
    std::uint32_t fails = 0;  // since the last acknowledgement
    Instant due{};            // of the acknowledgement of the oldest one, if one is under way
    Instant next{};           // earliest moment of the next offer
  };

  struct Built {
    hal::Batch batch;
    std::uint32_t records = 0;
    store::FrameCursor behind{};
  };

  [[nodiscard]] std::span<InFlight> flights(Stream stream) const noexcept;
  [[nodiscard]] std::size_t find(const hal::BatchAck& ack) const noexcept;
  Status take_acks(Instant now) noexcept;
  Status acknowledge(Stream stream, std::size_t count, Instant now) noexcept;
  bool ready(Instant now) noexcept;
  Result<bool> offer_from(Stream stream, Instant now) noexcept;
  void taken(const Built& built, Instant now) noexcept;
  [[nodiscard]] std::uint64_t begin_of_next(Stream stream) const noexcept;
  Status build(Stream stream, Built& built) noexcept;
  Result<std::size_t> add_entry(Stream stream,
                                store::FrameCursor& cursor,
                                Built& built,
                                std::size_t at) noexcept;
  Duration backoff(std::uint32_t failures) noexcept;

  store::Queue& queue_;
  hal::SinkRef sink_;
  MutableBytes buffer_;
  bool up_ = true;                      // as far as is known, the sink is ready
  Stream behind_of_ = Stream::kUrgent;  // the stream of `behind_`
  std::array<InFlight, kStreams> own_window_{};
  std::span<InFlight> window_;
  Instant until_{};  // up: when it may be asked, for it was busy; else: since when
  UplinkConfig config_;
  std::array<Lane, kStreams> lanes_{};
  store::FrameCursor behind_{};  // the batch that was taken last
  std::uint64_t random_;
  UplinkStats stats_;
};

}  // namespace aiot::link
