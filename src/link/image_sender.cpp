// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/image_sender.hpp"

#include <algorithm>
#include <limits>

#include "aiot/core/check.hpp"

namespace aiot::link {
namespace {

// Blocks begin and end at multiples of this, but for the image's end: units of flash are whole.
constexpr std::size_t kBlockUnit = 64;

constexpr ImageAsk ask_of(ImageSendState state) noexcept {
  switch (state) {
    case ImageSendState::kHello:
      return ImageAsk::kHello;
    case ImageSendState::kOffer:
      return ImageAsk::kOffer;
    case ImageSendState::kBlocks:
      return ImageAsk::kBlock;
    case ImageSendState::kFinish:
      return ImageAsk::kFinish;
    default:
      return ImageAsk::kNothing;
  }
}

}  // namespace

ImageSender::ImageSender(Bytes offer,
                         Bytes image,
                         std::uint32_t session,
                         Instant now,
                         const ImageSendConfig& config) noexcept
    : offer_(offer), image_(image), config_(config), session_(session) {
  AIOT_CHECK(!offer.empty() && offer.size() <= kMaxOffer);
  AIOT_CHECK(image.size() <= std::numeric_limits<std::uint32_t>::max());
  AIOT_CHECK(config.answer_timeout.us > 0 && config.longest_timeout >= config.answer_timeout);
  ask(ImageSendState::kHello, now);
}

void ImageSender::take(Bytes in, Instant now) noexcept {
  for (const std::byte b : in) {
    if (decoder_.take(b) == FrameEvent::kFrame && running()) {
      read(decoder_.payload(), now);
    }
  }
}

void ImageSender::read(Bytes message, Instant now) noexcept {
  constexpr std::size_t kStatus = ImageMessage::kHeaderBytes;
  if (message.size() <= kStatus || load_le16(&message[2]) != number_ ||
      load_le32(&message[4]) != session_ ||
      message[1] != (static_cast<std::byte>(ask_of(state_)) | ImageMessage::kAnswerBit)) {
    return;  // of an earlier request, of another sender, or no answer at all
  }
  if (message[0] != std::byte{ImageMessage::kVersion} ||
      message[kStatus] == static_cast<std::byte>(ImageStatus::kNotUnderstood)) {
    end(ImageSendProblem::kOtherVersion);
  } else if (message.size() >= ImageMessage::kAnswerBytes) {
    advance(message, now);
  }
}

void ImageSender::advance(Bytes answer, Instant now) noexcept {
  const std::uint32_t offset = load_le32(&answer[12]);
  reason_ = std::to_integer<std::uint8_t>(answer[9]);
  switch (static_cast<ImageStatus>(answer[8])) {
    case ImageStatus::kBusy:
      busy_until_ = std::max(busy_until_, now + config_.patience);
      // Asked again before the device, which has a restart before it, is gone.
      timeout_ = config_.answer_timeout;
      deadline_ = now + timeout_;
      return;
    case ImageStatus::kRefused:
      return end(ImageSendProblem::kRefused);
    case ImageStatus::kFailed:
      return end(ImageSendProblem::kDeviceFailed);
    case ImageStatus::kNoSession:
      set_back();
      return ask(ImageSendState::kHello, now);
    case ImageStatus::kWrongOffset:
      set_back();
      return go_on(offset, now);
    case ImageStatus::kOk:
      break;
    default:
      return end(ImageSendProblem::kOtherVersion);
  }
  if (state_ == ImageSendState::kHello) {
    room_ = load_le16(&answer[10]);  // of the session
    const std::size_t least = ImageMessage::kBlockHeaderBytes + kBlockUnit;
    if (room_ < std::max(ImageMessage::kHeaderBytes + offer_.size(), least)) {
      return end(ImageSendProblem::kOfferTooLarge);
    }
    return ask(ImageSendState::kOffer, now);
  }
  if (state_ == ImageSendState::kFinish) {
    state_ = ImageSendState::kDone;
    return;
  }
  if (state_ == ImageSendState::kOffer) {
    resumed_from_ = offset;
  } else if (offset <= offset_) {
    set_back();
  }
  go_on(offset, now);
}

void ImageSender::go_on(std::uint32_t offset, Instant now) noexcept {
  if (offset > image_.size()) {
    return end(ImageSendProblem::kWrongAnswer);
  }
  offset_ = offset;
  if (offset > furthest_) {
    furthest_ = offset;
    setbacks_ = 0;
  }
  ask(offset < image_.size() ? ImageSendState::kBlocks : ImageSendState::kFinish, now);
}

void ImageSender::set_back() noexcept {
  if (++setbacks_ > config_.attempts) {
    end(ImageSendProblem::kNoProgress);
  }
}

/// The next request, unless it is over.
void ImageSender::ask(ImageSendState state, Instant now) noexcept {
  if (!running()) {
    return;
  }
  state_ = state;
  ++number_;
  unanswered_ = 0;
  busy_until_ = now;
  timeout_ = config_.answer_timeout;
  compose(now);
}

void ImageSender::compose(Instant now) noexcept {
  std::array<std::byte, ImageMessage::kBlockHeaderBytes> header{};
  header[0] = std::byte{ImageMessage::kVersion};
  header[1] = static_cast<std::byte>(ask_of(state_));
  store_le16(&header[2], number_);
  store_le32(&header[4], session_);
  store_le32(&header[ImageMessage::kHeaderBytes], offset_);
  const Bytes plain = Bytes(header).first(ImageMessage::kHeaderBytes);
  FrameEncoder encoder(out_);
  switch (state_) {
    case ImageSendState::kOffer:
      encoder.add(plain);
      encoder.add(offer_);
      break;
    case ImageSendState::kBlocks: {
      const std::size_t most =
          std::min(room_ - ImageMessage::kBlockHeaderBytes, kMaxBlock) / kBlockUnit * kBlockUnit;
      const std::size_t size = std::min(most - offset_ % kBlockUnit, image_.size() - offset_);
      encoder.add(header);
      encoder.add(image_.subspan(offset_, size));
      break;
    }
    case ImageSendState::kFinish:
      encoder.add(header);
      break;
    default:
      encoder.add(plain);
      break;
  }
  size_ = encoder.finish()->size();
  sent_ = 0;
  deadline_ = now + timeout_;
}

void ImageSender::step(Instant now) noexcept {
  if (!running() || now < deadline_) {
    return;
  }
  // A device that is busy hears nothing; but one that has restarted, or whose answer was lost,
  // does.
  if (now >= busy_until_ && ++unanswered_ > config_.attempts) {
    return end(ImageSendProblem::kNoAnswer);
  }
  ++repetitions_;
  if (now >= busy_until_) {
    timeout_ = std::min(Duration{timeout_.us * 2}, config_.longest_timeout);
  }
  compose(now);
}

void ImageSender::end(ImageSendProblem problem) noexcept {
  state_ = ImageSendState::kFailed;
  problem_ = problem;
  size_ = sent_ = 0;
}

void ImageSender::sent(std::size_t count, Instant now) noexcept {
  AIOT_CHECK(count <= output().size());
  sent_ += count;
  if (count != 0) {
    deadline_ = std::max(deadline_, now + timeout_);
  }
}

Status ImageSender::exchange(hal::TransportRef link, Instant now) noexcept {
  std::array<std::byte, 64> chunk{};
  AIOT_TRY_ASSIGN(const std::size_t arrived, link.receive(chunk));
  take(Bytes(chunk).first(arrived), now);
  step(now);
  if (!output().empty()) {
    AIOT_TRY_ASSIGN(const std::size_t moved, link.send(output()));
    sent(moved, now);
  }
  return {};
}

}  // namespace aiot::link
