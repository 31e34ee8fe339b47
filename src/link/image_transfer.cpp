// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/image_transfer.hpp"

#include <limits>

#include "aiot/core/check.hpp"

namespace aiot::link {
namespace {

constexpr std::size_t kLeastOffer = 64;

// What is taken from the link at once; small, for it stands on the stack of a boot loader.
constexpr std::size_t kChunk = 32;

}  // namespace

ImageReceiver::ImageReceiver(MutableBytes buffer) noexcept : decoder_(buffer) {
  AIOT_CHECK(buffer.size() >= receiver_bytes(kLeastOffer, kLeastOffer));
}

std::size_t ImageReceiver::take(Bytes in) noexcept {
  std::size_t taken = 0;
  while (taken < in.size() && request_.ask == ImageAsk::kNothing && size_ == sent_) {
    if (decoder_.take(in[taken++]) == FrameEvent::kFrame) {
      read(decoder_.payload());
    }
  }
  return taken;
}

void ImageReceiver::read(Bytes message) noexcept {
  // An answer is none of ours: a wire may echo.
  if (message.size() < ImageMessage::kHeaderBytes ||
      (message[1] & ImageMessage::kAnswerBit) != std::byte{0}) {
    return;
  }
  Answer answer;
  answer.kind = message[1];
  answer.number = load_le16(&message[2]);
  answer.session = load_le32(&message[4]);
  const bool known = state_ != State::kNoSession && answer.session == last_.session;
  const auto ahead = static_cast<std::int16_t>(answer.number - last_.number);
  if (known && ahead < 0) {
    return;  // late: the sender has gone on
  }
  if (known && ahead == 0) {
    send(last_);
    return;
  }
  if (message[0] != std::byte{ImageMessage::kVersion}) {
    answer.status = ImageStatus::kNotUnderstood;
    send(answer);
    return;
  }
  const bool hello = answer.kind == static_cast<std::byte>(ImageAsk::kHello);
  if (!known && !hello) {
    answer.status = ImageStatus::kNoSession;
    send(answer);
    return;
  }
  if (hello) {
    state_ = State::kHello;
    expected_ = 0;
  } else {
    answer.status = open(message);
  }
  last_ = answer;
  if (request_.ask != ImageAsk::kBlock) {
    send(answer);
  }
}

/// Makes a request of a message of the session: then busy, until the application has answered.
ImageStatus ImageReceiver::open(Bytes message) noexcept {
  const auto ask = static_cast<ImageAsk>(message[1]);
  const std::size_t least = ask == ImageAsk::kOffer    ? ImageMessage::kHeaderBytes + 1
                            : ask == ImageAsk::kBlock  ? ImageMessage::kBlockHeaderBytes + 1
                            : ask == ImageAsk::kFinish ? ImageMessage::kBlockHeaderBytes
                                                       : std::numeric_limits<std::size_t>::max();
  if (message.size() < least) {
    return ImageStatus::kNotUnderstood;
  }
  if (ask == ImageAsk::kOffer) {
    request_ = {ask, 0, message.subspan(ImageMessage::kHeaderBytes)};
    return ImageStatus::kBusy;
  }
  if (state_ != State::kReceiving) {
    return ImageStatus::kNoSession;
  }
  const std::uint32_t offset = load_le32(&message[ImageMessage::kHeaderBytes]);
  if (offset != expected_) {
    return ImageStatus::kWrongOffset;
  }
  request_ = {ask, offset, message.subspan(ImageMessage::kBlockHeaderBytes)};
  return ImageStatus::kBusy;
}

void ImageReceiver::accept(std::uint32_t offset) noexcept {
  const ImageAsk ask = request_.ask;
  expected_ = offset;
  close(ImageStatus::kOk, 0);
  state_ = ask == ImageAsk::kFinish ? State::kFinished : State::kReceiving;
}

void ImageReceiver::accept() noexcept {
  accept(request_.ask == ImageAsk::kOffer
             ? 0
             : request_.offset + static_cast<std::uint32_t>(request_.bytes.size()));
}

void ImageReceiver::refuse(std::uint8_t reason) noexcept {
  close(ImageStatus::kRefused, reason);
}

void ImageReceiver::fail(Error error) noexcept {
  close(ImageStatus::kFailed, static_cast<std::uint8_t>(error));
}

void ImageReceiver::close(ImageStatus status, std::uint8_t reason) noexcept {
  AIOT_CHECK(request_.ask != ImageAsk::kNothing);
  request_ = {};
  state_ = State::kHello;
  last_.status = status;
  last_.reason = reason;
  send(last_);
}

/// In place of whatever was not sent yet: a frame that is cut short is damaged, and the next one
/// begins with a zero.
void ImageReceiver::send(const Answer& answer) noexcept {
  std::array<std::byte, ImageMessage::kAnswerBytes> message{};
  message[0] = std::byte{ImageMessage::kVersion};
  message[1] = answer.kind | ImageMessage::kAnswerBit;
  store_le16(&message[2], answer.number);
  store_le32(&message[4], answer.session);
  message[8] = static_cast<std::byte>(answer.status);
  message[9] = std::byte{answer.reason};
  constexpr std::size_t kMost = std::numeric_limits<std::uint16_t>::max();
  const std::size_t room = decoder_.room();
  store_le16(&message[10], static_cast<std::uint16_t>(room < kMost ? room : kMost));
  store_le32(&message[12], expected_);
  FrameEncoder encoder(out_);
  encoder.add(message);
  size_ = static_cast<std::uint8_t>(encoder.finish()->size());
  sent_ = 0;
}

void ImageReceiver::sent(std::size_t count) noexcept {
  AIOT_CHECK(count <= output().size());
  sent_ = static_cast<std::uint8_t>(sent_ + count);
}

Status ImageReceiver::exchange(hal::TransportRef link) noexcept {
  if (!output().empty()) {
    AIOT_TRY_ASSIGN(const std::size_t moved, link.send(output()));
    sent(moved);
  }
  if (!output().empty() || request_.ask != ImageAsk::kNothing) {
    return {};
  }
  std::array<std::byte, kChunk> chunk{};
  AIOT_TRY_ASSIGN(const std::size_t arrived, link.receive(chunk));
  static_cast<void>(take(Bytes(chunk).first(arrived)));
  return {};
}

}  // namespace aiot::link
