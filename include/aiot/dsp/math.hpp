// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "aiot/core/math.hpp"

namespace aiot::dsp {

/// The elementary functions live in core, because the simulated machine and decide need the same
/// bits and may not include dsp.
using math::atan2;
using math::cos;
using math::cos_turn;
using math::exp;
using math::kPi;
using math::log;
using math::log10;
using math::sin;
using math::sin_turn;
using math::sqrt;

}  // namespace aiot::dsp
