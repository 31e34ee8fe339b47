// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/linear.hpp"

#include <limits>

#include "aiot/core/math.hpp"
#include "ports/sim/random.hpp"
#include "tests/support/test.hpp"

namespace aiot::decide {
namespace {

TEST(Linear, FactorsAMatrixThatIsKnown) {
  // [4 2 -2; 2 10 2; -2 2 11] = L L^T with L = [2; 1 3; -1 1 3]
  float matrix[6] = {4.0F, 2.0F, 10.0F, -2.0F, 2.0F, 11.0F};
  ASSERT_TRUE(cholesky(matrix, 3).ok());
  const float factor[6] = {2.0F, 1.0F, 3.0F, -1.0F, 1.0F, 3.0F};
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(matrix[i], factor[i]) << "place " << i;
  }
}

TEST(Linear, SolvesMeasuresAndHasTheDeterminant) {
  float matrix[6] = {4.0F, 2.0F, 10.0F, -2.0F, 2.0F, 11.0F};
  ASSERT_TRUE(cholesky(matrix, 3).ok());
  float x[3] = {2.0F, 28.0F, 35.0F};  // the matrix times (1, 2, 3)
  float half[3] = {2.0F, 28.0F, 35.0F};
  solve(matrix, x);
  EXPECT_NEAR(x[0], 1.0F, 1e-6F);
  EXPECT_NEAR(x[1], 2.0F, 1e-6F);
  EXPECT_NEAR(x[2], 3.0F, 1e-6F);
  EXPECT_NEAR(squared_distance(matrix, half), 163.0F, 1e-4F);  // (2, 28, 35) . (1, 2, 3)
  EXPECT_EQ(half[0], 1.0F);                                    // L^-1 x stays behind
  EXPECT_EQ(half[1], 9.0F);
  EXPECT_EQ(half[2], 9.0F);
  EXPECT_NEAR(log_determinant(matrix, 3), 5.7807435F, 1e-6F);  // ln 324
}

TEST(Linear, WorksWithOneVariable) {
  float matrix[1] = {9.0F};
  ASSERT_TRUE(cholesky(matrix, 1).ok());
  float x[1] = {6.0F};
  EXPECT_EQ(squared_distance(matrix, x), 4.0F);
}

// A Gram matrix of random vectors, with a little more on its diagonal.
void make_matrix(sim::Random& random, std::size_t dim, float* packed) {
  static float vectors[2 * kMaxDimension][kMaxDimension];
  for (auto& vector : vectors) {
    for (float& value : vector) {
      value = random.normal();
    }
  }
  for (std::size_t i = 0; i < dim; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      float sum = i == j ? 0.1F : 0.0F;
      for (const auto& vector : vectors) {
        sum += vector[i] * vector[j];
      }
      packed[packed_index(i, j)] = sum;
    }
  }
}

TEST(Linear, SolvesEverySize) {
  sim::Random random(5);
  for (std::size_t dim = 1; dim <= kMaxDimension; ++dim) {
    float matrix[packed_size(kMaxDimension)];
    make_matrix(random, dim, matrix);
    float expected[kMaxDimension];
    float x[kMaxDimension];
    for (std::size_t i = 0; i < dim; ++i) {
      expected[i] = random.normal();
    }
    for (std::size_t i = 0; i < dim; ++i) {
      x[i] = 0.0F;
      for (std::size_t j = 0; j < dim; ++j) {
        x[i] += matrix[i >= j ? packed_index(i, j) : packed_index(j, i)] * expected[j];
      }
    }
    const std::span<float> packed = std::span(matrix).first(packed_size(dim));
    ASSERT_TRUE(cholesky(packed, dim).ok());
    solve(packed, std::span(x).first(dim));
    for (std::size_t i = 0; i < dim; ++i) {
      EXPECT_NEAR(x[i], expected[i], 2e-4F) << "dim " << dim;
    }
  }
}

TEST(Linear, RefusesWhatIsNotPositiveDefinite) {
  float negative[3] = {1.0F, 2.0F, 1.0F};
  EXPECT_EQ(cholesky(negative, 2).error(), Error::kInvalidArgument);
  float zero[3] = {1.0F, 0.0F, 0.0F};
  EXPECT_EQ(cholesky(zero, 2).error(), Error::kInvalidArgument);
  // Two variables that are the same but for rounding, at any scale.
  for (const float scale : {1e-20F, 1.0F, 1e20F}) {
    float same[3] = {scale, scale, scale * 1.0000005F};
    EXPECT_EQ(cholesky(same, 2).error(), Error::kInvalidArgument);
    float nearly[3] = {scale, scale, scale * 1.00001F};
    EXPECT_TRUE(cholesky(nearly, 2).ok());
  }
}

TEST(Linear, RefusesWhatIsNotFinite) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    for (int place = 0; place < 3; ++place) {
      float matrix[3] = {2.0F, 1.0F, 2.0F};
      matrix[place] = bad;
      EXPECT_EQ(cholesky(matrix, 2).error(), Error::kInvalidArgument) << "place " << place;
    }
  }
}

}  // namespace
}  // namespace aiot::decide
