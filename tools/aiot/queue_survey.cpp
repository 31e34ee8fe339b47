// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "tools/aiot/queue_survey.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "aiot/core/bytes.hpp"
#include "aiot/core/crc32.hpp"
#include "aiot/store/survey.hpp"

namespace aiot::cli {

namespace {

// Where a sector's header has what: SPEC, "Frame log".
constexpr std::size_t kSaltAt = 8;
constexpr std::size_t kMarkCrcAt = 12;
constexpr std::size_t kOpenCrcAt = 44;
constexpr std::size_t kHeaderBytes = 96;
constexpr std::size_t kFrameOverhead = 16;  // at most, with padding

bool all_equal(Bytes bytes, std::byte value) {
  return std::all_of(bytes.begin(), bytes.end(), [value](std::byte b) { return b == value; });
}

class Surveyor {
 public:
  Surveyor(const store::FrameLog& log, hal::FlashRef flash, std::uint64_t needed_from)
      : log_(log), flash_(flash), needed_from_(needed_from) {
    found_.sectors = log.sectors();
  }

  LogSurvey run(bool (*known)(Bytes));

 private:
  /// One sector from the lowest to the newest.
  struct Sector {
    std::uint32_t sequence = 0;
    bool open = false;     ///< its header can be read
    bool damaged = false;  ///< its header, or frames
    std::uint64_t first = 0;
    std::uint64_t end = 0;
    std::uint32_t records = 0;
  };

  bool header_damaged(std::uint32_t sector) const;
  bool blank(std::uint32_t sector) const;
  bool gone_round() const;
  void look_at_sectors();
  void look_at_end();
  std::uint64_t start();
  void read_frames(bool (*known)(Bytes));
  void miss(std::uint64_t first, std::uint64_t end, std::uint32_t from, std::uint32_t to);
  void miss_part(std::uint64_t first, std::uint64_t end, DamageCause cause);
  void judge_sectors();

  const store::FrameLog& log_;
  hal::FlashRef flash_;
  std::uint64_t needed_from_;
  std::vector<Sector> sectors_;
  std::size_t largest_ = 0;  // record
  LogSurvey found_;
};

std::uint32_t place_of(const store::FrameLog& log, std::uint32_t sector) {
  return log.ring().base + sector % std::max(log.sectors(), 1U) * log.sector_bytes();
}

/// Whether the header is neither blank, nor that of a spare, nor that of an open sector.
bool Surveyor::header_damaged(std::uint32_t sector) const {
  const store::Ring& ring = log_.ring();
  std::array<std::byte, kHeaderBytes> bytes{};
  const auto header = MutableBytes(bytes).first(ring.header_bytes);
  if (!flash_.read(place_of(log_, sector), header).ok()) {
    return true;
  }
  if (all_equal(header, ring.geometry.erased)) {
    return false;
  }
  if (load_le32(&header[kMarkCrcAt]) != crc32(0, header.first(kMarkCrcAt))) {
    return true;
  }
  const Bytes open = header.subspan(ring.mark_bytes);
  const std::uint32_t seed = ring.ident + load_le32(&header[kSaltAt]);
  return !all_equal(open, ring.geometry.erased) &&
         load_le32(&open[kOpenCrcAt]) != crc32(seed, open.first(kOpenCrcAt));
}

/// Whether all bytes behind the header are erased.
bool Surveyor::blank(std::uint32_t sector) const {
  std::vector<std::byte> bytes(log_.sector_bytes());
  return flash_.read(place_of(log_, sector), bytes).ok() &&
         all_equal(Bytes(bytes).subspan(log_.ring().header_bytes), log_.ring().geometry.erased);
}

void Surveyor::look_at_sectors() {
  for (std::uint32_t at = log_.lowest_sector(); at <= log_.newest_sector(); ++at) {
    const Result<store::SectorSurvey> seen = store::survey(log_, at);
    Sector sector{.sequence = at};
    if (seen.ok() && seen->header_readable) {
      sector.open = true;
      sector.first = seen->first;
      sector.end = seen->end;
      sector.records = seen->records;
    } else {
      sector.damaged = header_damaged(at);
    }
    sectors_.push_back(sector);
  }
}

/// Whether the place behind the newest sector is that of the lowest one.
bool Surveyor::gone_round() const {
  return log_.newest_sector() + 1 - log_.lowest_sector() == log_.sectors();
}

void Surveyor::look_at_end() {
  const std::uint32_t next = log_.newest_sector() == 0 ? log_.sectors() : log_.ring().next;
  if (!header_damaged(next) || blank(next)) {
    return;
  }
  found_.end = DamagedEnd::kEither;
  found_.end_needed = true;
  const auto oldest = std::find_if(
      sectors_.begin(), sectors_.end(), [](const Sector& sector) { return sector.open; });
  // A sector is opened when a record does not fit into the one before.
  const std::uint32_t room = log_.sector_bytes() - log_.ring().offset;
  if (gone_round() && oldest != sectors_.end() && room > largest_ + kFrameOverhead) {
    found_.end = DamagedEnd::kOldest;
    found_.end_needed = oldest->first > needed_from_;
  }
}

/// The first record that should be there.
std::uint64_t Surveyor::start() {
  for (const Sector& sector : sectors_) {
    if (sector.open) {
      return std::min(sector.first, log_.oldest_sequence());
    }
    // The first sector of all began with record 0.
    if (sector.damaged && sector.sequence == log_.sectors()) {
      return 0;
    }
  }
  return log_.oldest_sequence();
}

void Surveyor::miss_part(std::uint64_t first, std::uint64_t end, DamageCause cause) {
  if (first < end) {
    found_.damage.push_back(
        {.first = first, .last = end - 1, .cause = cause, .needed = first >= needed_from_});
  }
}

/// Records [first, end) stood in the sectors from `from` to `to`.
void Surveyor::miss(std::uint64_t first, std::uint64_t end, std::uint32_t from, std::uint32_t to) {
  DamageCause cause = DamageCause::kFrames;
  for (Sector& sector : sectors_) {
    if (sector.sequence < from || sector.sequence > to) {
      continue;
    }
    if (!sector.open && sector.damaged) {
      cause = DamageCause::kHeader;
    } else if (from == to) {
      sector.damaged = true;
    }
  }
  const std::uint64_t split = std::clamp(needed_from_, first, end);
  miss_part(first, split, cause);
  miss_part(split, end, cause);
}

void Surveyor::read_frames(bool (*known)(Bytes)) {
  store::FrameCursor cursor;
  std::vector<std::byte> buffer(log_.max_payload());
  std::uint64_t expected = start();
  std::uint32_t sector = log_.lowest_sector();
  while (true) {
    const Result<store::Frame> frame = log_.read(cursor, buffer);
    const std::uint64_t sequence = frame.ok() ? frame->sequence : log_.next_sequence();
    const std::uint32_t at = frame.ok() ? cursor.sector : log_.newest_sector();
    if (sequence > expected) {
      miss(expected, sequence, sector, at);
    }
    if (!frame.ok()) {
      if (frame.error() != Error::kEmpty) {
        found_.stopped = frame.error();
      }
      return;
    }
    if (known != nullptr && !known(frame->payload)) {
      add_to_runs(found_.strange, sequence);
    }
    largest_ = std::max(largest_, frame->payload.size());
    found_.first = found_.readable == 0 ? sequence : found_.first;
    found_.last = sequence;
    ++found_.readable;
    expected = sequence + 1;
    sector = at;
  }
}

/// A sector in front of a damaged one does not say where it ends: its own frames are good as far as
/// they go on from each other.
void Surveyor::judge_sectors() {
  for (std::size_t i = 0; i < sectors_.size(); ++i) {
    Sector& sector = sectors_[i];
    const bool closed = i + 1 == sectors_.size() || sectors_[i + 1].open;
    if (sector.open && closed && sector.records != sector.end - sector.first) {
      sector.damaged = true;
    }
    found_.good_sectors += sector.open && !sector.damaged ? 1U : 0U;
    found_.damaged_sectors += sector.damaged ? 1U : 0U;
  }
  // Where the ring has gone round, that place was counted as the lowest sector.
  const bool counted = !sectors_.empty() && sectors_.front().damaged && gone_round();
  found_.damaged_sectors += found_.end != DamagedEnd::kNone && !counted ? 1U : 0U;
}

LogSurvey Surveyor::run(bool (*known)(Bytes)) {
  if (log_.newest_sector() != 0) {
    look_at_sectors();
    read_frames(known);
  }
  look_at_end();
  judge_sectors();
  return found_;
}

}  // namespace

void add_to_runs(std::vector<Run>& runs, std::uint64_t sequence) {
  if (!runs.empty() && runs.back().last + 1 == sequence) {
    runs.back().last = sequence;
  } else {
    runs.push_back({sequence, sequence});
  }
}

std::string run_text(std::uint64_t first, std::uint64_t last) {
  return first == last ? "record " + std::to_string(first)
                       : "records " + std::to_string(first) + " to " + std::to_string(last);
}

LogSurvey survey_log(const store::FrameLog& log,
                     hal::FlashRef flash,
                     std::uint64_t needed_from,
                     bool (*known)(Bytes)) {
  return Surveyor(log, flash, needed_from).run(known);
}

}  // namespace aiot::cli
