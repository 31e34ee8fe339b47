// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

// What a caller in C can get wrong: every one is an error with a number, and nothing has changed.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "aiot/aiot.h"
#include "tests/capi/rig.hpp"

namespace aiot::test {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// What `aiot_init` says to a good configuration that was changed.
int init_with(const std::function<void(aiot_config&, aiot_store&)>& change) {
  CFlash flash;
  aiot_store store = flash.store();
  auto config = made<aiot_config>();
  config.device_id = "rig";
  config.store = &store;
  config.rate_hz = 12800.0F;
  config.scale = 0.005F;
  config.axes = 1;
  config.bits = 16;
  std::vector<unsigned char> memory(aiot_device_size(&config));
  change(config, store);
  auto* device = reinterpret_cast<aiot_device*>(memory.data());
  const int result = aiot_init(memory.data(), memory.size(), &config, &device);
  EXPECT_EQ(device != nullptr, result == AIOT_OK);
  (void)aiot_deinit(device);
  return result;
}

int init_with_config(const std::function<void(aiot_config&)>& change) {
  return init_with([&change](aiot_config& config, aiot_store&) { change(config); });
}

int init_with_store(const std::function<void(aiot_store&)>& change) {
  return init_with([&change](aiot_config&, aiot_store& store) { change(store); });
}

int init_with_machine(const std::function<void(aiot_machine&)>& change) {
  auto machine = made<aiot_machine>();
  change(machine);
  return init_with_config([&machine](aiot_config& config) { config.machine = &machine; });
}

std::size_t size_with_limits(const std::function<void(aiot_limits&)>& change) {
  auto limits = made<aiot_limits>();
  change(limits);
  auto config = made<aiot_config>();
  config.axes = 8;
  config.limits = &limits;
  return aiot_device_size(&config);
}

TEST(CApi, SaysItsVersionAndNamesItsErrors) {
  EXPECT_EQ(aiot_version(), static_cast<std::uint32_t>(AIOT_VERSION_NUMBER));
  EXPECT_STREQ(aiot_version_string(), "0.1.0");
  EXPECT_STREQ(aiot_strerror(AIOT_OK), "no error");
  EXPECT_STREQ(aiot_strerror(AIOT_RECORDED), "no error");
  EXPECT_STREQ(aiot_strerror(AIOT_CORRUPT), "corrupt");
  EXPECT_STREQ(aiot_strerror(AIOT_WRONG_STATE), "wrong state");
  EXPECT_STREQ(aiot_strerror(AIOT_WRONG_STATE - 1), "unknown error");
  EXPECT_STREQ(aiot_strerror(std::numeric_limits<int>::min()), "unknown error");
  EXPECT_STREQ(aiot_strerror(std::numeric_limits<int>::max()), "no error");
}

TEST(CApi, TakesAGoodConfiguration) {
  EXPECT_EQ(init_with_config([](aiot_config&) {}), AIOT_OK);
}

TEST(CApi, RefusesStructuresThatWereNotSized) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{8}, std::size_t{4097}, SIZE_MAX}) {
    EXPECT_EQ(init_with_config([=](aiot_config& c) { c.struct_size = size; }),
              AIOT_INVALID_ARGUMENT);
    EXPECT_EQ(init_with_store([=](aiot_store& s) { s.struct_size = size; }), AIOT_INVALID_ARGUMENT);
    EXPECT_EQ(init_with_machine([=](aiot_machine& m) { m.struct_size = size; }),
              AIOT_INVALID_ARGUMENT);
  }
  EXPECT_EQ(size_with_limits([](aiot_limits& l) { l.struct_size = 0; }), 0U);
}

TEST(CApi, TakesAStructureOfALaterVersionAsLongAsItAsksForNothingNew) {
  struct Later {
    aiot_machine machine;
    std::uint64_t news;
  };

  Later later{};
  later.machine.struct_size = sizeof later;
  const auto use = [&later](aiot_config& config) { config.machine = &later.machine; };
  EXPECT_EQ(init_with_config(use), AIOT_OK);
  later.news = 1;
  EXPECT_EQ(init_with_config(use), AIOT_UNSUPPORTED);
}

TEST(CApi, AStructureOfALaterVersionGetsZerosForWhatThisOneDoesNotKnow) {
  struct Later {
    aiot_stats stats;
    std::uint64_t news;
  };

  CFlash flash;
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  Later later{};
  later.stats.struct_size = sizeof later;
  later.news = 42;
  EXPECT_EQ(aiot_get_stats(rig.device(), &later.stats), AIOT_OK);
  EXPECT_EQ(later.stats.starts, 1U);
  EXPECT_EQ(later.stats.struct_size, sizeof later);
  EXPECT_EQ(later.news, 0U);
}

TEST(CApi, RefusesAnIdThatNoRecordCanHave) {
  const std::string longest(64, 'x');
  const std::string longer(65, 'x');
  const auto id = [](const char* text) {
    return init_with_config([text](aiot_config& config) { config.device_id = text; });
  };
  EXPECT_EQ(id(longest.c_str()), AIOT_OK);
  EXPECT_EQ(id("M\xC3\xBChle 3"), AIOT_OK);
  for (const char* const bad : {static_cast<const char*>(nullptr),
                                "",
                                longer.c_str(),
                                "line\n",
                                "M\xFChle",
                                "\xC3",
                                "\x7F"}) {
    EXPECT_EQ(id(bad), AIOT_INVALID_ARGUMENT);
  }
  EXPECT_EQ(init_with_config([&](aiot_config& c) { c.site = longer.c_str(); }),
            AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(init_with_config([&](aiot_config& c) { c.firmware_version = longest.c_str(); }),
            AIOT_INVALID_ARGUMENT);
}

TEST(CApi, RefusesASensorThatNoneCanBe) {
  for (const float bad : {0.0F, -1.0F, kNaN, kInfinity}) {
    EXPECT_EQ(init_with_config([=](aiot_config& c) { c.rate_hz = bad; }), AIOT_INVALID_ARGUMENT);
    EXPECT_EQ(init_with_config([=](aiot_config& c) { c.scale = bad; }), AIOT_INVALID_ARGUMENT);
  }
  for (const std::uint32_t bad : {0U, 9U, 257U}) {
    EXPECT_EQ(init_with_config([=](aiot_config& c) { c.axes = bad; }), AIOT_INVALID_ARGUMENT);
  }
  for (const std::uint32_t bad : {0U, 1U, 17U, 272U}) {
    EXPECT_EQ(init_with_config([=](aiot_config& c) { c.bits = bad; }), AIOT_INVALID_ARGUMENT);
  }
  EXPECT_EQ(init_with_config([](aiot_config& c) { c.on_full[2] = 3; }), AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(init_with_config([](aiot_config& c) { c.reserved = 1; }), AIOT_INVALID_ARGUMENT);
}

TEST(CApi, RefusesAStoreThatCanNotWork) {
  EXPECT_EQ(init_with_config([](aiot_config& c) { c.store = nullptr; }), AIOT_INVALID_ARGUMENT);
  const std::vector<std::function<void(aiot_store&)>> changes{
      [](aiot_store& s) { s.read = nullptr; },
      [](aiot_store& s) { s.program = nullptr; },
      [](aiot_store& s) { s.erase = nullptr; },
      [](aiot_store& s) { s.sync = nullptr; },
      [](aiot_store& s) { s.size_bytes = 0; },
      [](aiot_store& s) { s.size_bytes -= 1; },
      [](aiot_store& s) { s.sector_bytes = 0; },
      [](aiot_store& s) { s.page_bytes = 0; },
      [](aiot_store& s) { s.program_bytes = 0; },
      [](aiot_store& s) { s.erased = 0x55; },
      [](aiot_store& s) { s.reprogram = 2; },
      [](aiot_store& s) { s.overwrite = 2; },
      [](aiot_store& s) { s.reserved = 1; },
      [](aiot_store& s) { s.queue[0].size = 0; },
      [](aiot_store& s) { s.boot_record.size = 0; },
      [](aiot_store& s) { s.queue[1].offset += 1; },
      [](aiot_store& s) { s.queue[1].offset = s.queue[0].offset; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    EXPECT_EQ(init_with_store(changes[i]), AIOT_INVALID_ARGUMENT) << "change " << i;
  }
  EXPECT_EQ(init_with_store([](aiot_store& s) { s.baseline.offset = s.size_bytes; }),
            AIOT_OUT_OF_RANGE);
  EXPECT_EQ(init_with_store([](aiot_store& s) { s.queue[2].size = 0xFFFFF000; }),
            AIOT_OUT_OF_RANGE);
}

TEST(CApi, AStoreOfSizesThatFlashDoesNotHaveIsRefusedWhenItIsMounted) {
  const auto load_with = [](const std::function<void(aiot_store&)>& change) {
    CFlash flash;
    aiot_store store = flash.store();
    change(store);
    Rig rig(store);
    return rig.load();
  };
  EXPECT_LT(load_with([](aiot_store& s) { s.page_bytes = 3; }), 0);
  EXPECT_LT(load_with([](aiot_store& s) { s.program_bytes = 3; }), 0);
  EXPECT_LT(load_with([](aiot_store& s) { s.program_bytes = 4096; }), 0);
  EXPECT_LT(load_with([](aiot_store& s) { s.queue[0].size = s.sector_bytes; }), 0);
}

TEST(CApi, AnyGeometryWorksOrIsRefused) {
  std::uint32_t random = 1;
  // One of the choices in a third of the cases; else it stays what it is.
  const auto change = [&random](auto& value, const std::vector<std::uint32_t>& choices) {
    random = random * 1664525U + 1013904223U;
    const std::size_t choice = (random >> 16U) % (3 * choices.size());
    if (choice < choices.size()) {
      value = static_cast<std::remove_reference_t<decltype(value)>>(choices[choice]);
    }
  };
  int worked = 0;
  for (int i = 0; i < 2000; ++i) {
    CFlash flash;
    aiot_store store = flash.store();
    change(store.sector_bytes, {1, 64, 255, 256, 512, 1024, 3000, 4096, 8192, 32768});
    change(store.page_bytes, {1, 3, 4, 16, 64, 100, 256, 4096, 5000, UINT32_MAX});
    change(store.program_bytes, {1, 2, 3, 4, 8, 16, 32, 64, 256, UINT32_MAX});
    change(store.reprogram, {0, 1});
    change(store.overwrite, {0, 1});
    change(store.erased, {0, 0xFF});
    for (aiot_region& region : store.queue) {
      change(region.size, {0, 64, 4096, 12288, UINT32_MAX});
    }
    flash.any_alignment = true;
    auto config = made<aiot_config>();
    auto limits = made<aiot_limits>();
    limits.package_bytes = 4096;
    limits.window_frames = 2048;
    limits.arena_bytes = 4096;
    limits.bearing_views = 1;
    config.device_id = "rig";
    config.store = &store;
    config.limits = &limits;
    config.rate_hz = 12800.0F;
    config.scale = 0.005F;
    config.axes = 1;
    config.bits = 16;
    std::vector<unsigned char> memory(aiot_device_size(&config));
    aiot_device* device = nullptr;
    if (aiot_init(memory.data(), memory.size(), &config, &device) == AIOT_OK) {
      const std::string package = shipped_package();
      worked += aiot_load_package(device, package.data(), package.size(), 0) == AIOT_OK ? 1 : 0;
      EXPECT_EQ(aiot_deinit(device), AIOT_OK);
    }
  }
  EXPECT_GT(worked, 10);
}

TEST(CApi, RefusesAMachineThatNoneCanBe) {
  EXPECT_EQ(init_with_machine([](aiot_machine&) {}), AIOT_OK);
  const auto bearing = [](aiot_machine& machine) {
    machine.speed_rpm = 1797.0F;
    machine.balls = 9;
    machine.ball_diameter = 7.94F;
    machine.pitch_diameter = 39.04F;
  };
  EXPECT_EQ(init_with_machine(bearing), AIOT_OK);
  for (const float bad : {-1.0F, 1e6F, kNaN, kInfinity}) {
    EXPECT_EQ(init_with_machine([=](aiot_machine& m) { m.speed_rpm = bad; }),
              AIOT_INVALID_ARGUMENT);
  }
  const std::vector<std::function<void(aiot_machine&)>> changes{
      [](aiot_machine& m) { m.balls = 2; },
      [](aiot_machine& m) { m.ball_diameter = kNaN; },
      [](aiot_machine& m) { m.pitch_diameter = 0.0F; },
      [](aiot_machine& m) { m.contact_deg = 90.0F; },
      [](aiot_machine& m) { m.bearing_name = "\xFF"; },
      [](aiot_machine& m) { m.reserved = 1; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    EXPECT_EQ(init_with_machine([&](aiot_machine& machine) {
                bearing(machine);
                changes[i](machine);
              }),
              AIOT_INVALID_ARGUMENT)
        << "change " << i;
  }
}

TEST(CApi, SizesFollowTheLimitsAndNoLimitOverflows) {
  const std::size_t usual = size_with_limits([](aiot_limits&) {});
  EXPECT_GT(usual, 4U << 20U);
  const std::size_t most = size_with_limits([](aiot_limits& l) {
    l.package_bytes = 64U << 20U;
    l.window_frames = 8192;
    l.arena_bytes = 1U << 30U;
    l.ring_frames = 1U << 24U;
    l.bearing_views = 10;
  });
  EXPECT_GT(most, (1ULL << 30U) + (128ULL << 20U) + (256ULL << 20U));
  const std::size_t least = size_with_limits([](aiot_limits& l) {
    l.package_bytes = 64;
    l.window_frames = 16;
    l.arena_bytes = 1;
    l.ring_frames = 1;
    l.bearing_views = 1;
  });
  EXPECT_GT(least, 0U);
  EXPECT_LT(least, usual / 10);
  const std::vector<std::function<void(aiot_limits&)>> none{
      [](aiot_limits& l) { l.package_bytes = 63; },
      [](aiot_limits& l) { l.package_bytes = (64U << 20U) + 1; },
      [](aiot_limits& l) { l.window_frames = 15; },
      [](aiot_limits& l) { l.window_frames = 8193; },
      [](aiot_limits& l) { l.arena_bytes = (1U << 30U) + 1; },
      [](aiot_limits& l) { l.ring_frames = (1U << 24U) + 1; },
      [](aiot_limits& l) { l.bearing_views = 11; },
      [](aiot_limits& l) { l.reserved = 1; },
  };
  for (std::size_t i = 0; i < none.size(); ++i) {
    EXPECT_EQ(size_with_limits(none[i]), 0U) << "change " << i;
  }
  EXPECT_EQ(aiot_device_size(nullptr), 0U);
}

TEST(CApi, KeepsToTheMemoryThatItWasGiven) {
  CFlash flash;
  Rig rig(flash.store());
  const aiot_config& config = rig.config();
  const std::size_t size = aiot_device_size(&config);
  constexpr std::size_t kFence = 64;
  for (std::size_t skew = 0; skew < 65; skew += 13) {
    std::vector<unsigned char> memory(size + skew + kFence, 0x5A);
    aiot_device* device = nullptr;
    EXPECT_EQ(aiot_init(&memory[skew], size - 1, &config, &device), AIOT_NO_SPACE);
    EXPECT_EQ(device, nullptr);
    ASSERT_EQ(aiot_init(&memory[skew], size, &config, &device), AIOT_OK);
    const std::string package = shipped_package();
    CFlash other;
    EXPECT_EQ(aiot_load_package(device, package.data(), package.size(), 0), AIOT_OK);
    EXPECT_EQ(aiot_deinit(device), AIOT_OK);
    for (std::size_t i = 0; i < skew; ++i) {
      ASSERT_EQ(memory[i], 0x5A);
    }
    for (std::size_t i = skew + size; i < memory.size(); ++i) {
      ASSERT_EQ(memory[i], 0x5A);
    }
  }
}

TEST(CApi, InitWantsMemoryAndAHandle) {
  CFlash flash;
  Rig rig(flash.store());
  std::vector<unsigned char> memory(aiot_device_size(&rig.config()));
  aiot_device* device = nullptr;
  EXPECT_EQ(aiot_init(nullptr, memory.size(), &rig.config(), &device), AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(aiot_init(memory.data(), memory.size(), nullptr, &device), AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(aiot_init(memory.data(), memory.size(), &rig.config(), nullptr), AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(aiot_init(memory.data(), 0, &rig.config(), &device), AIOT_NO_SPACE);
}

/// Every function that takes a device, with arguments that are good otherwise.
int call_all(aiot_device* device, int number) {
  const std::int16_t sample = 0;
  std::array<unsigned char, 64> buffer{};
  auto record = made<aiot_record>();
  auto cursor = made<aiot_cursor>();
  auto stats = made<aiot_stats>();
  auto stream_stats = made<aiot_stream_stats>();
  switch (number) {
    case 0:
      return aiot_push(device, &sample, 1);
    case 1:
      return aiot_lost(device, 1);
    case 2:
      return aiot_step(device, 0);
    case 3:
      return aiot_commission(device, 100);
    case 4:
      return aiot_next_record(device, buffer.data(), buffer.size(), &record);
    case 5:
      return aiot_acknowledge(device, AIOT_STREAM_URGENT, 0);
    case 6:
      return aiot_rewind(device);
    case 7:
      return aiot_get_cursor(device, AIOT_STREAM_URGENT, &cursor);
    case 8:
      return aiot_get_stats(device, &stats);
    case 9:
      return aiot_get_stream_stats(device, AIOT_STREAM_URGENT, &stream_stats);
    default:
      return AIOT_OK;
  }
}

constexpr int kCalls = 10;

TEST(CApi, NoFunctionTakesSomethingElseForADevice) {
  std::array<unsigned char, 4096> garbage{};
  garbage.fill(0xA5);
  for (aiot_device* const device : {static_cast<aiot_device*>(nullptr),
                                    reinterpret_cast<aiot_device*>(garbage.data() + 1),
                                    reinterpret_cast<aiot_device*>(garbage.data() + 64)}) {
    for (int i = 0; i < kCalls; ++i) {
      EXPECT_EQ(call_all(device, i), AIOT_INVALID_ARGUMENT) << "call " << i;
    }
    EXPECT_EQ(aiot_load_package(device, "x", 1, 0), AIOT_INVALID_ARGUMENT);
    EXPECT_EQ(aiot_deinit(device), AIOT_INVALID_ARGUMENT);
    EXPECT_EQ(aiot_max_record_size(device), 0U);
    EXPECT_STREQ(aiot_label(device, 0), "");
  }
}

TEST(CApi, ADeviceThatHasEndedIsNoneAnyMore) {
  CFlash flash;
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  EXPECT_EQ(aiot_deinit(rig.device()), AIOT_OK);
  EXPECT_EQ(aiot_deinit(rig.device()), AIOT_INVALID_ARGUMENT);
  for (int i = 0; i < kCalls; ++i) {
    EXPECT_EQ(call_all(rig.device(), i), AIOT_INVALID_ARGUMENT) << "call " << i;
  }
}

TEST(CApi, NothingRunsBeforeThereIsAPackage) {
  CFlash flash;
  Rig rig(flash.store());
  for (int i = 0; i < kCalls; ++i) {
    EXPECT_EQ(call_all(rig.device(), i), AIOT_WRONG_STATE) << "call " << i;
  }
  EXPECT_EQ(aiot_max_record_size(rig.device()), 0U);
  EXPECT_STREQ(aiot_label(rig.device(), 0), "");
}

TEST(CApi, RefusesBadArgumentsOfARunningDevice) {
  CFlash flash;
  Rig rig(flash.store());
  ASSERT_EQ(rig.load(), AIOT_OK);
  aiot_device* const device = rig.device();
  std::array<unsigned char, 64> buffer{};
  auto record = made<aiot_record>();
  auto cursor = made<aiot_cursor>();
  auto stats = made<aiot_stats>();
  auto stream_stats = made<aiot_stream_stats>();
  auto decision = made<aiot_decision>();

  EXPECT_EQ(aiot_push(device, nullptr, 1), AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(aiot_push(device, nullptr, 0), 0);
  EXPECT_EQ(aiot_lost(device, std::size_t{1} << 28U), AIOT_OUT_OF_RANGE);
  EXPECT_EQ(aiot_set_time(device, -1, 0, 0), AIOT_OUT_OF_RANGE);
  EXPECT_EQ(aiot_set_time(device, 0, -1, 0), AIOT_OUT_OF_RANGE);
  EXPECT_EQ(aiot_set_time(device, 0, 253'402'300'800'000, 0), AIOT_OUT_OF_RANGE);
  EXPECT_EQ(aiot_set_time(device, 0, 253'402'300'799'999, 1), AIOT_OUT_OF_RANGE);
  EXPECT_EQ(aiot_set_time(nullptr, 0, 0, 0), AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(aiot_set_time(device, 0, 0, 0), AIOT_OK);
  EXPECT_EQ(aiot_set_time(device, 0, 1'800'000'000'000, UINT32_MAX), AIOT_OK);
  EXPECT_EQ(aiot_commission(device, 5), AIOT_OUT_OF_RANGE);
  EXPECT_EQ(aiot_commission(device, 1'000'001), AIOT_OUT_OF_RANGE);

  EXPECT_EQ(aiot_step(device, -1), AIOT_OUT_OF_RANGE);
  EXPECT_EQ(aiot_step(device, (std::int64_t{1} << 53) + 1), AIOT_OUT_OF_RANGE);
  EXPECT_EQ(aiot_step(device, 1000), AIOT_IDLE);
  EXPECT_EQ(aiot_step(device, 999), AIOT_OUT_OF_RANGE) << "time steps back";

  EXPECT_EQ(aiot_next_record(device, nullptr, 1, &record), AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(aiot_next_record(device, buffer.data(), 64, nullptr), AIOT_INVALID_ARGUMENT);
  record.struct_size = 0;
  EXPECT_EQ(aiot_next_record(device, buffer.data(), 64, &record), AIOT_INVALID_ARGUMENT);
  for (const std::int32_t stream : {-1, 3, 256}) {
    EXPECT_EQ(aiot_acknowledge(device, stream, 0), AIOT_INVALID_ARGUMENT);
    EXPECT_EQ(aiot_get_cursor(device, stream, &cursor), AIOT_INVALID_ARGUMENT);
    EXPECT_EQ(aiot_get_stream_stats(device, stream, &stream_stats), AIOT_INVALID_ARGUMENT);
  }
  EXPECT_EQ(aiot_get_cursor(device, 0, nullptr), AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(aiot_get_stats(device, nullptr), AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(aiot_get_stream_stats(device, 0, nullptr), AIOT_INVALID_ARGUMENT);
  stats.struct_size -= 1;
  EXPECT_EQ(aiot_get_stats(device, &stats), AIOT_INVALID_ARGUMENT);

  EXPECT_EQ(aiot_read_decision(nullptr, 0, &decision), AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(aiot_read_decision(buffer.data(), 64, nullptr), AIOT_INVALID_ARGUMENT);
  EXPECT_LT(aiot_read_decision(buffer.data(), 0, &decision), 0);
  EXPECT_LT(aiot_read_decision(buffer.data(), 64, &decision), 0);
  EXPECT_STREQ(aiot_label(device, -1), "");
  EXPECT_STREQ(aiot_label(device, 200), "");
  EXPECT_STREQ(aiot_label(device, 0), "normal");
}

TEST(CApi, RefusesABadPackageAndTakesTheNext) {
  CFlash flash;
  Rig rig(flash.store());
  const std::string good = shipped_package();
  std::string changed = good;
  changed[300] ^= 1;
  EXPECT_EQ(aiot_load_package(rig.device(), nullptr, 100, 0), AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(aiot_load_package(rig.device(), good.data(), 0, 0), AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(aiot_load_package(rig.device(), good.data(), good.size(), -1), AIOT_OUT_OF_RANGE);
  EXPECT_EQ(rig.load("what is this, it is no package of a model, and long enough to be one too."),
            AIOT_CORRUPT);
  EXPECT_EQ(rig.load(good.substr(0, good.size() - 1)), AIOT_CORRUPT);
  EXPECT_EQ(rig.load(changed), AIOT_UNAUTHENTIC);
  EXPECT_EQ(rig.load(std::string(4097, 'x')), AIOT_NO_SPACE) << "more than the limit";
  EXPECT_EQ(rig.load(shipped_package("bearing")), AIOT_INVALID_ARGUMENT) << "no bearing is known";
  EXPECT_EQ(rig.load(good), AIOT_OK);
  EXPECT_EQ(rig.stats().starts, 1U) << "a package that was refused is no start";
}

TEST(CApi, APackageNeedNotBeAlignedNorStay) {
  CFlash flash;
  Rig rig(flash.store());
  std::string package = "x" + shipped_package();
  EXPECT_EQ(aiot_load_package(rig.device(), package.data() + 1, package.size() - 1, 0), AIOT_OK);
  package.assign(package.size(), '\0');
  EXPECT_GT(rig.listen(64 * Rig::kChunk), AIOT_IDLE);
}

TEST(CApi, CallbacksThatReturnNonsenseCountAsAFailedStore) {
  for (const int nonsense : {1, 42, -12, std::numeric_limits<int>::min()}) {
    CFlash flash;
    Rig rig(flash.store());
    flash.fails = nonsense;
    EXPECT_EQ(rig.load(), AIOT_IO);
  }
}

TEST(CApiDirectory, SaysWhatIsWrong) {
  const TempDir folder;
  std::vector<unsigned char> memory(aiot_directory_size());
  auto store = made<aiot_store>();
  aiot_directory* directory = nullptr;
  std::array<char, 200> message{};
  const auto open = [&](const std::string& path, std::uint32_t bytes) {
    return aiot_directory_open(memory.data(),
                               memory.size(),
                               path.c_str(),
                               bytes,
                               &store,
                               &directory,
                               message.data(),
                               message.size());
  };
  const std::string path = folder / "store";
  EXPECT_EQ(open("", 0), AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(open(path, 1), AIOT_OUT_OF_RANGE);
  EXPECT_EQ(open(path, 0xFFFFFFFF), AIOT_OUT_OF_RANGE);
  EXPECT_EQ(open(folder / "none/store", 0), AIOT_IO);
  EXPECT_NE(std::string(message.data()).find("create it first"), std::string::npos);
  EXPECT_EQ(directory, nullptr);
  EXPECT_EQ(aiot_directory_close(directory), AIOT_INVALID_ARGUMENT);

  ASSERT_EQ(open(path, 100'000), AIOT_OK) << message.data();
  EXPECT_STREQ(message.data(), "");
  aiot_directory* const first = directory;
  std::vector<unsigned char> other(aiot_directory_size());
  EXPECT_EQ(aiot_directory_open(
                other.data(), other.size(), path.c_str(), 100'000, &store, &directory, nullptr, 0),
            AIOT_WOULD_BLOCK);
  EXPECT_EQ(aiot_directory_close(first), AIOT_OK);
  EXPECT_EQ(aiot_directory_close(first), AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(open(path, 200'000), AIOT_INVALID_ARGUMENT) << "made with another size";
  EXPECT_NE(std::string(message.data()).find("another geometry"), std::string::npos);

  for (const std::size_t size : {std::size_t{0}, aiot_directory_size() - 1}) {
    EXPECT_EQ(
        aiot_directory_open(memory.data(), size, path.c_str(), 0, &store, &directory, nullptr, 0),
        AIOT_NO_SPACE);
  }
  EXPECT_EQ(aiot_directory_open(nullptr, 1 << 20, path.c_str(), 0, &store, &directory, nullptr, 0),
            AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(
      aiot_directory_open(memory.data(), memory.size(), nullptr, 0, &store, &directory, nullptr, 0),
      AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(aiot_directory_open(
                memory.data(), memory.size(), path.c_str(), 0, nullptr, &directory, nullptr, 0),
            AIOT_INVALID_ARGUMENT);
  EXPECT_EQ(aiot_directory_open(
                memory.data(), memory.size(), path.c_str(), 0, &store, nullptr, nullptr, 0),
            AIOT_INVALID_ARGUMENT);
}

TEST(CApiDirectory, CutsAMessageWhereTheBufferEnds) {
  std::vector<unsigned char> memory(aiot_directory_size());
  auto store = made<aiot_store>();
  aiot_directory* directory = nullptr;
  std::array<char, 8> message{};
  message.fill('x');
  EXPECT_EQ(aiot_directory_open(
                memory.data(), memory.size(), "", 0, &store, &directory, message.data(), 5),
            AIOT_INVALID_ARGUMENT);
  EXPECT_STREQ(message.data(), "a po");
  EXPECT_EQ(message[5], 'x');
}

}  // namespace
}  // namespace aiot::test
