// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/toolkit/record_dates.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>

#include "aiot/core/check.hpp"
#include "aiot/crypto/sha256.hpp"
#include "aiot/record/record.hpp"

namespace aiot::toolkit {
namespace {

/// Times of one clock whose distance is off by more than this part of it are not of one run: a
/// device that has lost its count of boots, or a sensor that runs at another rate altogether.
constexpr double kContradiction = 0.1;
/// What `link::WallClock` lets the other side's clock wander without calling it a jump.
constexpr double kSlackMs = 1000.0;
constexpr double kMsPerS = 1000.0;

/// b - a
double distance(std::uint64_t a, std::uint64_t b) {
  return b >= a ? static_cast<double>(b - a) : -static_cast<double>(a - b);
}

/// Rounded to whole milliseconds, and what that costs.
RecordDate dated(double unix_ms, double uncertainty_ms) {
  constexpr auto kLatest = static_cast<double>(record::kMaxUnixMs);
  if (!(unix_ms >= 0.0 && unix_ms <= kLatest && uncertainty_ms <= kLatest)) {
    return {Undated::kContradiction};
  }
  return {Undated::kNone,
          static_cast<std::int64_t>(unix_ms + 0.5),
          static_cast<std::int64_t>(std::ceil(uncertainty_ms + 0.5))};
}

}  // namespace

const char* to_string(Undated undated) noexcept {
  switch (undated) {
    case Undated::kNone:
      return "dated";
    case Undated::kNoContext:
      return "the context record is missing";
    case Undated::kNoTime:
      return "no time arrived in that run of the device";
    case Undated::kContradiction:
      return "the times of that run do not fit together";
  }
  return "not dated";
}

RecordDates::RecordDates(const DatingConfig& config) : config_(config) {
  AIOT_CHECK(config.rate_error >= 0.0 && config.rate_error < kContradiction &&
             config.rate_wander >= 0.0 && config.rate_wander < kContradiction);
}

void RecordDates::add(std::string_view device, Bytes record) {
  if (const auto time = record::decode_time(record); time.ok()) {
    const Told told{time->clock,
                    {time->frame,
                     static_cast<std::int64_t>(time->unix_ms),
                     static_cast<std::int64_t>(time->uncertainty_ms)}};
    const bool fresh = told_[{std::string(device), time->context}]
                           .emplace(std::pair{time->stream, time->sequence}, told)
                           .second;
    times_ += fresh ? 1U : 0U;
    settled_ = settled_ && !fresh;
    return;
  }
  const auto view = record::decode_context(record);
  if (!view.ok()) {
    return;
  }
  const Hash256 hash = crypto::sha256(view->content_bytes);
  const ContextId& id = view->header.context;
  if (!std::equal(id.begin(), id.end(), hash.begin())) {
    return;
  }
  const record::Context& content = view->content;
  const KnownContext known{{{std::string(device), std::string(content.device)}, content.boot_count},
                           static_cast<double>(content.sensor.rate_hz)};
  const bool fresh = contexts_.emplace(ContextKey{std::string(device), id}, known).second;
  settled_ = settled_ && !fresh;
}

void RecordDates::settle() {
  runs_.clear();
  for (const auto& [key, told] : told_) {
    const auto context = contexts_.find(key);
    if (context == contexts_.end()) {
      continue;
    }
    Run& run = runs_[context->second.run];
    run.rate_hz = context->second.rate_hz;
    for (const auto& [identity, time] : told) {
      run.segments[time.clock].anchors.push_back(time.anchor);
    }
  }
  for (auto& [key, run] : runs_) {
    settle(run);
  }
  settled_ = true;
}

bool RecordDates::contradicts(const Anchor& a, const Anchor& b, double rate_hz) const {
  const double expected = distance(a.frame, b.frame) / rate_hz * kMsPerS;
  const double off = static_cast<double>(b.unix_ms - a.unix_ms) - expected;
  return std::abs(off) > kContradiction * expected + kSlackMs +
                             static_cast<double>(a.uncertainty_ms + b.uncertainty_ms);
}

void RecordDates::settle(Run& run) const {
  if (!(run.rate_hz > 0.0) || !std::isfinite(run.rate_hz)) {
    run.contradiction = true;
    return;
  }
  for (auto& [clock, segment] : run.segments) {
    std::vector<Anchor>& anchors = segment.anchors;
    std::ranges::sort(anchors, [](const Anchor& a, const Anchor& b) {
      return std::pair{a.frame, a.uncertainty_ms} < std::pair{b.frame, b.uncertainty_ms};
    });
    for (std::size_t i = 1; i < anchors.size(); ++i) {
      run.contradiction = run.contradiction || contradicts(anchors[i - 1], anchors[i], run.rate_hz);
    }
    settle(segment, run.rate_hz);
  }
}

/// The anchors are sorted.
void RecordDates::settle(Segment& segment, double rate_hz) const {
  std::vector<Anchor>& anchors = segment.anchors;
  segment.begin = anchors.front().frame;
  // Of the same frame, the one that is known best, which is the first.
  const auto same = [](const Anchor& a, const Anchor& b) { return a.frame == b.frame; };
  anchors.erase(std::unique(anchors.begin(), anchors.end(), same), anchors.end());

  // One that others know better, their distance included, is left out: what those before each know
  // of it, then those behind.
  const double growth = config_.rate_error / rate_hz * kMsPerS;
  std::vector<double> known(anchors.size(), std::numeric_limits<double>::infinity());
  const auto pass = [&](std::size_t from, std::size_t to) {
    const double best = std::min(known[from], static_cast<double>(anchors[from].uncertainty_ms));
    const double apart = std::abs(distance(anchors[from].frame, anchors[to].frame));
    known[to] = std::min(known[to], best + growth * apart);
  };
  for (std::size_t i = 1; i < anchors.size(); ++i) {
    pass(i - 1, i);
  }
  for (std::size_t i = anchors.size(); i-- > 1;) {
    pass(i, i - 1);
  }
  std::vector<Anchor> kept;
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    if (static_cast<double>(anchors[i].uncertainty_ms) <= known[i]) {
      kept.push_back(anchors[i]);
    }
  }
  anchors = std::move(kept);

  // How long a frame takes: as stated, and as it was measured if that fits. A measured mean holds
  // for other parts of the run but for twice what the rate wanders from its mean.
  const double stated = kMsPerS / rate_hz;
  const double error = config_.rate_error / (1.0 - config_.rate_error);
  segment.least_ms = stated * (1.0 - error);
  segment.most_ms = stated * (1.0 + error);
  const Anchor& first = anchors.front();
  const Anchor& last = anchors.back();
  if (last.frame > first.frame) {
    const double frames = distance(first.frame, last.frame);
    const auto elapsed = static_cast<double>(last.unix_ms - first.unix_ms);
    const auto unsure = static_cast<double>(first.uncertainty_ms + last.uncertainty_ms);
    const double wander =
        std::abs(elapsed) / frames * 2.0 * config_.rate_wander / (1.0 - config_.rate_wander);
    const double least = (elapsed - unsure) / frames - wander;
    const double most = (elapsed + unsure) / frames + wander;
    const bool fits = least <= segment.most_ms && most >= segment.least_ms;
    segment.least_ms = fits ? std::max(least, segment.least_ms) : least;
    segment.most_ms = fits ? std::min(most, segment.most_ms) : most;
  }
}

RecordDate RecordDates::date(std::string_view device,
                             const ContextId& context,
                             std::uint64_t frame) {
  if (!settled_) {
    settle();
  }
  const auto known = contexts_.find({std::string(device), context});
  if (known == contexts_.end()) {
    return {Undated::kNoContext};
  }
  const auto found = runs_.find(known->second.run);
  if (found == runs_.end()) {
    return {Undated::kNoTime};
  }
  const Run& run = found->second;
  if (run.contradiction) {
    return {Undated::kContradiction};
  }
  // The newest clock that was in use then; the first one also for what was before it.
  const Segment* segment = &run.segments.begin()->second;
  for (const auto& [clock, later] : run.segments) {
    if (later.begin <= frame) {
      segment = &later;
    }
  }
  return date_in(*segment, frame);
}

RecordDate RecordDates::date_in(const Segment& segment, std::uint64_t frame) const {
  const std::vector<Anchor>& anchors = segment.anchors;
  const auto behind = std::ranges::upper_bound(anchors, frame, {}, &Anchor::frame);
  if (behind != anchors.begin() && behind != anchors.end()) {
    return between(*(behind - 1), *behind, frame);
  }
  const Anchor& nearest = behind == anchors.begin() ? anchors.front() : anchors.back();
  const double frames = distance(nearest.frame, frame);
  const double step = (segment.least_ms + segment.most_ms) / 2.0;
  const double unsure = (segment.most_ms - segment.least_ms) / 2.0;
  return dated(static_cast<double>(nearest.unix_ms) + frames * step,
               static_cast<double>(nearest.uncertainty_ms) + std::abs(frames) * unsure);
}

/// The rate wanders by w at most: what it was too fast before the frame it was too slow behind it,
/// so it is off by 2 w x (1 - x) of the time between, x the part before.
RecordDate RecordDates::between(const Anchor& a, const Anchor& b, std::uint64_t frame) const {
  const double part = distance(a.frame, frame) / distance(a.frame, b.frame);
  const double elapsed = static_cast<double>(b.unix_ms - a.unix_ms);
  const double wander = 2.0 * config_.rate_wander * std::abs(elapsed) * part * (1.0 - part);
  return dated(static_cast<double>(a.unix_ms) + part * elapsed,
               (1.0 - part) * static_cast<double>(a.uncertainty_ms) +
                   part * static_cast<double>(b.uncertainty_ms) + wander);
}

std::string utc_text(std::int64_t unix_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> moment{milliseconds{unix_ms}};
  const auto day = floor<days>(moment);
  const year_month_day date{day};
  const hh_mm_ss time{moment - day};
  std::array<char, 48> text{};
  const int size = std::snprintf(text.data(),
                                 text.size(),
                                 "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                                 static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()),
                                 static_cast<unsigned>(date.day()),
                                 static_cast<int>(time.hours().count()),
                                 static_cast<int>(time.minutes().count()),
                                 static_cast<int>(time.seconds().count()),
                                 static_cast<int>(time.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace aiot::toolkit
