// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// Commands and power cuts: too many signatures for a simulated microcontroller.

#include <array>

#include "tests/device/command_rig.hpp"

namespace aiot::device_test {
namespace {

TEST(CommandService, ACommandIsCarriedOutOnceAtMostWhateverOperationThePowerFailsAt) {
  lend_pool();
  Factory factory;
  Operator person;
  static std::array<std::byte, kNor.size> before;
  {
    Commanded boot(factory.flash);
    EXPECT_TRUE(boot.take(person.heartbeat(1, 11)).error == Error::kNone);
  }
  std::ranges::copy(flash_bytes, before.begin());
  for (const sim::CutKind kind : sim::kCutKinds) {
    bool whole = false;
    for (std::uint64_t operation = 1; operation < 60 && !whole; ++operation) {
      std::ranges::copy(before, flash_bytes.begin());
      factory.flash.power_on();
      std::uint32_t carried_out = 0;
      bool answered = false;
      {
        Commanded boot(factory.flash);
        factory.flash.cut_at(operation, kind, static_cast<std::uint32_t>(operation));
        const Bytes message = person.heartbeat(2, 22);
        answered = boot.take(message).error == Error::kNone;
        whole = factory.flash.powered();
        carried_out = boot.taken(CommandVerb::kSetPolicy);
      }
      factory.flash.power_on();
      Commanded boot(factory.flash);
      const std::uint64_t counter = boot.commands.state().counter;
      const std::uint32_t windows = boot.device->package().policy.heartbeat_windows;
      // The counter and what it set came together, and what was answered is there.
      EXPECT_TRUE((counter == 1 && windows == 11) || (counter == 2 && windows == 22));
      EXPECT_TRUE(!answered || counter == 2);
      EXPECT_TRUE(carried_out == 0 || counter == 2);
      // The operator, who heard nothing, sends it again.
      (void)boot.take(person.heartbeat(2, 22));
      boot.steps(1);
      carried_out += boot.taken(CommandVerb::kSetPolicy);
      EXPECT_LE(carried_out, 1U);
      EXPECT_EQ(boot.commands.state().counter, 2U);
      EXPECT_EQ(boot.device->package().policy.heartbeat_windows, 22U);
      // The next one is not lost.
      EXPECT_TRUE(boot.take(person.heartbeat(3, 33)).error == Error::kNone);
      EXPECT_TRUE(boot.verify().fault == update::AuditFault::kNone);
    }
    EXPECT_TRUE(whole);
  }
  EXPECT_EQ(factory.flash.violations(), 0U);
}

}  // namespace
}  // namespace aiot::device_test
