// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/baremetal/semihosting_sensor.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace aiot::baremetal {
namespace {

constexpr std::uint32_t kMagic = 0x5352'4941;  // "AIRS"
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 24;
constexpr std::size_t kChunkHeaderBytes = 8;
constexpr std::byte kBits{16};
constexpr std::uint64_t kFirstFrameEnd = std::uint64_t{1} << 48U;
// The ring counts losses in 32 bits.
constexpr std::uint32_t kMostLostAtOnce = std::uint32_t{1} << 31U;

static_assert(std::endian::native == std::endian::little, "samples are read into place");

bool is_sane(const hal::SensorFormat& format) noexcept {
  // A comparison with NaN is false, so NaN is not sane; the upper bounds catch infinity.
  return format.axes >= 1 && format.rate_hz > 0.0F && format.rate_hz < 1e9F &&
         format.scale > 0.0F && format.scale < 1e9F;
}

}  // namespace

Status SemihostingSensor::open(std::string_view path) noexcept {
  AIOT_TRY(file_.open(path, semihosting::OpenMode::kRead));
  std::array<std::byte, kHeaderBytes> header{};
  AIOT_TRY_ASSIGN(const std::size_t got, file_.read(header));
  if (got != header.size() || load_le32(&header[0]) != kMagic) {
    return Error::kCorrupt;
  }
  if (load_le16(&header[4]) != kVersion || header[7] != kBits) {
    return Error::kUnsupported;
  }
  const hal::SensorFormat format{.rate_hz = std::bit_cast<float>(load_le32(&header[8])),
                                 .scale = std::bit_cast<float>(load_le32(&header[12])),
                                 .axes = std::to_integer<std::uint8_t>(header[6]),
                                 .bits = std::to_integer<std::uint8_t>(header[7])};
  if (!is_sane(format)) {
    return Error::kCorrupt;
  }
  const std::uint64_t first_frame = load_le64(&header[16]);
  if (first_frame >= kFirstFrameEnd) {
    return Error::kUnsupported;
  }
  format_ = format;
  lost_ = first_frame * format.axes;
  return {};
}

Status SemihostingSensor::start(SampleRing& ring) noexcept {
  if (!file_.is_open() || format_.rate_hz == 0.0F) {
    return Error::kWrongState;
  }
  ring_ = &ring;
  return {};
}

/// A loss beyond what the ring counts is reported in parts, each when the one before was taken.
void SemihostingSensor::report_loss() noexcept {
  if (!ring_->gap_waits()) {
    const std::uint64_t part =
        std::min<std::uint64_t>(lost_, kMostLostAtOnce / format_.axes * format_.axes);
    ring_->lost(static_cast<std::size_t>(part));
    lost_ -= part;
  }
}

Status SemihostingSensor::read_chunk_header() noexcept {
  std::array<std::byte, kChunkHeaderBytes> header{};
  AIOT_TRY_ASSIGN(const std::size_t got, file_.read(header));
  if (got == 0) {
    return Error::kEmpty;
  }
  const std::uint32_t lost = load_le32(&header[0]);
  left_in_chunk_ = load_le32(&header[4]);
  if (got != header.size() || lost % format_.axes != 0 || left_in_chunk_ % format_.axes != 0) {
    return Error::kIo;
  }
  lost_ = lost;
  return {};
}

Status SemihostingSensor::service() noexcept {
  if (ring_ == nullptr) {
    return Error::kWrongState;
  }
  if (!ended_.ok()) {
    return ended_;
  }
  if (lost_ != 0) {
    report_loss();
    return {};
  }
  if (left_in_chunk_ == 0) {
    ended_ = read_chunk_header();
    return ended_;
  }
  const std::span<std::int16_t> free = ring_->claim();
  const std::size_t count =
      std::min<std::size_t>({free.size(), left_in_chunk_, kSamplesPerService});
  if (count == 0) {
    return {};
  }
  const auto got = file_.read(std::as_writable_bytes(free.first(count)));
  if (!got.ok() || *got != count * sizeof(std::int16_t)) {
    ended_ = Error::kIo;
    return ended_;
  }
  ring_->commit(count);
  left_in_chunk_ -= static_cast<std::uint32_t>(count);
  return {};
}

}  // namespace aiot::baremetal
