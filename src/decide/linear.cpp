// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/decide/linear.hpp"

#include "aiot/core/check.hpp"
#include "aiot/core/math.hpp"
#include "finite.hpp"

namespace aiot::decide {
namespace {

void check_sizes(std::size_t packed, std::size_t dim) noexcept {
  AIOT_CHECK(dim >= 1 && dim <= kMaxDimension && packed == packed_size(dim));
}

}  // namespace

Status cholesky(std::span<float> matrix, std::size_t dim) noexcept {
  check_sizes(matrix.size(), dim);
  float* const rows = matrix.data();
  for (std::size_t i = 0; i < dim; ++i) {
    float* const row = rows + packed_index(i, 0);
    for (std::size_t j = 0; j < i; ++j) {
      const float* const other = rows + packed_index(j, 0);
      float rest = row[j];
      for (std::size_t k = 0; k < j; ++k) {
        rest -= row[k] * other[k];
      }
      row[j] = rest / other[j];
    }
    float pivot = row[i];
    for (std::size_t k = 0; k < i; ++k) {
      pivot -= row[k] * row[k];
    }
    // Written so that not a number fails as well.
    if (!(row[i] > 0.0F && pivot > kPivotFloor * row[i] && pivot <= kLargest)) {
      return Error::kInvalidArgument;
    }
    row[i] = math::sqrt(pivot);
  }
  return {};
}

void solve_lower(std::span<const float> factor, std::span<float> x) noexcept {
  check_sizes(factor.size(), x.size());
  const float* row = factor.data();
  for (std::size_t i = 0; i < x.size(); ++i) {
    float rest = x[i];
    for (std::size_t k = 0; k < i; ++k) {
      rest -= row[k] * x[k];
    }
    x[i] = rest / row[i];
    row += i + 1;
  }
}

void solve_transposed(std::span<const float> factor, std::span<float> x) noexcept {
  check_sizes(factor.size(), x.size());
  for (std::size_t i = x.size(); i-- > 0;) {
    const float* const row = factor.data() + packed_index(i, 0);
    const float value = x[i] / row[i];
    x[i] = value;
    for (std::size_t k = 0; k < i; ++k) {
      x[k] -= row[k] * value;
    }
  }
}

void solve(std::span<const float> factor, std::span<float> x) noexcept {
  solve_lower(factor, x);
  solve_transposed(factor, x);
}

float squared_distance(std::span<const float> factor, std::span<float> x) noexcept {
  solve_lower(factor, x);
  float sum = 0.0F;
  for (const float value : x) {
    sum += value * value;
  }
  return sum;
}

float log_determinant(std::span<const float> factor, std::size_t dim) noexcept {
  check_sizes(factor.size(), dim);
  float sum = 0.0F;
  for (std::size_t i = 0; i < dim; ++i) {
    sum += math::log(factor[packed_index(i, i)]);
  }
  return 2.0F * sum;
}

}  // namespace aiot::decide
