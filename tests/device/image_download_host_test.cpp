// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// A download over a session with everything that can interrupt it: too long for a simulated
// microcontroller.

#include <algorithm>
#include <array>

#include "ports/sim/random.hpp"
#include "tests/device/session_rig.hpp"

namespace aiot::device_test {
namespace {

constexpr std::size_t kLarge = 24 * 1024;  // three notes of progress

std::array<std::byte, kLarge + 1024> large_memory;

/// A firmware that takes a while, for slot B.
Bytes large_firmware() {
  SampleSpec spec;
  spec.payload_bytes = kLarge;
  spec.load_address = *kAddresses[1];
  spec.flags = update::kImageRomFixed;
  spec.version = {1, 0, 6, 0};
  spec.product = kProduct;
  return make_sample(spec, large_memory);
}

struct Interruptions {
  std::uint32_t links = 0;
  std::uint32_t restarts = 0;  // of the operator
  std::uint32_t cuts = 0;      // of the device's power
};

/// What happens to a download, by the round.
void disturb(World& at, int round, Bytes file, Interruptions& count) {
  if (round % 1900 == 0) {
    at.office.cut(1);  // the operator's link
    ++count.links;
  }
  if (round % 1300 == 0) {
    at.office.cut(0);  // the device's
    ++count.links;
  }
  if (round % 4100 == 0) {
    at.office.forget();  // the broker was killed, and knows nobody
    ++count.links;
  }
  if (round % 2300 == 0) {
    at.person.send(file, at.now);
    ++count.restarts;
  }
  if (round % 10 == 5) {
    at.office.mend(0);
    at.office.mend(1);
  }
}

TEST(OfferedImages, ADownloadGoesOnAfterBrokenLinksRestartsAndPowerCuts) {
  Interruptions count;
  std::uint32_t earlier = 0;  // with the seeds before
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    World& at = begin();
    const Bytes file = large_firmware();
    EXPECT_TRUE(at.command(at.person.image(1, file)).error == Error::kNone);
    const std::uint64_t before = at.office.routed_bytes;
    sim::Random random(seed);
    std::uint32_t resumed = 0;
    const auto plan_cut = [&] {
      // The device writes records besides, so this is anywhere in the download.
      at.factory.flash.cut_at(
          180 + random.below(120), sim::kCutKinds[count.cuts % sim::kCutKinds.size()], seed);
    };
    at.person.send(file, at.now);
    plan_cut();
    for (int i = 1; i < 50000 && at.slot() != SlotState::kTrial; ++i) {
      at.round();
      disturb(at, i, file, count);
      resumed = std::max(resumed, at.person.sender->resumed_from());
      if (!at.factory.flash.powered()) {
        at.device.reset();
        at.office.cut(0);
        at.factory.flash.power_on();
        at.rounds(5);
        at.boot();
        ++count.cuts;
        plan_cut();
      }
    }
    EXPECT_TRUE(at.slot() == SlotState::kTrial);
    EXPECT_TRUE(
        std::ranges::equal(Bytes(flash_bytes).subspan(kMap.firmware[1].offset, file.size()), file));
    EXPECT_EQ(at.factory.flash.violations(), 0U);
    // It went on where it was: an interruption costs the last 8 KiB at most, and another offer.
    EXPECT_GE(resumed, update::Installer::kProgressBytes);
    const std::uint32_t interruptions = count.links + count.restarts + count.cuts - earlier;
    EXPECT_LE(at.office.routed_bytes - before, file.size() * 5 / 4 + interruptions * 10U * 1024);
    earlier += interruptions;
  }
  EXPECT_GE(count.links, 4U);
  EXPECT_GE(count.restarts, 1U);
  EXPECT_GE(count.cuts, 6U);
}

}  // namespace
}  // namespace aiot::device_test
