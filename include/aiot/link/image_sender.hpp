// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"
#include "aiot/core/time.hpp"
#include "aiot/hal/transport.hpp"
#include "aiot/link/framing.hpp"
#include "aiot/link/image_transfer.hpp"

namespace aiot::link {

struct ImageSendConfig {
  Duration answer_timeout =
      Duration::from_s(1);  ///< then the request is repeated; doubles each time
  Duration longest_timeout = Duration::from_s(8);  ///< up to this
  Duration patience = Duration::from_s(120);       ///< with a device that said it is busy
  std::uint32_t attempts = 10;  ///< repetitions, or restarts without progress, until it gives up
};

enum class ImageSendState : std::uint8_t { kHello, kOffer, kBlocks, kFinish, kDone, kFailed };

enum class ImageSendProblem : std::uint8_t {
  kNone,
  kNoAnswer,       ///< timeout: nobody, or somebody who does not know the protocol
  kRefused,        ///< the device does not want the image; see `reason`
  kDeviceFailed,   ///< the device could not do it; `reason` is a number of `Error`
  kOfferTooLarge,  ///< for the device's buffer; see `room`
  kNoProgress,     ///< the device begins again and again
  kOtherVersion,   ///< the device does not understand this version of the protocol
  kWrongAnswer,    ///< the device wants bytes that the image does not have
};

/// The other end of an image transfer, without I/O and with time as an argument: hello, offer,
/// blocks, finish, each repeated until it is answered. Where the transfer goes on is the device's
/// word alone, so either end may restart at any time.
class ImageSender {
 public:
  static constexpr std::size_t kMaxOffer = 1024;
  static constexpr std::size_t kMaxBlock = 1024;

  /// `image`: the whole file; `offer`: its header and TLV areas, 1 to 1024 bytes. `session`: a
  /// random number, another one for every sender. `image` and `offer` outlive the sender.
  ImageSender(Bytes offer,
              Bytes image,
              std::uint32_t session,
              Instant now,
              const ImageSendConfig& config) noexcept;

  ImageSender(const ImageSender&) = delete;
  ImageSender& operator=(const ImageSender&) = delete;

  /// Takes bytes of the wire, all of them. Text between frames is passed over.
  void take(Bytes in, Instant now) noexcept;

  /// Repeats a request that was not answered in time, or gives up.
  void step(Instant now) noexcept;

  /// Bytes to send; none while it waits.
  [[nodiscard]] Bytes output() const noexcept { return Bytes(out_).subspan(sent_, size_ - sent_); }

  /// The first `count` bytes of `output` are sent.
  void sent(std::size_t count, Instant now) noexcept;

  /// One round over a link: takes what has arrived, steps, sends what waits. Never waits.
  /// Errors: `kIo` the link is lost; a sender that goes on over another link repeats and resumes.
  Status exchange(hal::TransportRef link, Instant now) noexcept;

  [[nodiscard]] ImageSendState state() const noexcept { return state_; }

  [[nodiscard]] ImageSendProblem problem() const noexcept { return problem_; }

  /// The number that the device gave with its refusal or failure.
  [[nodiscard]] std::uint8_t reason() const noexcept { return reason_; }

  /// Largest message that the device takes, in bytes; 0 until it has answered.
  [[nodiscard]] std::size_t room() const noexcept { return room_; }

  /// Bytes of the image that the device has.
  [[nodiscard]] std::uint32_t offset() const noexcept { return offset_; }

  /// Where the device wanted to begin, with the last offer.
  [[nodiscard]] std::uint32_t resumed_from() const noexcept { return resumed_from_; }

  /// Requests sent again because no answer came.
  [[nodiscard]] std::uint32_t repetitions() const noexcept { return repetitions_; }

 private:
  void read(Bytes message, Instant now) noexcept;
  void advance(Bytes answer, Instant now) noexcept;
  void go_on(std::uint32_t offset, Instant now) noexcept;
  void set_back() noexcept;
  void ask(ImageSendState state, Instant now) noexcept;
  void compose(Instant now) noexcept;
  void end(ImageSendProblem problem) noexcept;

  [[nodiscard]] bool running() const noexcept { return state_ < ImageSendState::kDone; }

  Bytes offer_;
  Bytes image_;
  ImageSendConfig config_;
  std::uint32_t session_;
  std::uint16_t number_ = 0;
  ImageSendState state_ = ImageSendState::kHello;
  ImageSendProblem problem_ = ImageSendProblem::kNone;
  std::uint8_t reason_ = 0;
  std::size_t room_ = 0;
  std::uint32_t offset_ = 0;
  std::uint32_t resumed_from_ = 0;
  std::uint32_t furthest_ = 0;    // largest offset so far
  std::uint32_t setbacks_ = 0;    // since it was reached
  std::uint32_t unanswered_ = 0;  // repetitions of the running request
  std::uint32_t repetitions_ = 0;
  Duration timeout_;
  Instant deadline_;
  Instant busy_until_;    // until then a silent device is no reason to give up
  std::size_t size_ = 0;  // of out_
  std::size_t sent_ = 0;
  std::array<std::byte, 64> in_{};
  FrameDecoder decoder_{in_};
  std::array<std::byte, frame_bytes(ImageMessage::kBlockHeaderBytes + kMaxBlock)> out_{};
};

}  // namespace aiot::link
