// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/framing.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/core/crc32.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::link {
namespace {

constexpr std::size_t kMost = 600;

struct Frame {
  std::array<std::byte, frame_bytes(kMost)> memory{};
  Bytes bytes;
};

/// The frame of `payload`, or none at all when it does not fit into `room` bytes.
Frame& encode(Bytes payload, std::size_t room = frame_bytes(kMost)) {
  static Frame frame;
  frame.memory.fill(std::byte{0xEE});
  FrameEncoder encoder(MutableBytes(frame.memory).first(room));
  encoder.add(payload);
  const Result<Bytes> made = encoder.finish();
  frame.bytes = made.ok() ? *made : Bytes();
  return frame;
}

struct Heard {
  int frames = 0;
  int damaged = 0;
};

/// Feeds `bytes`; every frame must carry `payload`.
Heard hear(FrameDecoder& decoder, Bytes bytes, Bytes payload) {
  Heard heard;
  for (const std::byte b : bytes) {
    const FrameEvent event = decoder.take(b);
    heard.damaged += event == FrameEvent::kDamaged ? 1 : 0;
    if (event == FrameEvent::kFrame) {
      ++heard.frames;
      EXPECT_TRUE(std::ranges::equal(decoder.payload(), payload));
    } else {
      EXPECT_TRUE(decoder.payload().empty());
    }
  }
  return heard;
}

Bytes text(const char* words) {
  std::size_t size = 0;
  while (words[size] != '\0') {
    ++size;
  }
  return as_bytes(words, size);
}

/// `size` bytes: kind 0 no zeros, 1 zeros only, 2 a zero now and then.
Bytes pattern(std::size_t size, std::size_t kind) {
  static std::array<std::byte, kMost> bytes;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t value = kind == 0 ? i % 255 + 1 : kind == 1 ? 0 : i % 7 * (i % 5);
    bytes[i] = static_cast<std::byte>(value);
  }
  return Bytes(bytes).first(size);
}

TEST(FrameEncoder, StuffsPayloadAndChecksumBetweenZeros) {
  // 31 32 .. 39 has the CRC-32 CBF43926; neither has a zero, so there is one block of 13 bytes.
  const std::array<std::uint8_t, 16> expected = {
      0, 14, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x26, 0x39, 0xF4, 0xCB, 0};
  const Frame& frame = encode(text("123456789"));
  ASSERT_EQ(frame.bytes.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(std::to_integer<std::uint8_t>(frame.bytes[i]), expected[i]);
  }
}

TEST(FrameEncoder, TakesAPayloadInParts) {
  const Bytes payload = pattern(520, 2);
  const Bytes whole = encode(payload).bytes;
  std::array<std::byte, frame_bytes(520)> memory{};
  FrameEncoder encoder(memory);
  encoder.add(payload.first(1));
  encoder.add({});
  encoder.add(payload.subspan(1, 300));
  encoder.add(payload.subspan(301));
  const Result<Bytes> made = encoder.finish();
  ASSERT_TRUE(made.ok());
  EXPECT_TRUE(std::ranges::equal(*made, whole));
}

TEST(FrameEncoder, HasNoZeroInsideAndKeepsToItsBound) {
  for (std::size_t kind = 0; kind < 3; ++kind) {
    for (std::size_t size = 1; size <= kMost; ++size) {
      const Bytes frame = encode(pattern(size, kind)).bytes;
      ASSERT_GE(frame.size(), size + 7);
      ASSERT_LE(frame.size(), frame_bytes(size));
      ASSERT_EQ(frame.front(), std::byte{0});
      ASSERT_EQ(frame.back(), std::byte{0});
      const Bytes inside = frame.subspan(1, frame.size() - 2);
      ASSERT_TRUE(std::ranges::find(inside, std::byte{0}) == inside.end());
    }
  }
}

TEST(FrameEncoder, TellsThatItsMemoryIsTooSmallAndWritesNothingBehindIt) {
  for (const std::size_t size : {1U, 100U, 250U, 251U, 254U, 300U, 508U, 509U}) {
    for (std::size_t kind = 0; kind < 3; ++kind) {
      const std::size_t needed = encode(pattern(size, kind)).bytes.size();
      for (std::size_t room = 0; room < needed; ++room) {
        const Frame& frame = encode(pattern(size, kind), room);
        ASSERT_TRUE(frame.bytes.empty());
        ASSERT_EQ(frame.memory[room], std::byte{0xEE});
      }
      ASSERT_EQ(encode(pattern(size, kind), needed).bytes.size(), needed);
    }
  }
}

TEST(FrameDecoder, GivesBackWhatWasEncoded) {
  static std::array<std::byte, kMost + 4> buffer;
  FrameDecoder decoder(buffer);
  EXPECT_EQ(decoder.room(), kMost);
  for (std::size_t kind = 0; kind < 3; ++kind) {
    for (std::size_t size = 1; size <= kMost; ++size) {
      const Bytes payload = pattern(size, kind);
      const Heard heard = hear(decoder, encode(payload).bytes, payload);
      ASSERT_EQ(heard.frames, 1);
      ASSERT_EQ(heard.damaged, 0);
    }
  }
}

TEST(FrameDecoder, PassesOverTextBetweenFrames) {
  std::array<std::byte, 64> buffer{};
  FrameDecoder decoder(buffer);
  const Bytes payload = text("payload");
  const Bytes frame = encode(payload).bytes;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(hear(decoder, text("boot: slot A, version 1.2.3\r\nwaiting for an image ...\r\n"), {})
                  .frames,
              0);
    // The zero in front of the frame ends the text.
    const Heard heard = hear(decoder, frame, payload);
    EXPECT_EQ(heard.frames, 1);
    EXPECT_EQ(heard.damaged, 1);
  }
}

TEST(FrameDecoder, TakesTwoFramesThatShareNothingButZeros) {
  std::array<std::byte, 64> buffer{};
  FrameDecoder decoder(buffer);
  const Bytes payload = text("payload");
  const Bytes frame = encode(payload).bytes;
  Heard heard = hear(decoder, frame, payload);
  heard.frames += hear(decoder, frame.subspan(1), payload).frames;  // one zero between them
  EXPECT_EQ(heard.frames, 2);
  const std::array<std::byte, 5> zeros{};
  EXPECT_EQ(hear(decoder, zeros, {}).damaged, 0);
  EXPECT_EQ(hear(decoder, frame, payload).frames, 1);
}

TEST(FrameDecoder, RefusesWhatDoesNotFitAndTakesTheNext) {
  static std::array<std::byte, kMost + 4> memory;
  for (std::size_t size = 1; size < 300; size += 7) {
    memory.fill(std::byte{0xEE});
    FrameDecoder decoder(MutableBytes(memory).first(size + 4));
    EXPECT_EQ(decoder.room(), size);
    const Bytes larger = pattern(size + 1, 2);
    Heard heard = hear(decoder, encode(larger).bytes, larger);
    ASSERT_EQ(heard.frames, 0);
    ASSERT_EQ(heard.damaged, 1);
    ASSERT_EQ(memory[size + 4], std::byte{0xEE});
    const Bytes fits = pattern(size, 2);
    heard = hear(decoder, encode(fits).bytes, fits);
    ASSERT_EQ(heard.frames, 1);
  }
}

TEST(FrameDecoder, HasNoFrameInABufferThatHoldsNone) {
  std::array<std::byte, 4> buffer{};
  for (std::size_t size = 0; size <= buffer.size(); ++size) {
    FrameDecoder decoder(MutableBytes(buffer).first(size));
    EXPECT_EQ(decoder.room(), 0U);
    const Heard heard = hear(decoder, encode(text("a")).bytes, {});
    EXPECT_EQ(heard.frames, 0);
    EXPECT_EQ(heard.damaged, 1);
  }
}

TEST(FrameDecoder, HasNoEmptyFrames) {
  // Four zeros are the CRC-32 of nothing: a valid frame, were there empty ones.
  const std::array<std::byte, 7> nothing = {std::byte{0},
                                            std::byte{1},
                                            std::byte{1},
                                            std::byte{1},
                                            std::byte{1},
                                            std::byte{1},
                                            std::byte{0}};
  std::array<std::byte, 16> buffer{};
  FrameDecoder decoder(buffer);
  const Heard heard = hear(decoder, nothing, {});
  EXPECT_EQ(heard.frames, 0);
  EXPECT_EQ(heard.damaged, 1);
}

TEST(FrameDecoder, HandsOnNoFrameOfWhichOneBitChanged) {
  static std::array<std::byte, 304> buffer;
  static std::array<std::byte, frame_bytes(300)> copy;
  FrameDecoder decoder(buffer);
  for (std::size_t kind = 0; kind < 3; ++kind) {
    const Bytes payload = pattern(300, kind);
    const Bytes frame = encode(payload).bytes;
    for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
      std::ranges::copy(frame, copy.begin());
      copy[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
      // Its outer zeros may change: then what touches it decides. Nothing does here.
      const Heard heard = hear(decoder, Bytes(copy).first(frame.size()), payload);
      ASSERT_LE(heard.frames, bit < 8 ? 1 : 0);
      const std::array<std::byte, 1> zero{};
      hear(decoder, zero, payload);
    }
    ASSERT_EQ(hear(decoder, frame, payload).frames, 1);
  }
}

TEST(FrameDecoder, FindsTheNextFrameAfterAnyCut) {
  static std::array<std::byte, 304> buffer;
  const Bytes payload = pattern(300, 2);
  const Bytes frame = encode(payload).bytes;
  for (std::size_t cut = 0; cut < frame.size(); ++cut) {
    FrameDecoder decoder(buffer);
    ASSERT_EQ(hear(decoder, frame.first(cut), payload).frames, 0);
    // A frame that lacks its last zero only is ended by the first one of the next.
    ASSERT_EQ(hear(decoder, frame, payload).frames, cut + 1 == frame.size() ? 2 : 1);
    ASSERT_EQ(hear(decoder, frame.subspan(cut), payload).frames, cut <= 1 ? 1 : 0);
    ASSERT_EQ(hear(decoder, frame, payload).frames, 1);
  }
}

TEST(FrameDecoder, OutlivesNoise) {
  constexpr std::uint64_t kSeed = 20261130;
  static std::array<std::byte, 304> buffer;
  FrameDecoder decoder(buffer);
  sim::Random random(kSeed);
  SCOPED_TRACE(kSeed);
  const Bytes payload = pattern(300, 2);
  int frames = 0;
  for (int round = 0; round < 200; ++round) {
    const std::uint32_t bits = random.below(8) + 1;  // few: many zeros, short blocks
    for (std::uint32_t left = random.below(700); left > 0; --left) {
      frames += decoder.take(static_cast<std::byte>(random.below(1U << bits))) == FrameEvent::kFrame
                    ? 1
                    : 0;
    }
    ASSERT_EQ(hear(decoder, encode(payload).bytes, payload).frames, 1);
  }
  EXPECT_EQ(frames, 0);
}

}  // namespace
}  // namespace aiot::link
