// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"

namespace aiot::toolkit {

/// What is assumed of sensors.
struct DatingConfig {
  /// A real rate is so close to the one that the sensor states: part of it.
  double rate_error = 0.01;
  /// In one run the real rate stays so close to its mean, whatever the temperature does.
  double rate_wander = 0.002;
};

/// Why a record has no date. The numbers are kept nowhere.
enum class Undated : std::uint8_t {
  kNone,           ///< it has one
  kNoContext,      ///< its context record is missing: nobody knows its run and rate
  kNoTime,         ///< the time did not arrive in its run, or all that told it was lost
  kContradiction,  ///< the times of its run do not fit together, or its clock was never right
};

/// One line for people; never null.
const char* to_string(Undated undated) noexcept;

struct RecordDate {
  Undated undated = Undated::kNoTime;
  std::int64_t unix_ms = 0;         ///< UTC
  std::int64_t uncertainty_ms = 0;  ///< to both sides

  [[nodiscard]] bool ok() const noexcept { return undated == Undated::kNone; }
};

/// Dates of the frames that decisions name, from the time records of the same run: contexts of one
/// device and boot share one count of frames. Between two times of one clock it interpolates;
/// before the first and behind the last it goes by the stated rate and by the one that was
/// measured. Frames from before a clock was set are dated by that clock as it was then: of what was
/// recorded before, nothing changes.
class RecordDates {
 public:
  explicit RecordDates(const DatingConfig& config = {});

  /// Takes what contexts and time records say; others are passed over. In any order, also twice. A
  /// context whose id is not its hash says nothing. `device`: whoever keeps records of several.
  void add(std::string_view device, Bytes record);

  /// When `frame` of that context was taken, by all that was added so far.
  RecordDate date(std::string_view device, const ContextId& context, std::uint64_t frame);

  /// Time records that were added, each once.
  [[nodiscard]] std::size_t times() const noexcept { return times_; }

 private:
  /// `frame` was at `unix_ms`, give or take.
  struct Anchor {
    std::uint64_t frame = 0;
    std::int64_t unix_ms = 0;
    std::int64_t uncertainty_ms = 0;
  };

  /// Times of one clock, by frame, those that say something.
  struct Segment {
    std::vector<Anchor> anchors;
    std::uint64_t begin = 0;  ///< first frame that it was told for
    double least_ms = 0.0;    ///< that a frame takes
    double most_ms = 0.0;
  };

  /// One count of frames: segments by how often the clock was set before.
  struct Run {
    std::map<std::uint64_t, Segment> segments;
    double rate_hz = 0.0;
    bool contradiction = false;
  };

  /// Device, device as its contexts say, boot.
  using RunKey = std::pair<std::pair<std::string, std::string>, std::uint32_t>;
  using ContextKey = std::pair<std::string, ContextId>;

  struct KnownContext {
    RunKey run;
    double rate_hz = 0.0;
  };

  /// As it was recorded, with the identity that a second copy shares.
  struct Told {
    std::uint64_t clock = 0;
    Anchor anchor;
  };

  void settle();
  void settle(Run& run) const;
  void settle(Segment& segment, double rate_hz) const;
  [[nodiscard]] bool contradicts(const Anchor& a, const Anchor& b, double rate_hz) const;
  [[nodiscard]] RecordDate date_in(const Segment& segment, std::uint64_t frame) const;
  [[nodiscard]] RecordDate between(const Anchor& a, const Anchor& b, std::uint64_t frame) const;

  DatingConfig config_;
  std::map<ContextKey, KnownContext> contexts_;
  std::map<ContextKey, std::map<std::pair<Stream, std::uint64_t>, Told>> told_;
  std::map<RunKey, Run> runs_;
  std::size_t times_ = 0;
  bool settled_ = true;
};

/// "2027-01-01T00:00:00.000Z". `unix_ms`: 1970 to 9999.
std::string utc_text(std::int64_t unix_ms);

}  // namespace aiot::toolkit
