// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/result.hpp"

namespace aiot::hal {

/// Consecutive records of one stream on their way out: a CBOR sequence (RFC 8742).
struct Batch {
  Stream stream = Stream::kUrgent;
  std::uint64_t first = 0;  ///< sequence of the first record or gap in it
  std::uint64_t last = 0;   ///< sequence of the last one
  BatchHash previous{};     ///< hash of the last batch of this stream whose ack is durable
  BatchHash hash{};         ///< of `previous` and `payload`
  Bytes payload;
};

/// The consumer's word that it has stored a stream up to and with `last`.
struct BatchAck {
  Stream stream = Stream::kUrgent;
  std::uint64_t last = 0;
  BatchHash hash{};  ///< of the batch that is acknowledged
};

/// No more batches of one stream are offered without an acknowledgement.
inline constexpr std::size_t kMaxBatchesInFlight = 4;

/// Where batches go, and where acknowledgements come from. Accepting a batch is not delivery: the
/// queue's cursor moves only on an acknowledgement that `poll` returns. Up to
/// `kMaxBatchesInFlight` of each stream may wait for theirs; that of a later batch stands for those
/// before it, and a sink may keep only the latest one of each stream.
///
/// `ready`: false when nothing would be taken now, because there is no link or because what came
/// before is not through. Nothing is read or offered then, no time runs out, and when it is true
/// again the next batch comes at once. Asked before each batch, so it costs little.
///
/// `offer` copies or finishes with the payload before it returns. Errors of `offer`: `kWouldBlock`
/// busy, try again soon (no failure); `kIo` the way out failed, and is tried less and less often.
/// The batch counts as not offered. Errors of `poll`: `kEmpty` no acknowledgement now; `kIo`.
template <class S>
concept Sink = requires(S& sink, const Batch& batch) {
  { sink.ready() } -> std::same_as<bool>;
  { sink.offer(batch) } -> std::same_as<Status>;
  { sink.poll() } -> std::same_as<Result<BatchAck>>;
};

/// Non-owning reference to a sink; the sink must outlive it.
class SinkRef {
 public:
  // Not for a Ref itself: copying a non-const one must be a copy, not a Ref to a Ref.
  template <Sink S>
  constexpr SinkRef(S& sink) noexcept requires(!std::same_as<S, SinkRef>)
      : object_(&sink), table_(&kTable<S>) {}

  bool ready() const noexcept { return table_->ready(object_); }

  Status offer(const Batch& batch) const noexcept { return table_->offer(object_, batch); }

  Result<BatchAck> poll() const noexcept { return table_->poll(object_); }

 private:
  struct Table {
    bool (*ready)(void*);
    Status (*offer)(void*, const Batch&);
    Result<BatchAck> (*poll)(void*);
  };

  template <class S>
  static constexpr Table kTable = {
      [](void* o) { return static_cast<S*>(o)->ready(); },
      [](void* o, const Batch& batch) { return static_cast<S*>(o)->offer(batch); },
      [](void* o) { return static_cast<S*>(o)->poll(); },
  };

  void* object_;
  const Table* table_;
};

}  // namespace aiot::hal
