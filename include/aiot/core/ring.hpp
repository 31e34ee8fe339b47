// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/check.hpp"

namespace aiot {

/// The only object shared between an interrupt (or thread) and the loop: samples from exactly one
/// producer to exactly one consumer, lock-free, in memory of the application.
///
/// Samples are interleaved [t][axis]. The producer claims the longest free run, so DMA can write
/// into it, and publishes with `commit`. Samples that did not arrive are reported with `lost`; the
/// consumer meets the gap exactly where it happened, and no run that it reads goes across it.
/// Loads and stores only (no compare-and-swap), so it also holds on ARMv6-M.
template <class Sample>
class BasicSampleRing {
 public:
  /// Storage: a power of two of samples, at most 2^30. It must outlive the ring.
  explicit BasicSampleRing(std::span<Sample> storage) noexcept
      : data_(storage.data()), capacity_(static_cast<std::uint32_t>(storage.size())) {
    AIOT_CHECK(std::has_single_bit(storage.size()) && storage.size() <= (std::size_t{1} << 30U));
  }

  BasicSampleRing(const BasicSampleRing&) = delete;
  BasicSampleRing& operator=(const BasicSampleRing&) = delete;

  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  // --- producer -----------------------------------------------------------------------------

  /// Contiguous free run to write into; empty when the ring is full, or when more gaps are waiting
  /// than the ring can mark (then report further samples as lost).
  [[nodiscard]] std::span<Sample> claim() noexcept {
    if (!publish_gap()) {
      return {};
    }
    const std::uint32_t head = head_.load(std::memory_order_relaxed);
    const std::uint32_t free = capacity_ - (head - tail_.load(std::memory_order_acquire));
    const std::uint32_t at = head & (capacity_ - 1U);
    const std::uint32_t run = free < capacity_ - at ? free : capacity_ - at;
    return {data_ + at, run};
  }

  /// Samples that can be written, in one run or two.
  [[nodiscard]] std::size_t room() const noexcept {
    return capacity_ -
           (head_.load(std::memory_order_relaxed) - tail_.load(std::memory_order_acquire));
  }

  /// Publishes the first `samples` of the claimed run.
  void commit(std::size_t samples) noexcept {
    const std::uint32_t head = head_.load(std::memory_order_relaxed);
    AIOT_CHECK(samples <= capacity_ - (head - tail_.load(std::memory_order_acquire)));
    head_.store(head + static_cast<std::uint32_t>(samples), std::memory_order_release);
  }

  /// `samples` did not arrive between the last committed sample and the next one.
  void lost(std::size_t samples) noexcept {
    pending_lost_ += samples;
    (void)publish_gap();
  }

  // --- consumer -----------------------------------------------------------------------------

  /// Samples that can be read before the next gap or the end of what is there.
  [[nodiscard]] std::size_t available() const noexcept {
    // The head is read before the gaps: the producer marks a gap before it commits the samples
    // behind it, so whoever sees those samples sees the mark too.
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    const std::uint32_t head = head_.load(std::memory_order_acquire);
    const std::uint32_t taken = gap_tail_.load(std::memory_order_relaxed);
    if (gap_head_.load(std::memory_order_acquire) != taken) {
      const std::uint32_t until = gaps_[taken % kGaps].at - tail;
      return until < head - tail ? until : head - tail;
    }
    return head - tail;
  }

  /// Contiguous run that starts `skip` samples into what is available (`skip <= available()`).
  [[nodiscard]] std::span<const Sample> peek(std::size_t skip) const noexcept {
    const std::size_t count = available();
    AIOT_CHECK(skip <= count);
    const std::uint32_t from =
        tail_.load(std::memory_order_relaxed) + static_cast<std::uint32_t>(skip);
    const std::uint32_t at = from & (capacity_ - 1U);
    const std::size_t run = capacity_ - at;
    return {data_ + at, count - skip < run ? count - skip : run};
  }

  /// Gives back the first `samples` of what is available.
  void consume(std::size_t samples) noexcept {
    AIOT_CHECK(samples <= available());
    tail_.store(tail_.load(std::memory_order_relaxed) + static_cast<std::uint32_t>(samples),
                std::memory_order_release);
  }

  /// Samples that wait for the consumer: all that were committed, also behind gaps, and those that
  /// the gaps stand for.
  [[nodiscard]] std::uint64_t outstanding() const noexcept {
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    std::uint64_t samples = head_.load(std::memory_order_acquire) - tail;
    const std::uint32_t made = gap_head_.load(std::memory_order_acquire);
    for (std::uint32_t i = gap_tail_.load(std::memory_order_relaxed); i != made; ++i) {
      samples += gaps_[i % kGaps].samples;
    }
    return samples;
  }

  /// True when a gap is marked, at or behind the samples that are available.
  [[nodiscard]] bool gap_waits() const noexcept {
    return gap_head_.load(std::memory_order_acquire) != gap_tail_.load(std::memory_order_relaxed);
  }

  /// Samples lost exactly at the read position, and steps over that gap; 0 when there is none.
  [[nodiscard]] std::size_t take_gap() noexcept {
    const std::uint32_t taken = gap_tail_.load(std::memory_order_relaxed);
    if (gap_head_.load(std::memory_order_acquire) == taken ||
        gaps_[taken % kGaps].at != tail_.load(std::memory_order_relaxed)) {
      return 0;
    }
    const std::size_t count = gaps_[taken % kGaps].samples;
    gap_tail_.store(taken + 1U, std::memory_order_release);
    return count;
  }

 private:
  static constexpr std::uint32_t kGaps = 8;

  struct Gap {
    std::uint32_t at = 0;  ///< write count of the ring when the samples were lost
    std::size_t samples = 0;
  };

  /// Marks what is pending at the current head; false when all marks are in use.
  bool publish_gap() noexcept {
    if (pending_lost_ == 0) {
      return true;
    }
    const std::uint32_t made = gap_head_.load(std::memory_order_relaxed);
    if (made - gap_tail_.load(std::memory_order_acquire) == kGaps) {
      return false;
    }
    gaps_[made % kGaps] = {head_.load(std::memory_order_relaxed), pending_lost_};
    pending_lost_ = 0;
    gap_head_.store(made + 1U, std::memory_order_release);
    return true;
  }

  Sample* data_;
  std::uint32_t capacity_;
  std::atomic<std::uint32_t> head_{0};      // written by the producer
  std::atomic<std::uint32_t> tail_{0};      // written by the consumer
  std::atomic<std::uint32_t> gap_head_{0};  // written by the producer
  std::atomic<std::uint32_t> gap_tail_{0};  // written by the consumer
  std::array<Gap, kGaps> gaps_{};
  std::size_t pending_lost_ = 0;  // the producer's own
};

/// Converters of up to 16 bits.
using SampleRing = BasicSampleRing<std::int16_t>;
/// 24-bit converters, right-aligned.
using SampleRing32 = BasicSampleRing<std::int32_t>;

}  // namespace aiot
