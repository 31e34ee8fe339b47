// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/compiler/lower_walk.hpp"

#include <algorithm>
#include <set>

#include "aiot/toolkit/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::toolkit {
namespace {

using Moves = std::set<std::pair<std::int64_t, std::int64_t>>;

/// From which byte to which byte the walk moves, byte by byte.
Moves moves_of(const std::vector<WalkDim>& dims, std::uint32_t element_bytes) {
  Moves moves;
  std::vector<std::uint32_t> index(dims.size(), 0);
  for (;;) {
    std::int64_t from = 0;
    std::int64_t to = 0;
    for (std::size_t i = 0; i < dims.size(); ++i) {
      from += index[i] * dims[i].first_step;
      to += index[i] * dims[i].second_step;
    }
    for (std::uint32_t byte = 0; byte < element_bytes; ++byte) {
      moves.insert({from + byte, to + byte});
    }
    std::size_t dim = dims.size();
    while (dim != 0 && ++index[dim - 1] == dims[dim - 1].extent) {
      index[--dim] = 0;
    }
    if (dim == 0) {
      return moves;
    }
  }
}

TEST(CopyWalk, BecomesOnePieceWhereItIsDense) {
  CopyWalk walk;
  walk.element_bytes = 4;
  walk.dims = {{3, 40, 40}, {1, 7, 9}, {5, 8, 8}, {2, 4, 4}};
  walk.simplify();
  EXPECT_EQ(walk.dims.size(), 0U);
  EXPECT_EQ(walk.element_bytes, 120U);
  EXPECT_TRUE(walk.is_whole(120));
  EXPECT_FALSE(walk.is_whole(124));
  walk.input_start = 4;
  EXPECT_FALSE(walk.is_whole(120));
}

TEST(CopyWalk, MovesTheSameBytesWhenItIsSimpler) {
  Random random(7, 0);
  for (int round = 0; round < 500; ++round) {
    graph::Dims dims;
    for (std::uint32_t i = random.below(6) + 1; i > 0; --i) {
      dims.push_back(random.below(3) + 1);
    }
    std::vector<std::int64_t> from = dense_steps(dims, 2);
    const std::vector<std::int64_t> to = dense_steps(dims, 2);
    if (random.below(2) == 0) {  // a permutation of equal dims moves something else, but is a walk
      std::rotate(from.begin(),
                  from.begin() + random.below(static_cast<std::uint32_t>(from.size())),
                  from.end());
    }
    CopyWalk walk;
    walk.element_bytes = 2;
    for (std::size_t i = 0; i < dims.size(); ++i) {
      const std::int64_t sign = random.below(4) == 0 ? -1 : 1;
      walk.dims.push_back({dims[i], sign * from[i], to[i]});
    }
    const Moves expected = moves_of(walk.dims, walk.element_bytes);
    const std::size_t before = walk.dims.size();
    walk.simplify();
    EXPECT_LE(walk.dims.size(), before);
    EXPECT_TRUE(moves_of(walk.dims, walk.element_bytes) == expected) << "round " << round;
  }
}

TEST(CopyWalk, PutsItsDimsInnermost) {
  CopyWalk walk;
  walk.dims = {{2, 1, 3}, {3, -2, 1}};
  const nn::Copy params = walk.params();
  EXPECT_EQ(params.extent[3], 1U);
  EXPECT_EQ(params.extent[4], 2U);
  EXPECT_EQ(params.extent[5], 3U);
  EXPECT_EQ(params.input_step[5], -2);
  EXPECT_EQ(params.output_step[4], 3U);
}

TEST(BroadcastWalk, RepeatsWithAStepOfZeroAndJoinsWhatItCan) {
  const nn::Broadcast walk = broadcast_walk({2, 3, 4, 5}, {2, 3, 4, 5}, {4, 5});
  EXPECT_EQ(walk.extent[3], 1U);
  EXPECT_EQ(walk.extent[4], 6U);
  EXPECT_EQ(walk.extent[5], 20U);
  EXPECT_EQ(walk.input_step[4], 20U);
  EXPECT_EQ(walk.other_step[4], 0U);
  EXPECT_EQ(walk.other_step[5], 1U);
}

}  // namespace
}  // namespace aiot::toolkit
