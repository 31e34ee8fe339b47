// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include <span>
#include <vector>

#include "aiot/core/math.hpp"
#include "aiot/decide/linear.hpp"
#include "tests/golden/dsp_vectors.hpp"
#include "tests/support/test.hpp"

namespace aiot::dsp::golden {
namespace {

void run_mahalanobis(const Vectors& vectors, const Json& test) {
  const auto dim = test.at("dim").get<std::size_t>();
  const std::vector<float> covariance = vectors.floats(test, "in_cov");
  std::vector<float> packed(decide::packed_size(dim));
  for (std::size_t i = 0; i < dim; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      packed.at(decide::packed_index(i, j)) = covariance.at(i * dim + j);
    }
  }
  ASSERT_TRUE(decide::cholesky(packed, dim).ok());

  const std::vector<float> mean = vectors.floats(test, "in_mean");
  const std::vector<float> queries = vectors.floats(test, "in_query");
  const std::vector<double> expected = vectors.array(test, "out_dist");
  ASSERT_EQ(expected.size(), test.at("queries").get<std::size_t>());
  ASSERT_EQ(queries.size(), expected.size() * dim);
  for (std::size_t query = 0; query < expected.size(); ++query) {
    std::vector<float> deviation(dim);
    for (std::size_t i = 0; i < dim; ++i) {
      deviation.at(i) = queries.at(query * dim + i) - mean.at(i);
    }
    const float squared = decide::squared_distance(packed, deviation);
    expect_relative("distance", math::sqrt(squared), expected.at(query));
  }
}

TEST(GoldenDsp, Mahalanobis) {
  for_each_case("mahalanobis", run_mahalanobis);
}

}  // namespace
}  // namespace aiot::dsp::golden
