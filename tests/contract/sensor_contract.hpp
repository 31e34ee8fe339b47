// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/core/crc32.hpp"
#include "aiot/hal/sensor.hpp"
#include "tests/support/test.hpp"

/// What every sensor source promises. A source is used up by a test, so the tests of the ports pass
/// `with_source(use)`, which makes a fresh one and calls `use(source)`.
namespace aiot::contract {

/// What came out of a ring: how many samples, how many were lost, and a checksum of both in order.
struct SampleLog {
  std::uint64_t samples = 0;
  std::uint64_t lost = 0;
  std::uint32_t crc = 0;
  bool ended = false;

  void take(std::span<const std::int16_t> run) {
    crc = crc32(crc, std::as_bytes(run));
    samples += run.size();
  }

  void take_gap(std::size_t gap) {
    const std::array<std::uint64_t, 2> mark = {samples, gap};
    crc = crc32(crc, std::as_bytes(std::span{mark}));
    lost += gap;
  }
};

/// Rate, axes, scale and width that a pipeline can work with.
template <class WithSource>
void sensor_format_is_sane(WithSource with_source) {
  with_source([](auto& source) {
    const hal::SensorFormat format = source.format();
    EXPECT_GT(format.rate_hz, 0.0F);
    EXPECT_LT(format.rate_hz, 1e7F);
    EXPECT_GT(format.scale, 0.0F);
    EXPECT_GE(format.axes, 1);
    EXPECT_GE(format.bits, 2);
    EXPECT_LE(format.bits, 16);
  });
}

/// Nobody is served before `start`: there is no ring to write to.
template <class WithSource>
void sensor_waits_for_start(WithSource with_source) {
  with_source([](auto& source) { EXPECT_EQ(source.service().error(), Error::kWrongState); });
}

/// Runs a source into a ring of `Capacity` samples until it ends or `limit` samples came out.
template <std::size_t Capacity, class Source>
SampleLog drain(Source& source, std::uint64_t limit) {
  std::array<std::int16_t, Capacity> storage{};
  SampleRing ring(storage);
  SampleLog log;
  if (!source.start(ring).ok()) {
    ADD_FAILURE() << "the source did not start";
    return log;
  }
  int quiet = 0;
  while (log.samples < limit && quiet < 1000) {
    const Status status = source.service();
    log.ended = status.error() == Error::kEmpty;
    EXPECT_TRUE(status.ok() || log.ended);
    bool moved = false;
    while (log.samples < limit) {
      if (const std::size_t gap = ring.take_gap(); gap != 0) {
        log.take_gap(gap);
        moved = true;
      }
      const auto run = ring.peek(0);
      if (run.empty()) {
        break;
      }
      const std::uint64_t wanted = limit - log.samples;
      const auto part =
          run.first(run.size() < wanted ? run.size() : static_cast<std::size_t>(wanted));
      log.take(part);
      ring.consume(part.size());
      moved = true;
    }
    if (log.ended || !status.ok()) {
      break;
    }
    quiet = moved ? 0 : quiet + 1;
  }
  return log;
}

/// The size of the ring changes nothing in what is read, and reading again reads the same: a source
/// writes only what `claim` gives it and waits when there is no room. For recordings and
/// simulations; a live sensor can not wait and reports losses instead.
template <class WithSource>
SampleLog sensor_waits_for_room(WithSource with_source, std::uint64_t limit) {
  SampleLog large;
  SampleLog small;
  with_source([&](auto& source) { large = drain<1024>(source, limit); });
  with_source([&](auto& source) { small = drain<16>(source, limit); });
  EXPECT_GT(large.samples, 0U);
  EXPECT_EQ(small.samples, large.samples);
  EXPECT_EQ(small.lost, large.lost);
  EXPECT_EQ(small.crc, large.crc);
  EXPECT_EQ(small.ended, large.ended);
  return large;
}

/// A full ring stays as it is, however often the source is served.
template <class WithSource>
void sensor_never_overruns(WithSource with_source) {
  with_source([](auto& source) {
    std::array<std::int16_t, 32> storage{};
    SampleRing ring(storage);
    ASSERT_TRUE(source.start(ring).ok());
    for (int i = 0; i < 100 && ring.available() < storage.size(); ++i) {
      (void)source.service();
    }
    const auto before = storage;
    const std::size_t available = ring.available();
    for (int i = 0; i < 100; ++i) {
      (void)source.service();
    }
    EXPECT_EQ(ring.available(), available);
    EXPECT_TRUE(storage == before);
  });
}

/// After the end comes nothing but the end.
template <class WithSource>
void sensor_end_is_final(WithSource with_source) {
  with_source([](auto& source) {
    ASSERT_TRUE(drain<1024>(source, UINT64_MAX).ended);
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(source.service().error(), Error::kEmpty);
    }
  });
}

}  // namespace aiot::contract
