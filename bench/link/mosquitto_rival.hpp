// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/link/rate.hpp"

namespace aiot::bench {

/// Seconds until the broker has acknowledged everything that libmosquitto published, by the faster
/// of its two ways: a loop that the caller turns, and a thread of its own. Below zero: it failed,
/// and said why.
double publish_with_mosquitto(const RateJob& job);

}  // namespace aiot::bench
