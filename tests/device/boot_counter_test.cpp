// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/boot_counter.hpp"

#include <array>

#include "aiot/store/frame_log.hpp"
#include "ports/sim/flash.hpp"
#include "tests/support/test.hpp"

namespace {

using namespace aiot;

constexpr hal::FlashGeometry kNor{.size = 16384, .sector = 4096, .page = 256, .program = 1};
constexpr hal::FlashRegion kRegion{0, 16384};
std::array<std::byte, 16384> bytes;

TEST(BootCounter, CountsFromOneAndForEver) {
  sim::SimFlash flash{kNor, sim::SimFlash::Ecc::kNo, bytes, {}};
  flash.blank();
  for (std::uint32_t boot = 1; boot < 3000; ++boot) {
    ASSERT_EQ(*device::count_boot(flash, kRegion), boot);
  }
  EXPECT_EQ(*device::count_boot(flash, {}), 1U);
}

TEST(BootCounter, HandsOnWhatLaterVersionsAppended) {
  sim::SimFlash flash{kNor, sim::SimFlash::Ecc::kNo, bytes, {}};
  flash.blank();
  std::array<std::byte, 40> later{};
  later[0] = std::byte{9};
  later[39] = std::byte{0x5A};
  {
    store::FrameLog log;
    ASSERT_TRUE(log.mount(flash, kRegion, store::OnFull::kDropOldest).ok());
    ASSERT_TRUE(log.append(later).ok());
    ASSERT_TRUE(log.sync().ok());
  }
  EXPECT_EQ(*device::count_boot(flash, kRegion), 10U);
  store::FrameLog log;
  ASSERT_TRUE(log.mount(flash, kRegion, store::OnFull::kDropOldest).ok());
  std::array<std::byte, 64> buffer{};
  const auto last = log.last(buffer);
  ASSERT_TRUE(last.ok());
  EXPECT_EQ(last->payload.size(), later.size());
  EXPECT_TRUE(buffer[39] == std::byte{0x5A});
}

}  // namespace
