// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"

namespace aiot::link {

/// Largest frame of `payload` bytes, both zeros included.
[[nodiscard]] constexpr std::size_t frame_bytes(std::size_t payload) noexcept {
  const std::size_t plain = payload + sizeof(std::uint32_t);
  return plain + plain / 254 + 1 + 2;
}

/// Makes one frame of a byte stream: a zero, then payload and CRC-32 (little endian) by Consistent
/// Overhead Byte Stuffing, which has no zero inside, then a zero. The zero in front ends whatever
/// else was on the line, so that a frame may follow text.
///
/// Source of the stuffing: S. Cheshire and M. Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM
/// Transactions on Networking 7(2), 1999.
class FrameEncoder {
 public:
  /// `out`: `frame_bytes(payload)` bytes hold any payload of that size. It outlives the encoder.
  explicit FrameEncoder(MutableBytes out) noexcept;

  /// Appends to the payload. What does not fit is told by `finish`.
  void add(Bytes bytes) noexcept;

  /// Ends the frame, and with it the use of the encoder: the bytes to send, in `out`.
  /// Errors: `kNoSpace` `out` is too small.
  Result<Bytes> finish() noexcept;

 private:
  void put(std::byte b) noexcept;
  void stuff(Bytes bytes) noexcept;

  MutableBytes out_;
  std::size_t size_ = 0;  // may pass the end of out_, where nothing is written
  std::size_t code_ =
      0;  // place of the running block's code, which counts the bytes up to the next
  std::uint32_t crc_ = 0;
};

/// What a byte has ended.
enum class FrameEvent : std::uint8_t {
  kNothing,  ///< nothing yet
  kFrame,    ///< a frame: its payload can be read until the next byte
  kDamaged,  ///< bytes that are no frame: damaged, too long for the buffer, or text
};

/// Takes a byte stream apart again. Whatever was lost, added or changed on the way costs the frames
/// that it touched; the next zero begins anew. It holds one payload in memory of the caller, and
/// never hands on one whose CRC-32 is wrong.
class FrameDecoder {
 public:
  /// `buffer` holds the largest payload and 4 bytes more; it outlives the decoder.
  explicit FrameDecoder(MutableBytes buffer) noexcept : buffer_(buffer) {}

  FrameEvent take(std::byte b) noexcept;

  /// The payload of the frame that ended with the byte taken last: at least 1 byte.
  [[nodiscard]] Bytes payload() const noexcept { return buffer_.first(payload_); }

  /// Largest payload that fits.
  [[nodiscard]] std::size_t room() const noexcept {
    return buffer_.size() < sizeof(std::uint32_t) ? 0 : buffer_.size() - sizeof(std::uint32_t);
  }

 private:
  FrameEvent end() noexcept;
  void append(std::byte b) noexcept;

  MutableBytes buffer_;
  std::size_t size_ = 0;     // bytes of the running frame, its CRC-32 included
  std::size_t payload_ = 0;  // of the frame that has ended
  std::uint8_t left_ = 0;    // bytes of the running block that have not come
  bool zero_ = false;        // a zero follows the running block, if another block does
  bool any_ = false;         // bytes have come since the last zero
  bool damaged_ = false;
};

}  // namespace aiot::link
