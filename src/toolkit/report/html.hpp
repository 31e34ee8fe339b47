// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "aiot/toolkit/report/palette.hpp"

namespace aiot::toolkit::report {

/// What stands where there is nothing to show.
inline constexpr const char* kNoData = "<p class=\"none\">no data</p>\n";

/// The sign of a tone as a small picture, so that colour is not alone; empty for neutral.
std::string sign_of(Tone tone);

/// Caption, if any, and end of a figure.
std::string figure_end(std::string_view caption);

}  // namespace aiot::toolkit::report
