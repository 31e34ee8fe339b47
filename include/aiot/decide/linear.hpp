// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "aiot/core/result.hpp"

/// Dense symmetric linear algebra for a handful of variables. A symmetric or lower triangular
/// matrix of `dim` rows is packed: row i has its i + 1 values up to the diagonal, one row behind
/// the other. Everything works in place, in a fixed order of operations.
namespace aiot::decide {

inline constexpr std::size_t kMaxDimension = 24;

/// Values of a packed matrix.
[[nodiscard]] constexpr std::size_t packed_size(std::size_t dim) noexcept {
  return dim * (dim + 1) / 2;
}

/// Place of row i, column j; j must not be above i.
[[nodiscard]] constexpr std::size_t packed_index(std::size_t i, std::size_t j) noexcept {
  return i * (i + 1) / 2 + j;
}

/// A pivot at or below this part of its diagonal element is rounding: the matrix has no rank to say
/// more.
inline constexpr float kPivotFloor = 1e-6F;

/// Cholesky factor L of `matrix` = L L^T, in place. `matrix` is packed, `dim` 1 to 24;
/// dim^3 / 6 multiply-accumulates. Errors: `kInvalidArgument` not positive definite beyond rounding
/// (a pivot at or below `kPivotFloor` of its diagonal element), or not finite; the contents are
/// lost then. Sizes that do not belong together end in AIOT_CHECK, here and below.
Status cholesky(std::span<float> matrix, std::size_t dim) noexcept;

/// Solves L y = x in place. `factor` as `cholesky` leaves it, `x` [dim].
void solve_lower(std::span<const float> factor, std::span<float> x) noexcept;

/// Solves L^T y = x in place.
void solve_transposed(std::span<const float> factor, std::span<float> x) noexcept;

/// Solves L L^T y = x in place.
void solve(std::span<const float> factor, std::span<float> x) noexcept;

/// Squared Mahalanobis distance x^T (L L^T)^-1 x of a deviation `x` [dim] from the mean. `x` holds
/// L^-1 x afterwards: the deviation in independent coordinates of variance 1.
[[nodiscard]] float squared_distance(std::span<const float> factor, std::span<float> x) noexcept;

/// Natural logarithm of the determinant of L L^T.
[[nodiscard]] float log_determinant(std::span<const float> factor, std::size_t dim) noexcept;

}  // namespace aiot::decide
