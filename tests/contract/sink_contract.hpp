// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiot/hal/sink.hpp"
#include "tests/support/test.hpp"

/// What every sink promises that acknowledges by itself (a file, a console).
namespace aiot::contract {

/// Exactly one acknowledgement a batch, which names that batch; none before one was offered. It is
/// ready at first, and after each.
template <hal::Sink S>
void sink_acknowledges_each_batch_once(S& sink) {
  EXPECT_EQ(sink.poll().error(), Error::kEmpty);
  constexpr std::array<std::byte, 3> kRecord = {std::byte{0x82}, std::byte{0x01}, std::byte{0x02}};
  for (std::uint8_t i = 0; i < 5; ++i) {
    hal::Batch batch{.stream = static_cast<Stream>(i % kStreams),
                     .first = i * 10U,
                     .last = i * 10U + 3U,
                     .payload = kRecord};
    batch.hash.fill(static_cast<std::byte>(i));
    EXPECT_TRUE(sink.ready());
    ASSERT_TRUE(sink.offer(batch).ok());
    const auto ack = sink.poll();
    ASSERT_TRUE(ack.ok());
    EXPECT_EQ(ack->stream, batch.stream);
    EXPECT_EQ(ack->last, batch.last);
    EXPECT_TRUE(ack->hash == batch.hash);
    EXPECT_EQ(sink.poll().error(), Error::kEmpty);
  }
  EXPECT_TRUE(sink.ready());
}

}  // namespace aiot::contract
