// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/hal/flash_map.hpp"

#include "tests/support/test.hpp"

namespace {

using namespace aiot;

constexpr hal::FlashGeometry kNor{.size = 65536, .sector = 4096, .page = 256, .program = 1};

TEST(FlashMap, AcceptsRegionsSideBySide) {
  constexpr hal::FlashMap kMap{.queue = {{{0, 16384}, {16384, 32768}, {}}},
                               .boot_record = {49152, 8192},
                               .audit = {57344, 8192}};
  static_assert(check(kMap, kNor).ok());
  EXPECT_TRUE(check(kMap, kNor).ok());
}

TEST(FlashMap, RefusesOverlapHalfSectorsAndWhatEndsBehindTheDevice) {
  EXPECT_EQ(check({.queue = {{{0, 8192}, {4096, 8192}, {}}}}, kNor).error(),
            Error::kInvalidArgument);
  EXPECT_EQ(check({.queue = {{{0, 8192}, {8192, 100}, {}}}}, kNor).error(),
            Error::kInvalidArgument);
  EXPECT_EQ(check({.queue = {{{61440, 8192}, {}, {}}}}, kNor).error(), Error::kOutOfRange);
  EXPECT_EQ(check({.queue = {{{0xFFFFF000U, 8192}, {}, {}}}}, kNor).error(), Error::kOutOfRange);
}

TEST(FlashMap, GuardsTheSlotsAsWell) {
  EXPECT_EQ(check({.boot_record = {0, 16384}, .firmware = {{{12288, 8192}, {}}}}, kNor).error(),
            Error::kInvalidArgument);
  EXPECT_EQ(check({.model = {{{0, 8192}, {4096, 8192}}}}, kNor).error(), Error::kInvalidArgument);
  EXPECT_TRUE(check({.firmware = {{{0, 8192}, {8192, 8192}}}}, kNor).ok());
}

}  // namespace
