// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/sim/flash.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "aiot/core/check.hpp"

namespace aiot::sim {
namespace {

enum Granule : std::uint8_t { kUnwritten = 0, kWritten = 1, kTorn = 2 };

}  // namespace

SimFlash::SimFlash(const hal::FlashGeometry& geometry,
                   Ecc ecc,
                   MutableBytes memory,
                   std::span<std::uint8_t> granules) noexcept
    : geometry_(geometry), memory_(memory), granules_(granules), ecc_(ecc) {
  AIOT_CHECK(memory.size() == geometry.size);
  AIOT_CHECK(geometry.size % geometry.sector == 0 && geometry.sector % geometry.page == 0 &&
             geometry.page % geometry.program == 0);
  AIOT_CHECK(granules.size() == (geometry.reprogram ? 0 : geometry.size / geometry.program));
}

Status SimFlash::violation(Error error) noexcept {
  ++violations_;
  return error;
}

bool SimFlash::inside(std::uint32_t offset, std::size_t size) const noexcept {
  return size <= geometry_.size && offset <= geometry_.size - size;
}

Status SimFlash::read(std::uint32_t offset, MutableBytes out) noexcept {
  if (!inside(offset, out.size())) {
    return violation(Error::kOutOfRange);
  }
  if (!powered_) {
    return Error::kIo;
  }
  ++counters_.reads;
  counters_.read_bytes += out.size();
  if (out.empty()) {
    return {};
  }
  if (ecc_ == Ecc::kYes && !geometry_.reprogram) {
    const std::size_t first = offset / geometry_.program;
    const std::size_t last = (offset + out.size() - 1) / geometry_.program;
    const auto granules = granules_.subspan(first, last - first + 1);
    if (std::find(granules.begin(), granules.end(), kTorn) != granules.end()) {
      return Error::kIo;
    }
  }
  std::memcpy(out.data(), memory_.data() + offset, out.size());
  return {};
}

/// Whether the bytes can become `in` without an erase.
bool SimFlash::program_allowed(std::uint32_t offset, Bytes in) const noexcept {
  if (!geometry_.reprogram) {
    const auto granules =
        granules_.subspan(offset / geometry_.program, in.size() / geometry_.program);
    return std::all_of(
        granules.begin(), granules.end(), [](std::uint8_t g) { return g == kUnwritten; });
  }
  for (std::size_t i = 0; i < in.size(); ++i) {
    // A bit that differs from the erased value stays so.
    const std::byte written = memory_[offset + i] ^ geometry_.erased;
    if (((in[i] ^ geometry_.erased) & written) != written) {
      return false;
    }
  }
  return true;
}

/// Counts down to the planned cut; true when it is now.
bool SimFlash::cut_now() noexcept {
  if (operations_left_ == 0 || --operations_left_ != 0) {
    return false;
  }
  powered_ = false;
  return true;
}

/// The entry by which this operation of a sector fails, or null.
const BadSector* SimFlash::failing(std::uint32_t offset, Fails operation) noexcept {
  for (BadSector& bad : bad_sectors_) {
    if (bad.sector != offset / geometry_.sector ||
        (bad.fails != Fails::kBoth && bad.fails != operation)) {
      continue;
    }
    if (bad.good == 0) {
      return &bad;
    }
    --bad.good;
  }
  return nullptr;
}

/// How an operation ends: whole and well, or with an error and something of it done.
struct SimFlash::Ending {
  CutKind left = CutKind::kNew;
  bool ok = true;
};

SimFlash::Ending SimFlash::end_of(std::uint32_t offset, Fails operation) noexcept {
  const BadSector* const bad = failing(offset, operation);
  const bool cut = cut_now();
  if (bad != nullptr) {
    return {bad->leaves, false};
  }
  return cut ? Ending{cut_kind_, false} : Ending{};
}

std::uint32_t SimFlash::random() noexcept {
  random_ ^= random_ << 13U;
  random_ ^= random_ >> 17U;
  random_ ^= random_ << 5U;
  return random_;
}

void SimFlash::write_whole(std::uint32_t offset, Bytes in) noexcept {
  if (in.empty()) {
    return;
  }
  std::memcpy(memory_.data() + offset, in.data(), in.size());
  if (!geometry_.reprogram) {
    const auto granules =
        granules_.subspan(offset / geometry_.program, in.size() / geometry_.program);
    std::fill(granules.begin(), granules.end(), kWritten);
  }
}

/// Each bit that was to change has changed or not.
void SimFlash::write_torn(std::uint32_t offset, Bytes in) noexcept {
  for (std::size_t i = 0; i < in.size(); ++i) {
    std::byte& cell = memory_[offset + i];
    cell ^= (cell ^ in[i]) & static_cast<std::byte>(random() & 0xFFU);
  }
  if (geometry_.reprogram) {
    return;
  }
  for (std::uint32_t at = 0; at < in.size(); at += geometry_.program) {
    const Bytes now = memory_.subspan(offset + at, geometry_.program);
    const bool untouched =
        std::all_of(now.begin(), now.end(), [this](std::byte b) { return b == geometry_.erased; });
    granules_[(offset + at) / geometry_.program] = untouched ? kUnwritten : kTorn;
  }
}

void SimFlash::program_partly(std::uint32_t offset, Bytes in, CutKind kind) noexcept {
  switch (kind) {
    case CutKind::kOld:
      return;
    case CutKind::kPrefix: {
      const std::size_t granules = in.size() / geometry_.program;
      const std::size_t whole = random() % granules * geometry_.program;
      write_whole(offset, in.first(whole));
      write_torn(offset + static_cast<std::uint32_t>(whole), in.subspan(whole, geometry_.program));
      return;
    }
    case CutKind::kRandomBits:
      write_torn(offset, in);
      return;
    case CutKind::kNew:
      write_whole(offset, in);
      return;
  }
}

Status SimFlash::program(std::uint32_t offset, Bytes in) noexcept {
  if (!inside(offset, in.size())) {
    return violation(Error::kOutOfRange);
  }
  const bool aligned = offset % geometry_.program == 0 && in.size() % geometry_.program == 0;
  const bool one_page =
      in.empty() || offset / geometry_.page == (offset + in.size() - 1) / geometry_.page;
  if (!aligned || !one_page) {
    return violation(Error::kInvalidArgument);
  }
  if (!powered_) {
    return Error::kIo;
  }
  if (!program_allowed(offset, in)) {
    return violation(Error::kIo);
  }
  if (in.empty()) {
    return {};
  }
  ++counters_.programs;
  counters_.programmed_bytes += in.size();
  const Ending ending = end_of(offset, Fails::kPrograms);
  program_partly(offset, in, ending.left);
  return ending.ok ? Status{} : Error::kIo;
}

void SimFlash::erase_bytes(std::uint32_t offset, std::uint32_t size) noexcept {
  const MutableBytes bytes = memory_.subspan(offset, size);
  std::fill(bytes.begin(), bytes.end(), geometry_.erased);
  if (!geometry_.reprogram) {
    const auto granules = granules_.subspan(offset / geometry_.program, size / geometry_.program);
    std::fill(granules.begin(), granules.end(), kUnwritten);
  }
}

/// Undefined content: each piece is as before, erased, or anything. Pieces of several sizes, so
/// that structures as a whole survive or vanish too.
void SimFlash::undefine_sector(std::uint32_t offset) noexcept {
  const std::array<std::uint32_t, 4> sizes = {geometry_.program, 16, 64, geometry_.sector / 2};
  const std::uint32_t piece = std::max(sizes[random() % sizes.size()], geometry_.program);
  std::uint32_t fate = 0;
  for (std::uint32_t at = 0; at < geometry_.sector; at += geometry_.program) {
    if (at % piece == 0) {
      fate = random() % 3;
    }
    if (fate != 0) {
      erase_bytes(offset + at, geometry_.program);
    }
    if (fate == 2) {
      scramble_granule(offset + at);
    }
  }
}

void SimFlash::scramble_granule(std::uint32_t offset) noexcept {
  for (std::uint32_t i = 0; i < geometry_.program; ++i) {
    memory_[offset + i] = static_cast<std::byte>(random() & 0xFFU);
  }
  if (!geometry_.reprogram) {
    granules_[offset / geometry_.program] = (random() & 1U) != 0 ? kTorn : kWritten;
  }
}

void SimFlash::erase_partly(std::uint32_t offset, CutKind kind) noexcept {
  switch (kind) {
    case CutKind::kOld:
      return;
    case CutKind::kPrefix:
      erase_bytes(offset, random() % (geometry_.sector / geometry_.program) * geometry_.program);
      return;
    case CutKind::kRandomBits:
      undefine_sector(offset);
      return;
    case CutKind::kNew:
      erase_bytes(offset, geometry_.sector);
      return;
  }
}

Status SimFlash::erase(std::uint32_t offset) noexcept {
  if (!inside(offset, geometry_.sector)) {
    return violation(Error::kOutOfRange);
  }
  if (offset % geometry_.sector != 0) {
    return violation(Error::kInvalidArgument);
  }
  if (!powered_) {
    return Error::kIo;
  }
  ++counters_.erases;
  const Ending ending = end_of(offset, Fails::kErases);
  erase_partly(offset, ending.left);
  return ending.ok ? Status{} : Error::kIo;
}

Status SimFlash::sync() noexcept {
  if (!powered_) {
    return Error::kIo;
  }
  ++counters_.syncs;
  return {};
}

void SimFlash::blank() noexcept {
  erase_bytes(0, geometry_.size);
}

void SimFlash::cut_at(std::uint64_t operation, CutKind kind, std::uint32_t seed) noexcept {
  operations_left_ = operation;
  cut_kind_ = kind;
  random_ = seed == 0 ? 1 : seed;
}

void SimFlash::power_on() noexcept {
  powered_ = true;
  operations_left_ = 0;
}

}  // namespace aiot::sim
