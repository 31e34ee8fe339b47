// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Somebody who can write the flash as he likes, and knows every format, but not the device's key.

#include <algorithm>
#include <string>
#include <vector>

#include "aiot/update/audit_log.hpp"
#include "ports/sim/flash.hpp"
#include "tests/support/test.hpp"
#include "tests/update/audit_rig.hpp"

namespace aiot::update {
namespace {

using update_test::sample_entry;
using update_test::TestKeys;

constexpr std::uint32_t kSector = 1024;
constexpr std::uint32_t kSectors = 6;

hal::FlashGeometry geometry(std::size_t size) {
  return {.size = static_cast<std::uint32_t>(size),
          .sector = kSector,
          .page = 256,
          .program = 1,
          .erased = std::byte{0xFF},
          .reprogram = true};
}

hal::FlashRegion whole(std::size_t size) {
  return {0, static_cast<std::uint32_t>(size)};
}

using Frame = std::vector<std::byte>;
using Memory = std::vector<std::byte>;

/// What can be read of a region, and what the verifier says of it.
struct Reading {
  std::vector<Frame> frames;
  AuditReport report;
};

Reading read(Memory memory, std::uint32_t known_seal) {
  TestKeys keys;
  sim::SimFlash flash(geometry(memory.size()), sim::SimFlash::Ecc::kYes, memory, {});
  store::FrameLog log;
  Reading reading;
  if (!log.mount(flash, whole(memory.size()), store::OnFull::kDropOldest).ok()) {
    reading.report.fault = AuditFault::kRead;
    return reading;
  }
  store::FrameCursor cursor;
  Frame buffer(kAuditSealBytes);
  while (log.advance(cursor, buffer).ok()) {
    reading.frames.emplace_back(buffer.begin(), buffer.begin() + cursor.length);
  }
  reading.report = verify_audit(log, hal::KeyStoreRef(keys), known_seal);
  return reading;
}

/// A log of `entries` entries, sealed after every `batch`.
Memory make_log(std::uint32_t entries, std::uint32_t batch, std::uint32_t& newest_seal) {
  Memory memory(std::size_t{kSectors} * kSector, std::byte{0xFF});
  sim::SimFlash flash(geometry(memory.size()), sim::SimFlash::Ecc::kYes, memory, {});
  TestKeys keys;
  AuditLog log;
  EXPECT_TRUE(log.mount(flash, whole(memory.size()), keys, 0).ok());
  for (std::uint32_t i = 0; i < entries; ++i) {
    EXPECT_TRUE(log.append(sample_entry(i)).ok());
    if (i % batch == batch - 1) {
      EXPECT_TRUE(log.seal().ok());
    }
  }
  newest_seal = log.newest_seal();
  return memory;
}

/// A region that holds these frames and good checksums; larger, so that all fit.
Memory write(const std::vector<Frame>& frames) {
  Memory memory(std::size_t{3 * kSectors} * kSector, std::byte{0xFF});
  sim::SimFlash flash(geometry(memory.size()), sim::SimFlash::Ecc::kYes, memory, {});
  store::FrameLog log;
  EXPECT_TRUE(log.mount(flash, whole(memory.size()), store::OnFull::kRefuseNewest).ok());
  for (const Frame& frame : frames) {
    EXPECT_TRUE(log.append(frame).ok());
  }
  return memory;
}

/// One that has not wrapped yet, and one that has; the third ends with entries that are not sealed.
struct Case {
  std::uint32_t entries;
  std::uint32_t batch;
};

constexpr Case kCases[] = {{24, 4}, {163, 5}, {26, 4}, {61, 1}};

class AuditTamper : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    memory_ = make_log(GetParam().entries, GetParam().batch, newest_);
    good_ = read(memory_, newest_);
    ASSERT_EQ(good_.report.fault, AuditFault::kNone);
    while (end_ < good_.frames.size() && end_ + good_.report.unsealed < good_.frames.size()) {
      ++end_;
    }
    // Frames below are left of what is being given up; the newest seal vouches for the rest.
    const std::uint32_t promise = decode_seal(good_.frames[end_ - 1])->complete_from;
    for (std::size_t i = 0; i < end_ && promise != 0; ++i) {
      const auto seal = decode_seal(good_.frames[i]);
      begin_ = seal.ok() && seal->next == promise ? i : begin_;
    }
    ASSERT_LT(begin_ + 8, end_);
  }

  bool found(const std::vector<Frame>& frames) const {
    return read(write(frames), newest_).report.fault != AuditFault::kNone;
  }

  Memory memory_;
  Reading good_;
  std::uint32_t newest_ = 0;
  std::size_t begin_ = 0;  // sealed frames
  std::size_t end_ = 0;
};

TEST_P(AuditTamper, TheSameFramesAreGoodWhereverTheyStand) {
  EXPECT_FALSE(found(good_.frames));
}

TEST_P(AuditTamper, EveryByteOfASealedFrameCounts) {
  for (std::size_t i = begin_; i < end_; ++i) {
    for (std::size_t j = 0; j < good_.frames[i].size(); ++j) {
      for (const unsigned change : {1U << j % 8, 0xFFU}) {
        std::vector<Frame> frames = good_.frames;
        frames[i][j] ^= static_cast<std::byte>(change);
        ASSERT_TRUE(found(frames)) << "frame " << i << " byte " << j << " change " << change;
      }
    }
  }
}

TEST_P(AuditTamper, NoSealedFrameCanBeTakenOut) {
  for (std::size_t i = begin_; i < end_; ++i) {
    std::vector<Frame> frames = good_.frames;
    frames.erase(frames.begin() + static_cast<std::ptrdiff_t>(i));
    ASSERT_TRUE(found(frames)) << "frame " << i;
  }
}

TEST_P(AuditTamper, NoRunOfSealedFramesCanBeTakenOut) {
  for (std::size_t i = begin_; i < end_; ++i) {
    for (std::size_t j = i + 1; j <= end_; ++j) {
      std::vector<Frame> frames = good_.frames;
      frames.erase(frames.begin() + static_cast<std::ptrdiff_t>(i),
                   frames.begin() + static_cast<std::ptrdiff_t>(j));
      ASSERT_TRUE(found(frames)) << "frames " << i << " to " << j;
    }
  }
}

TEST_P(AuditTamper, NoTwoSealedFramesCanChangePlaces) {
  for (std::size_t i = begin_; i < end_; ++i) {
    for (std::size_t j = i + 1; j < end_; ++j) {
      std::vector<Frame> frames = good_.frames;
      std::swap(frames[i], frames[j]);
      ASSERT_TRUE(found(frames)) << "frames " << i << " and " << j;
    }
  }
}

/// Of the first one a copy behind it is still before the begin of what is vouched for.
TEST_P(AuditTamper, NoFrameCanBePutInOrRepeated) {
  for (std::size_t i = begin_ + 2; i < end_; ++i) {
    for (const std::size_t copied : {begin_, i - 1, i, end_ - 1}) {
      std::vector<Frame> frames = good_.frames;
      frames.insert(frames.begin() + static_cast<std::ptrdiff_t>(i), good_.frames[copied]);
      ASSERT_TRUE(found(frames)) << "frame " << copied << " before " << i;
    }
  }
}

TEST_P(AuditTamper, TheEndCanNotBeCutOff) {
  for (std::size_t left = 0; left < end_; ++left) {
    std::vector<Frame> frames = good_.frames;
    frames.resize(left);
    ASSERT_TRUE(found(frames)) << left << " frames left";
  }
}

TEST_P(AuditTamper, TheBeginCanNotBeCutOff) {
  for (std::size_t left = begin_ + 1; left <= good_.frames.size(); ++left) {
    const std::vector<Frame> frames(good_.frames.begin() + static_cast<std::ptrdiff_t>(left),
                                    good_.frames.end());
    ASSERT_TRUE(found(frames)) << "from frame " << left;
  }
}

TEST_P(AuditTamper, AnOlderCopyOfTheRegionIsKnown) {
  for (std::uint32_t entries = 0; entries < GetParam().entries; ++entries) {
    std::uint32_t seal = 0;
    const Memory older = make_log(entries, GetParam().batch, seal);
    if (seal < newest_) {
      ASSERT_NE(read(older, newest_).report.fault, AuditFault::kNone) << entries << " entries";
    }
  }
}

/// Whoever does not know the format changes bytes of the flash. What does not show is padding, a
/// checksum's own business, or in what is being given up; the sealed frames are all there then.
TEST_P(AuditTamper, AByteOfTheFlashEitherShowsOrChangesNothing) {
  std::size_t shows = 0;
  for (std::size_t at = 0; at < memory_.size(); ++at) {
    for (const unsigned change : {1U << at % 8, 0xFFU}) {
      Memory memory = memory_;
      memory[at] ^= static_cast<std::byte>(change);
      const Reading reading = read(memory, newest_);
      if (reading.report.fault != AuditFault::kNone) {
        ++shows;
        continue;
      }
      const auto first = good_.frames.begin() + static_cast<std::ptrdiff_t>(begin_);
      const auto last = good_.frames.begin() + static_cast<std::ptrdiff_t>(end_);
      ASSERT_NE(std::search(reading.frames.begin(), reading.frames.end(), first, last),
                reading.frames.end())
          << "byte " << at << " change " << change;
    }
  }
  EXPECT_GT(shows, (end_ - begin_) * 100);
}

INSTANTIATE_TEST_SUITE_P(Logs, AuditTamper, testing::ValuesIn(kCases), [](const auto& row) {
  return std::to_string(row.param.entries) + "Entries";
});

}  // namespace
}  // namespace aiot::update
