// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/store/survey.hpp"

#include <array>

#include "tests/store/store_flash.hpp"
#include "tests/support/test.hpp"

namespace aiot {
namespace {

using store::FrameLog;
using store::SectorSurvey;
using store::survey;
using store_test::geometry;
using store_test::TestFlash;

constexpr std::uint32_t kSector = 512;
constexpr std::uint32_t kSectors = 6;
constexpr hal::FlashGeometry kNor = geometry(kSector * kSectors, kSector, 1);
constexpr hal::FlashRegion kAll{0, kSector* kSectors};
constexpr std::uint32_t kInASector = (kSector - 64) / 46;  // frames with 40 bytes

void fill(FrameLog& log, std::uint64_t end) {
  const std::array<std::byte, 40> payload{std::byte{1}};
  while (log.next_sequence() < end) {
    ASSERT_TRUE(log.append(payload).ok());
  }
}

void expect_records(const Result<SectorSurvey>& found,
                    std::uint64_t first,
                    std::uint64_t end,
                    std::uint32_t records) {
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->first, first);
  EXPECT_EQ(found->end, end);
  EXPECT_EQ(found->records, records);
}

TEST(Survey, TellsWhatEachSectorHolds) {
  TestFlash flash(kNor);
  FrameLog log;
  EXPECT_EQ(survey(log, 1).error(), Error::kWrongState);
  ASSERT_TRUE(log.mount(flash, kAll, store::OnFull::kDropOldest).ok());
  EXPECT_EQ(survey(log, kSectors).error(), Error::kOutOfRange);
  fill(log, kInASector + 3);
  ASSERT_TRUE(log.set_state({}).ok());
  expect_records(survey(log, kSectors), 0, kInASector, kInASector);
  expect_records(survey(log, kSectors + 1), kInASector, kInASector + 3, 3);
  EXPECT_EQ(survey(log, kSectors + 1)->states, 1U);
  EXPECT_TRUE(survey(log, kSectors)->header_readable);
  EXPECT_EQ(survey(log, kSectors + 2).error(), Error::kOutOfRange);
}

TEST(Survey, CountsWhatCanStillBeReadInADamagedSector) {
  TestFlash flash(kNor);
  FrameLog log;
  ASSERT_TRUE(log.mount(flash, kAll, store::OnFull::kDropOldest).ok());
  fill(log, 200);
  const std::uint32_t middle = log.newest_sector() - 2;
  const std::uint64_t first = survey(log, middle)->first;
  const std::uint32_t at = middle % kSectors * kSector;
  flash.memory()[at + 64 + 46 + 20] ^= std::byte{1};
  expect_records(survey(log, middle), first, first + kInASector, kInASector - 1);
  flash.memory()[at + 30] ^= std::byte{1};
  expect_records(survey(log, middle), first, first + kInASector, kInASector - 1);
  EXPECT_FALSE(survey(log, middle)->header_readable);
  for (std::uint32_t i = 0; i < kSector; ++i) {
    flash.memory()[at + i] = std::byte{0x3C};
  }
  EXPECT_EQ(survey(log, middle).error(), Error::kEmpty);
}

}  // namespace
}  // namespace aiot
