// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/device/golden.hpp"

#include <algorithm>

#include "aiot/core/check.hpp"

namespace aiot::device {
namespace {

void fill_inputs(Bytes input, nn::Executor& executor) noexcept {
  for (std::size_t i = 0; i < executor.network().inputs.size(); ++i) {
    const MutableBytes tensor = executor.input(i);
    AIOT_CHECK(tensor.size() <= input.size());
    std::copy_n(input.begin(), tensor.size(), tensor.begin());
    input = input.subspan(tensor.size());
  }
}

bool outputs_equal(Bytes output, const nn::Executor& executor) noexcept {
  for (std::size_t i = 0; i < executor.network().outputs.size(); ++i) {
    const Bytes tensor = executor.output(i);
    AIOT_CHECK(tensor.size() <= output.size());
    if (!std::equal(tensor.begin(), tensor.end(), output.begin())) {
      return false;
    }
    output = output.subspan(tensor.size());
  }
  return true;
}

}  // namespace

GoldenCheck check_golden(const model::Package& package, nn::Executor& executor) noexcept {
  if (package.golden_table == nullptr) {
    return GoldenCheck::kNotStated;
  }
  const model::Golden golden = package.golden();
  executor.reset();
  fill_inputs(golden.input, executor);
  const bool equal = executor.run().ok() && outputs_equal(golden.output, executor);
  executor.reset();
  return equal ? GoldenCheck::kEqual : GoldenCheck::kDiffers;
}

}  // namespace aiot::device
