// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/error.hpp"
#include "aiot/core/result.hpp"
#include "aiot/hal/transport.hpp"
#include "aiot/link/framing.hpp"

namespace aiot::link {

/// What the sender of an image asks of the device: one frame each, and the next only when the one
/// before was answered. All numbers on the wire are little endian.
enum class ImageAsk : std::uint8_t {
  kNothing = 0,
  kHello = 1,   ///< who is there, and how large may a message be; begins a session
  kOffer = 2,   ///< the image's header and TLV areas: is it wanted, and from which offset on
  kBlock = 3,   ///< bytes of the image at an offset
  kFinish = 4,  ///< all was sent: verify and install
};

enum class ImageStatus : std::uint8_t {
  kOk = 0,           ///< done; go on from the answer's offset
  kBusy = 1,         ///< understood, this takes time; the answer follows
  kWrongOffset = 2,  ///< not what comes next; go on from the answer's offset
  kNoSession = 3,    ///< nothing is known of this session (a restart, another sender): begin again
  kRefused = 4,      ///< the device does not want this image; why is the answer's reason
  kFailed = 5,       ///< the device could not do it; the reason is a number of `Error`
  kNotUnderstood = 6,  ///< another version of the protocol, or no such request
};

/// Layout of the messages, which are the payloads of frames.
struct ImageMessage {
  static constexpr std::uint8_t kVersion = 1;
  static constexpr std::byte kAnswerBit{0x80};    ///< in the kind of an answer
  static constexpr std::size_t kHeaderBytes = 8;  ///< version, kind, number (2), session (4)
  static constexpr std::size_t kBlockHeaderBytes = kHeaderBytes + 4;  ///< offset, then the bytes
  static constexpr std::size_t kAnswerBytes =
      kHeaderBytes + 8;  ///< status, reason, room (2), offset
};

/// Bytes of buffer that a receiver needs for offers of up to `offer` and blocks of up to `block`
/// bytes.
[[nodiscard]] constexpr std::size_t receiver_bytes(std::size_t offer, std::size_t block) noexcept {
  const std::size_t asked = ImageMessage::kHeaderBytes + offer;
  const std::size_t sent = ImageMessage::kBlockHeaderBytes + block;
  return (asked > sent ? asked : sent) + sizeof(std::uint32_t);
}

/// What the sender wants to know or have done now.
struct ImageRequest {
  ImageAsk ask = ImageAsk::kNothing;  ///< kOffer, kBlock or kFinish; kHello is answered here
  std::uint32_t offset = 0;           ///< of a block; of a finish: bytes of the image
  Bytes bytes;                        ///< the offer or the block; until the request is answered
};

/// The device's end of an image transfer, without I/O: bytes of the wire go in, requests come out,
/// and each is answered by the application, which knows images and flash. Requests are handed out
/// once each and blocks strictly in order, whatever the wire repeats, loses or damages; a request
/// that comes again because its answer was lost gets the same answer.
///
/// An offer and a finish are acknowledged as busy at once, for verifying takes seconds: send
/// `output` before the work begins. After the last answer an application that restarts should stay
/// for a second or two, in case that answer is lost and asked for again.
class ImageReceiver {
 public:
  /// `buffer`: `receiver_bytes(...)`, at least of an offer of 64 bytes; the sender adapts to its
  /// size. While a finish is open, and between requests, nothing is kept in it that matters.
  explicit ImageReceiver(MutableBytes buffer) noexcept;

  ImageReceiver(const ImageReceiver&) = delete;
  ImageReceiver& operator=(const ImageReceiver&) = delete;

  /// Takes bytes of the wire and returns how many: it stops behind a request, until that is
  /// answered and the answer is sent. What is not taken may be thrown away: it can only be text or
  /// a repetition.
  std::size_t take(Bytes in) noexcept;

  /// The request that waits for an answer, if any.
  [[nodiscard]] const ImageRequest& request() const noexcept { return request_; }

  /// Answers the open request: it is done. An offer: the image is wanted from `offset` on.
  /// A block: the next one begins at `offset`. A finish: the transfer is over.
  void accept(std::uint32_t offset) noexcept;

  /// The same, with nothing kept of an earlier transfer: an offer from 0 on, a block behind itself.
  void accept() noexcept;

  /// Answers the open request: the image is not wanted, `reason` is the application's number.
  void refuse(std::uint8_t reason) noexcept;

  /// Answers the open request: the device could not do it.
  void fail(Error error) noexcept;

  /// Bytes to send; a part of a frame when some are sent already.
  [[nodiscard]] Bytes output() const noexcept { return Bytes(out_).subspan(sent_, size_ - sent_); }

  /// The first `count` bytes of `output` are sent.
  void sent(std::size_t count) noexcept;

  /// True when a finish was accepted, until another transfer begins.
  [[nodiscard]] bool finished() const noexcept { return state_ == State::kFinished; }

  /// One round over a link: sends what waits; when nothing waits and no request is open, takes what
  /// has arrived. Never waits.
  /// Errors: `kIo` the link is lost.
  Status exchange(hal::TransportRef link) noexcept;

 private:
  enum class State : std::uint8_t { kNoSession, kHello, kReceiving, kFinished };

  struct Answer {
    ImageStatus status = ImageStatus::kOk;
    std::uint8_t reason = 0;
    std::byte kind{};
    std::uint16_t number = 0;
    std::uint32_t session = 0;
  };

  void read(Bytes message) noexcept;
  ImageStatus open(Bytes message) noexcept;
  void close(ImageStatus status, std::uint8_t reason) noexcept;
  void send(const Answer& answer) noexcept;

  FrameDecoder decoder_;
  ImageRequest request_;
  Answer last_;                 // of the session; of its open request, busy
  std::uint32_t expected_ = 0;  // offset of the next block
  State state_ = State::kNoSession;
  std::uint8_t size_ = 0;  // of out_
  std::uint8_t sent_ = 0;
  std::array<std::byte, frame_bytes(ImageMessage::kAnswerBytes)> out_{};
};

}  // namespace aiot::link
