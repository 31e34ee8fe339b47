// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::sim {

using Uniform = float (*)(Random&, float, float);

Uniform uniform_of_machine_test() noexcept;  // sim_machine_test.cpp

namespace {

TEST(Random, UniformStaysInItsRange) {
  Random random(3);
  float least = 1e9F;
  float most = -1e9F;
  for (int i = 0; i < 10000; ++i) {
    const float value = uniform(random, -2.0F, 6.0F);
    least = value < least ? value : least;
    most = value > most ? value : most;
  }
  EXPECT_GE(least, -2.0F);
  EXPECT_LT(least, -1.99F);
  EXPECT_LT(most, 6.0F);
  EXPECT_GT(most, 5.99F);
}

// One function for both would be the linker's choice: in a program whose own files are built with
// contraction, the simulated machine would then compute with theirs.
TEST(Random, EachFileHasItsOwnUniform) {
  EXPECT_TRUE(uniform_of_machine_test() != static_cast<Uniform>(&uniform));
}

}  // namespace
}  // namespace aiot::sim
