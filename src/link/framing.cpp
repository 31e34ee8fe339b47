// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/framing.hpp"

#include <array>

#include "aiot/core/crc32.hpp"

namespace aiot::link {
namespace {

constexpr std::size_t kCrcBytes = sizeof(std::uint32_t);

// A block is its code and up to 254 bytes that are not zero; a zero follows it unless it is full.
constexpr std::size_t kFullBlock = 0xFF;

}  // namespace

FrameEncoder::FrameEncoder(MutableBytes out) noexcept : out_(out) {
  put(std::byte{0});
  code_ = size_;
  put(std::byte{0});
}

void FrameEncoder::put(std::byte b) noexcept {
  if (size_ < out_.size()) {
    out_[size_] = b;
  }
  ++size_;
}

void FrameEncoder::stuff(Bytes bytes) noexcept {
  for (const std::byte b : bytes) {
    // A block that is full ends only here: behind the last one stands no empty block.
    if (size_ - code_ == kFullBlock) {
      code_ = size_;
      put(std::byte{0});
    }
    if (b == std::byte{0}) {
      if (code_ < out_.size()) {
        out_[code_] = static_cast<std::byte>(size_ - code_);
      }
      code_ = size_;
    }
    put(b);
    if (size_ - code_ == kFullBlock && code_ < out_.size()) {
      out_[code_] = static_cast<std::byte>(kFullBlock);
    }
  }
}

void FrameEncoder::add(Bytes bytes) noexcept {
  crc_ = crc32(crc_, bytes);
  stuff(bytes);
}

Result<Bytes> FrameEncoder::finish() noexcept {
  std::array<std::byte, kCrcBytes> crc{};
  store_le32(crc.data(), crc_);
  stuff(crc);
  if (size_ >= out_.size()) {
    return Error::kNoSpace;
  }
  out_[code_] = static_cast<std::byte>(size_ - code_);
  put(std::byte{0});
  return Bytes(out_.first(size_));
}

void FrameDecoder::append(std::byte b) noexcept {
  if (size_ < buffer_.size()) {
    buffer_[size_++] = b;
  } else {
    damaged_ = true;
  }
}

FrameEvent FrameDecoder::take(std::byte b) noexcept {
  payload_ = 0;
  if (b == std::byte{0}) {
    return end();
  }
  any_ = true;
  if (left_ != 0) {
    --left_;
    append(b);
    return FrameEvent::kNothing;
  }
  if (zero_) {
    append(std::byte{0});
  }
  left_ = static_cast<std::uint8_t>(std::to_integer<std::uint8_t>(b) - 1U);
  zero_ = b != static_cast<std::byte>(kFullBlock);
  return FrameEvent::kNothing;
}

FrameEvent FrameDecoder::end() noexcept {
  if (!any_) {
    return FrameEvent::kNothing;  // the zeros of two frames meet
  }
  const bool whole = left_ == 0 && !damaged_ && size_ > kCrcBytes;
  const std::size_t payload = whole ? size_ - kCrcBytes : 0;
  size_ = 0;
  left_ = 0;
  zero_ = any_ = damaged_ = false;
  if (!whole || crc32(0, buffer_.first(payload)) != load_le32(&buffer_[payload])) {
    return FrameEvent::kDamaged;
  }
  payload_ = payload;
  return FrameEvent::kFrame;
}

}  // namespace aiot::link
