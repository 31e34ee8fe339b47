// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "src/toolkit/compiler/lower_walk.hpp"

#include "aiot/core/check.hpp"

namespace aiot::toolkit {
namespace {

constexpr std::size_t kWalkDims = 6;

bool continues(const WalkDim& outer, const WalkDim& inner) {
  return outer.first_step == inner.first_step * inner.extent &&
         outer.second_step == inner.second_step * inner.extent;
}

/// Steps of an operand that is repeated along the dims where it has extent 1, or none.
std::vector<std::int64_t> repeating_steps(const graph::Dims& out, const graph::Dims& operand) {
  const std::vector<std::int64_t> dense = dense_steps(operand, 1);
  std::vector<std::int64_t> steps(out.size(), 0);
  const std::size_t missing = out.size() - operand.size();
  for (std::size_t i = 0; i < operand.size(); ++i) {
    steps[missing + i] = operand[i] == 1 ? 0 : dense[i];
  }
  return steps;
}

}  // namespace

std::vector<WalkDim> collapsed(const std::vector<WalkDim>& dims) {
  std::vector<WalkDim> result;
  for (const WalkDim& dim : dims) {
    if (dim.extent == 1) {
      continue;
    }
    if (!result.empty() && continues(result.back(), dim)) {
      const std::uint32_t extent = result.back().extent * dim.extent;
      result.back() = {extent, dim.first_step, dim.second_step};
    } else {
      result.push_back(dim);
    }
  }
  return result;
}

void CopyWalk::simplify() {
  dims = collapsed(dims);
  if (!dims.empty() && dims.back().first_step == element_bytes &&
      dims.back().second_step == element_bytes) {
    element_bytes *= dims.back().extent;
    dims.pop_back();
  }
}

bool CopyWalk::is_whole(std::uint64_t bytes) const {
  return dims.empty() && input_start == 0 && output_start == 0 && element_bytes == bytes;
}

nn::Copy CopyWalk::params() const {
  AIOT_CHECK(dims.size() <= kWalkDims);
  nn::Copy params;
  params.input_start = static_cast<std::uint32_t>(input_start);
  params.output_start = static_cast<std::uint32_t>(output_start);
  params.element_bytes = element_bytes;
  const std::size_t unused = kWalkDims - dims.size();
  for (std::size_t i = 0; i < dims.size(); ++i) {
    params.extent[unused + i] = dims[i].extent;
    params.input_step[unused + i] = static_cast<std::int32_t>(dims[i].first_step);
    params.output_step[unused + i] = static_cast<std::uint32_t>(dims[i].second_step);
  }
  return params;
}

std::vector<std::int64_t> dense_steps(const graph::Dims& dims, std::uint32_t unit) {
  std::vector<std::int64_t> steps(dims.size(), unit);
  for (std::size_t i = dims.size(); i-- > 1;) {
    steps[i - 1] = steps[i] * dims[i];
  }
  return steps;
}

nn::Broadcast broadcast_walk(const graph::Dims& out,
                             const graph::Dims& input,
                             const graph::Dims& other) {
  const std::vector<std::int64_t> input_steps = repeating_steps(out, input);
  const std::vector<std::int64_t> other_steps = repeating_steps(out, other);
  std::vector<WalkDim> dims;
  for (std::size_t i = 0; i < out.size(); ++i) {
    dims.push_back({out[i], input_steps[i], other_steps[i]});
  }
  dims = collapsed(dims);
  AIOT_CHECK(dims.size() <= kWalkDims);
  nn::Broadcast walk;
  const std::size_t unused = kWalkDims - dims.size();
  for (std::size_t i = 0; i < dims.size(); ++i) {
    walk.extent[unused + i] = dims[i].extent;
    walk.input_step[unused + i] = static_cast<std::uint32_t>(dims[i].first_step);
    walk.other_step[unused + i] = static_cast<std::uint32_t>(dims[i].second_step);
  }
  return walk;
}

}  // namespace aiot::toolkit
