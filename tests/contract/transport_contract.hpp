// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiot/hal/transport.hpp"
#include "tests/support/test.hpp"

/// What every transport promises; the tests of the ports call these with the two ends of a link.
namespace aiot::contract {

/// Nothing sent, nothing there: a quiet link is 0 bytes and no error.
template <hal::Transport A, hal::Transport B>
void transport_is_quiet(A& a, B& b) {
  std::array<std::byte, 8> in{};
  EXPECT_EQ(a.state(), hal::LinkState::kUp);
  EXPECT_EQ(b.state(), hal::LinkState::kUp);
  const auto from_a = a.receive(in);
  const auto from_b = b.receive(in);
  ASSERT_TRUE(from_a.ok());
  ASSERT_TRUE(from_b.ok());
  EXPECT_EQ(*from_a, 0U);
  EXPECT_EQ(*from_b, 0U);
  const auto nothing = a.send({});
  ASSERT_TRUE(nothing.ok());
  EXPECT_EQ(*nothing, 0U);
}

/// Every byte value, in order, none twice, none missing; both calls may move any part of what they
/// are given. `idle(round)` is called after a round in which nothing moved and says whether to go
/// on waiting.
template <hal::Transport A, hal::Transport B, class Idle>
void transport_carries_bytes_in_order(A& from, B& to, std::size_t bytes, Idle idle) {
  std::size_t sent = 0;
  std::size_t received = 0;
  for (int quiet = 0; received < bytes;) {
    std::array<std::byte, 16> chunk{};
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      chunk[i] = static_cast<std::byte>((sent + i) & 0xFFU);
    }
    const std::size_t rest = bytes - sent < chunk.size() ? bytes - sent : chunk.size();
    const auto out = from.send(std::span{chunk}.first(rest));
    ASSERT_TRUE(out.ok());
    ASSERT_LE(*out, rest);
    sent += *out;

    std::array<std::byte, 16> buffer{};
    const auto in = to.receive(buffer);
    ASSERT_TRUE(in.ok());
    ASSERT_LE(*in, buffer.size());
    for (std::size_t i = 0; i < *in; ++i, ++received) {
      ASSERT_EQ(std::to_integer<std::size_t>(buffer[i]), received & 0xFFU) << "byte " << received;
    }
    quiet = *out + *in == 0 ? quiet + 1 : 0;
    ASSERT_TRUE(quiet == 0 || idle(quiet)) << "after " << received << " of " << bytes << " bytes";
  }
  EXPECT_EQ(sent, received);
}

/// A lost link is an error at both calls, and no quiet one. `lose()` cuts it; what had been under
/// way may still arrive.
template <hal::Transport T, class Lose>
void transport_reports_a_lost_link(T& end, Lose lose) {
  lose();
  std::array<std::byte, 16> buffer{};
  auto in = end.receive(buffer);
  for (int i = 0; i < 100 && in.ok(); ++i) {
    in = end.receive(buffer);
  }
  EXPECT_EQ(in.error(), Error::kIo);
  EXPECT_EQ(end.send(buffer).error(), Error::kIo);
  EXPECT_NE(end.state(), hal::LinkState::kUp);
}

}  // namespace aiot::contract
