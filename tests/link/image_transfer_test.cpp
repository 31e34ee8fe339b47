// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/image_transfer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "aiot/link/image_sender.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::link {
namespace {

constexpr std::size_t kImage = 5000;
constexpr std::size_t kOffer = 200;

/// A device that keeps what it is given, and a sender, on a wire that loses, repeats and damages.
struct Rig {
  explicit Rig(std::uint64_t seed) : random(seed) {
    for (std::byte& b : image) {
      b = static_cast<std::byte>(random.next32() % 5 == 0 ? 0 : random.next32());
    }
    start_sender();
    receiver.emplace(buffer);
  }

  void start_sender() {
    sender.emplace(Bytes(image).first(kOffer), image, random.next32(), now, ImageSendConfig{});
  }

  /// Loses, damages, repeats one transmission in `odds`; 0: none.
  template <class Take>
  void pass(Bytes bytes, std::uint32_t odds, Take take) {
    static std::array<std::byte, 1200> copy;
    std::ranges::copy(bytes, copy.begin());
    Bytes there = Bytes(copy).first(bytes.size());
    if (odds != 0 && random.below(odds) == 0) {
      const std::uint32_t size = static_cast<std::uint32_t>(bytes.size());
      switch (random.below(4)) {
        case 0:
          there = there.first(random.below(size));
          break;
        case 1:
          copy[random.below(size)] ^= static_cast<std::byte>(1U << random.below(8));
          break;
        case 2:
          take(as_bytes("text\r\n", 6));
          break;
        default:
          take(there);
          break;
      }
    }
    take(there);
  }

  void answer() {
    const ImageRequest request = receiver->request();
    if (request.ask == ImageAsk::kOffer) {
      EXPECT_TRUE(std::ranges::equal(request.bytes, Bytes(image).first(kOffer)));
      receiver->accept(written);
    } else if (request.ask == ImageAsk::kBlock) {
      ASSERT_EQ(request.offset, written);
      ASSERT_LE(written + request.bytes.size(), kImage);
      EXPECT_TRUE(
          std::ranges::equal(request.bytes, Bytes(image).subspan(written, request.bytes.size())));
      written += static_cast<std::uint32_t>(request.bytes.size());
      ++blocks;
      receiver->accept();
    } else if (request.ask == ImageAsk::kFinish) {
      EXPECT_EQ(written, kImage);
      ++finishes;
      receiver->accept();
    }
  }

  void round(std::uint32_t odds) {
    if (const Bytes out = sender->output(); !out.empty()) {
      pass(out, odds, [this](Bytes bytes) {
        receiver->take(bytes);
        answer();
      });
      sender->sent(out.size(), now);
    }
    if (const Bytes out = receiver->output(); !out.empty()) {
      pass(out, odds, [this](Bytes bytes) { sender->take(bytes, now); });
      receiver->sent(out.size());
    }
    now = now + Duration::from_ms(100);
    sender->step(now);
  }

  void run(std::uint32_t odds, std::uint32_t restarts) {
    for (int i = 0; i < 20000 && sender->state() < ImageSendState::kDone; ++i) {
      round(odds);
      if (sender->state() >= ImageSendState::kDone) {
        return;
      }
      if (restarts != 0 && random.below(restarts) == 0) {
        receiver.emplace(buffer);
        written = written / 512 * 512;
      } else if (restarts != 0 && random.below(restarts) == 0) {
        start_sender();
      }
    }
  }

  sim::Random random;
  Instant now{};
  std::array<std::byte, kImage> image{};
  std::array<std::byte, receiver_bytes(256, 256)> buffer{};
  std::optional<ImageReceiver> receiver;
  std::optional<ImageSender> sender;
  std::uint32_t written = 0;
  int blocks = 0;
  int finishes = 0;
};

TEST(ImageTransfer, CarriesAnImageInBlocksOfTheDevicesSize) {
  static Rig rig(1);
  rig.run(0, 0);
  EXPECT_EQ(rig.sender->state(), ImageSendState::kDone);
  EXPECT_TRUE(rig.receiver->finished());
  EXPECT_EQ(rig.blocks, 20);
  EXPECT_EQ(rig.finishes, 1);
  EXPECT_EQ(rig.sender->repetitions(), 0U);
}

TEST(ImageTransfer, GivesUpWithoutAnAnswer) {
  static Rig rig(2);
  for (int i = 0; i < 2000 && rig.sender->state() < ImageSendState::kDone; ++i) {
    rig.sender->sent(rig.sender->output().size(), rig.now);
    rig.now = rig.now + Duration::from_ms(100);
    rig.sender->step(rig.now);
  }
  EXPECT_EQ(rig.sender->problem(), ImageSendProblem::kNoAnswer);
}

TEST(ImageTransfer, HandsOnEveryByteOnceWhateverTheWireAndRestartsDo) {
  for (std::uint64_t seed = 10; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    static std::optional<Rig> rig;
    rig.emplace(seed);
    rig->run(6, seed % 2 == 0 ? 0 : 60);
    EXPECT_EQ(rig->sender->state(), ImageSendState::kDone);
    EXPECT_EQ(rig->written, kImage);
    EXPECT_GE(rig->finishes, 1);
  }
}

/// Answers the sender's open request, of that number: good, go on from 0, `room`.
void answer_with_room(ImageSender& sender, std::uint16_t number, std::uint16_t room, Instant now) {
  static std::array<std::byte, 1200> sent;
  static std::array<std::byte, 1200> decoded;
  const Bytes out = sender.output();
  std::ranges::copy(out, sent.begin());
  sender.sent(out.size(), now);
  FrameDecoder decoder(decoded);
  for (const std::byte b : Bytes(sent).first(out.size())) {
    if (decoder.take(b) == FrameEvent::kFrame) {
      break;
    }
  }
  std::array<std::byte, ImageMessage::kAnswerBytes> answer{};
  std::ranges::copy(decoder.payload().first(ImageMessage::kHeaderBytes), answer.begin());
  ASSERT_EQ(load_le16(&answer[2]), number);
  answer[1] |= ImageMessage::kAnswerBit;
  store_le16(&answer[10], room);
  std::array<std::byte, frame_bytes(answer.size())> frame{};
  FrameEncoder encoder(frame);
  encoder.add(answer);
  sender.take(*encoder.finish(), now);
}

TEST(ImageTransfer, ARoomThatShrinksInTheMiddleChangesNothing) {
  static Rig rig(3);
  answer_with_room(*rig.sender, 1, 300, rig.now);
  answer_with_room(*rig.sender, 2, 20, rig.now);
  ASSERT_EQ(rig.sender->state(), ImageSendState::kBlocks);
  EXPECT_EQ(rig.sender->room(), 300U);
  EXPECT_GT(rig.sender->output().size(), 256U);
}

}  // namespace
}  // namespace aiot::link
