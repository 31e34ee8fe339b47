// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "aiot/core/reason.hpp"

namespace aiot::cli {

/// Names of the reasons, in their order.
std::vector<std::string> reason_names(std::span<const Cause> causes);

/// A reason with its numbers in words, as "outer race: harmonics 1-3, 14.2 dB above the floor, band
/// 2036-4073 Hz, 1797 rpm, slip -0.3 %"; its name where it has none.
///   rate_hz: of the samples, for the bands of octaves; 0: not known
std::string reason_text(const Cause& cause, double rate_hz);

/// Those that have numbers, in words.
std::vector<std::string> reason_texts(std::span<const Cause> causes, double rate_hz);

/// A list of objects {name, and what its numbers mean}, one for each reason.
nlohmann::ordered_json reason_details(std::span<const Cause> causes, double rate_hz);

}  // namespace aiot::cli
