// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/store/survey.hpp"

#include "ring.hpp"

namespace aiot::store {

namespace {

/// The sequence behind the last readable frame before a sector.
std::uint64_t end_before(const Ring& ring, std::uint32_t sector) noexcept {
  format::SectorInfo info;  // NOLINT(*-member-init): filled by the next calls
  while (sector-- > ring::lowest_sector(ring)) {
    if (ring::read_open(ring, sector, info)) {
      FrameCursor at{.sector = sector};
      (void)ring::enter(ring, at);
      at.end = ring.geometry.sector;
      while (ring::next_frame(ring, at, nullptr, 0)) {
      }
      return at.expected;
    }
  }
  return ring.oldest_sequence;
}

}  // namespace

Result<SectorSurvey> survey(const FrameLog& log, std::uint32_t sector) noexcept {
  if (!log.mounted()) {
    return Error::kWrongState;
  }
  const Ring& ring = log.ring();
  if (sector < log.lowest_sector() || sector > ring.head) {
    return Error::kOutOfRange;
  }
  format::SectorInfo info;  // NOLINT(*-member-init): filled by the next calls
  SectorSurvey found;
  found.header_readable = ring::read_open(ring, sector, info);
  FrameCursor at{.sector = sector};
  if (!found.header_readable) {
    at.expected = end_before(ring, sector);
  }
  if (!ring::enter(ring, at)) {
    return Error::kEmpty;
  }
  found.stamp = found.header_readable ? info.stamp : 0;
  found.first = found.header_readable ? info.first : 0;
  found.end = log.next_sequence();
  at.end = sector == ring.head ? ring.offset : ring.geometry.sector;
  if (ring::open_from(ring, sector + 1, info)) {
    found.end = at.limit = info.first;
  }
  while (ring::next_frame(ring, at, nullptr, 0)) {
    found.records += at.record ? 1U : 0U;
    found.states += at.record ? 0U : 1U;
    if (!found.header_readable && found.records + found.states == 1) {
      found.first = at.expected - found.records;
    }
  }
  if (!found.header_readable && found.records + found.states == 0) {
    return Error::kEmpty;
  }
  return found;
}

}  // namespace aiot::store
