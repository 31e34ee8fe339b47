// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/sim/disk.hpp"

#include <algorithm>
#include <cstring>

#include "aiot/core/check.hpp"

namespace aiot::sim {

SimDisk::SimDisk(const hal::FlashGeometry& geometry,
                 MutableBytes seen,
                 MutableBytes durable) noexcept
    : geometry_(geometry), seen_(seen), durable_(durable), dirty_end_(geometry.size) {
  AIOT_CHECK(seen.size() == geometry.size && durable.size() == geometry.size);
  AIOT_CHECK(geometry.size % geometry.sector == 0 && geometry.sector % geometry.page == 0);
  AIOT_CHECK(geometry.size % kPieceBytes == 0);
  AIOT_CHECK(geometry.program == 1 && geometry.erased == std::byte{0} && geometry.overwrite);
}

Status SimDisk::violation(Error error) noexcept {
  ++violations_;
  return error;
}

bool SimDisk::inside(std::uint32_t offset, std::size_t size) const noexcept {
  return size <= geometry_.size && offset <= geometry_.size - size;
}

/// Counts down to the planned cut; true when it is now.
bool SimDisk::cut_now() noexcept {
  return operations_left_ != 0 && --operations_left_ == 0;
}

/// How many of `size` bytes an operation changes that is cut now.
std::uint32_t SimDisk::cut_length(std::uint32_t size) noexcept {
  switch (cut_kind_) {
    case DiskCut::kBefore:
      return 0;
    case DiskCut::kDuring:
      return fate_.below(size + 1);
    case DiskCut::kAfter:
      return size;
  }
  return size;
}

void SimDisk::touch(std::uint32_t offset, std::uint32_t size) noexcept {
  const std::uint32_t begin = offset / kPieceBytes * kPieceBytes;
  const std::uint32_t end = (offset + size + kPieceBytes - 1) / kPieceBytes * kPieceBytes;
  const bool clean = dirty_begin_ == dirty_end_;
  dirty_begin_ = clean ? begin : std::min(dirty_begin_, begin);
  dirty_end_ = clean ? end : std::max(dirty_end_, end);
}

void SimDisk::write(std::uint32_t offset, Bytes in) noexcept {
  if (in.empty()) {
    return;
  }
  touch(offset, static_cast<std::uint32_t>(in.size()));
  std::memcpy(seen_.data() + offset, in.data(), in.size());
}

void SimDisk::clear(std::uint32_t offset, std::uint32_t size) noexcept {
  if (size == 0) {
    return;
  }
  touch(offset, size);
  std::memset(seen_.data() + offset, 0, size);
}

/// Makes a part of what is seen durable.
void SimDisk::keep(std::uint32_t offset, std::uint32_t size) noexcept {
  std::memcpy(durable_.data() + offset, seen_.data() + offset, size);
}

/// One of the pieces that may be dirty becomes durable, or none.
void SimDisk::write_back_one() noexcept {
  if (!writes_back_ || dirty_begin_ == dirty_end_ || cache_.below(4) != 0) {
    return;
  }
  const std::uint32_t pieces = (dirty_end_ - dirty_begin_) / kPieceBytes;
  keep(dirty_begin_ + cache_.below(pieces) * kPieceBytes, kPieceBytes);
}

/// A new part at the front or at the back is durable, the rest stays old.
void SimDisk::tear_piece(std::uint32_t offset, std::uint32_t size) noexcept {
  const std::uint32_t place = fate_.below(size + 1);
  if (fate_.below(2) == 0) {
    keep(offset, place);
  } else {
    keep(offset + place, size - place);
  }
}

/// Decides what became of every dirty piece; nobody can tell it from what is durable afterwards.
void SimDisk::lose_power() noexcept {
  for (std::uint32_t at = dirty_begin_; at < dirty_end_; at += kPieceBytes) {
    const std::uint32_t fate = fate_.below(3);
    if (fate == 1) {
      keep(at, kPieceBytes);
    } else if (fate == 2) {
      tear_piece(at, kPieceBytes);
    }
  }
  std::memcpy(
      seen_.data() + dirty_begin_, durable_.data() + dirty_begin_, dirty_end_ - dirty_begin_);
  dirty_begin_ = dirty_end_ = 0;
  powered_ = false;
}

Status SimDisk::read(std::uint32_t offset, MutableBytes out) noexcept {
  if (!inside(offset, out.size())) {
    return violation(Error::kOutOfRange);
  }
  if (!powered_) {
    return Error::kIo;
  }
  ++counters_.reads;
  counters_.read_bytes += out.size();
  if (!out.empty()) {
    std::memcpy(out.data(), seen_.data() + offset, out.size());
  }
  return {};
}

Status SimDisk::program(std::uint32_t offset, Bytes in) noexcept {
  if (!inside(offset, in.size())) {
    return violation(Error::kOutOfRange);
  }
  if (!in.empty() && offset / geometry_.page != (offset + in.size() - 1) / geometry_.page) {
    return violation(Error::kInvalidArgument);
  }
  if (!powered_) {
    return Error::kIo;
  }
  if (in.empty()) {
    return {};
  }
  write_back_one();
  ++counters_.programs;
  counters_.programmed_bytes += in.size();
  if (cut_now()) {
    write(offset, in.first(cut_length(static_cast<std::uint32_t>(in.size()))));
    lose_power();
    return Error::kIo;
  }
  write(offset, in);
  return {};
}

Status SimDisk::erase(std::uint32_t offset) noexcept {
  if (!inside(offset, geometry_.sector)) {
    return violation(Error::kOutOfRange);
  }
  if (offset % geometry_.sector != 0) {
    return violation(Error::kInvalidArgument);
  }
  if (!powered_) {
    return Error::kIo;
  }
  write_back_one();
  ++counters_.erases;
  if (cut_now()) {
    clear(offset, cut_length(geometry_.sector));
    lose_power();
    return Error::kIo;
  }
  clear(offset, geometry_.sector);
  return {};
}

Status SimDisk::sync() noexcept {
  if (!powered_) {
    return Error::kIo;
  }
  ++counters_.syncs;
  const bool cut = cut_now();
  for (std::uint32_t at = dirty_begin_; at < dirty_end_; at += kPieceBytes) {
    const bool done = !cut || cut_kind_ == DiskCut::kAfter ||
                      (cut_kind_ == DiskCut::kDuring && fate_.below(2) == 0);
    if (done) {
      keep(at, kPieceBytes);
    }
  }
  if (cut) {
    lose_power();
    return Error::kIo;
  }
  dirty_begin_ = dirty_end_ = 0;
  return {};
}

void SimDisk::blank() noexcept {
  std::fill(seen_.begin(), seen_.end(), std::byte{0});
  std::fill(durable_.begin(), durable_.end(), std::byte{0});
  dirty_begin_ = dirty_end_ = 0;
}

void SimDisk::write_back(std::uint32_t seed) noexcept {
  writes_back_ = seed != 0;
  cache_ = Random(seed);
}

void SimDisk::cut_at(std::uint64_t operation, DiskCut kind, std::uint32_t seed) noexcept {
  operations_left_ = operation;
  cut_kind_ = kind;
  fate_ = Random(seed);
}

void SimDisk::power_on() noexcept {
  geometry_.session = geometry_.session * 747796405U + 2891336453U;
  powered_ = true;
  operations_left_ = 0;
}

}  // namespace aiot::sim
