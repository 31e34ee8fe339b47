// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/wall_clock.hpp"

#include "aiot/core/check.hpp"
#include "aiot/link/sealed.hpp"

namespace aiot::link {
namespace {

constexpr std::int64_t kUsPerMs = 1000;
constexpr std::int64_t kPpm = 1'000'000;
constexpr std::uint32_t kMaxDriftPpm = 100'000;

constexpr std::int64_t magnitude(std::int64_t value) noexcept {
  return value < 0 ? -value : value;
}

}  // namespace

WallClock::WallClock(const WallClockConfig& config) noexcept : config_(config) {
  AIOT_CHECK(config.drift_ppm <= kMaxDriftPpm && config.jump_tolerance.us >= 0);
}

SightingResult WallClock::sight(Instant sent, Instant received, std::int64_t unix_ms) noexcept {
  AIOT_CHECK(sent.us >= 0 && received >= sent);
  if (unix_ms < 0 || unix_ms > kMaxUnixMs) {
    return SightingResult::kImpossible;
  }
  // The remote clock shows whole milliseconds: it was in the middle of one, give or take a half.
  const std::int64_t unix_us = unix_ms * kUsPerMs + kUsPerMs / 2;
  const std::int64_t half_us = (received - sent).us / 2 + 1 + kUsPerMs / 2;
  const Instant middle{sent.us + (received - sent).us / 2};
  SightingResult result = SightingResult::kFirst;
  if (known_) {
    const std::int64_t expected = unix_us_ + (middle - sighted_).us;
    const std::int64_t off = unix_us - expected;
    const std::int64_t now_us = uncertainty_us(middle);
    result = half_us < now_us ? SightingResult::kBetter : SightingResult::kWorse;
    if (magnitude(off) > now_us + half_us + config_.jump_tolerance.us) {
      result = SightingResult::kJumped;
      jump_us_ = off;
      ++jumps_;
    }
  }
  if (result != SightingResult::kWorse) {
    known_ = true;
    sighted_ = middle;
    unix_us_ = unix_us;
    half_us_ = half_us;
  }
  return result;
}

std::int64_t WallClock::uncertainty_us(Instant moment) const noexcept {
  const std::int64_t apart = magnitude((moment - sighted_).us);
  const auto ppm = static_cast<std::int64_t>(config_.drift_ppm);
  // In two parts, for the product of all may not fit; rounded up.
  return half_us_ + apart / kPpm * ppm + (apart % kPpm * ppm + kPpm - 1) / kPpm;
}

Result<WallTime> WallClock::at(Instant moment) const noexcept {
  if (!known_) {
    return Error::kEmpty;
  }
  const std::int64_t apart = (moment - sighted_).us;
  constexpr std::int64_t kMaxUnixUs = kMaxUnixMs * kUsPerMs;
  if (apart > kMaxUnixUs - unix_us_ || apart < -unix_us_) {
    return Error::kOutOfRange;
  }
  // Both are rounded to whole milliseconds: the time down, what that costs included.
  const std::int64_t uncertainty = uncertainty_us(moment) + 2 * (kUsPerMs - 1);
  return WallTime{(unix_us_ + apart) / kUsPerMs, uncertainty / kUsPerMs};
}

const OfferTimes::Offer* OfferTimes::find(const Lane& lane, const BatchHash& hash) noexcept {
  for (const Offer& offer : lane.offers) {
    if (offer.known && offer.hash == hash) {
      return &offer;
    }
  }
  return nullptr;
}

void OfferTimes::offered(const hal::Batch& batch, Instant now) noexcept {
  Lane& lane = lanes_[static_cast<std::size_t>(batch.stream)];
  if (find(lane, batch.hash) == nullptr) {
    lane.offers[lane.next] = {now, batch.hash, true};
    lane.next = (lane.next + 1) % lane.offers.size();
  }
}

Result<Instant> OfferTimes::of(const hal::BatchAck& ack) const noexcept {
  const Offer* const offer = find(lanes_[static_cast<std::size_t>(ack.stream)], ack.hash);
  return offer != nullptr ? Result<Instant>(offer->first) : Error::kEmpty;
}

}  // namespace aiot::link
