// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aiot::toolkit::report {

/// Bytes of the well-formed UTF-8 character at the start of `text`, which is not empty; 0 when
/// there is none or it is a C1 control character.
std::size_t utf8_length(std::string_view text) noexcept;

/// `text` for the content or a quoted attribute of HTML and XML: the five special characters as
/// entities; what is not UTF-8 or not a character of XML becomes U+FFFD. Line ends become spaces.
std::string escape(std::string_view text);

/// A number with at most `digits` significant digits (1 to 17), without trailing zeros: "0.045",
/// "-12.5" (with U+2212), "3.2×10⁻⁷" below 1e-4 and from 1e7. Not finite: an en dash. The same on
/// every machine and locale.
std::string number(double value, int digits);

/// A number with exactly `decimals` digits behind the point, 0 to 17; otherwise as `number`.
std::string fixed(double value, int decimals);

/// Width of `text` in pixels in a sans-serif of `size` pixels; an upper estimate, as no font is at
/// hand: the widths of DejaVu Sans, which is one of the widest.
double text_width(std::string_view text, double size);

/// `text`, or its beginning and an ellipsis if it would be wider than `width` pixels.
std::string shortened(std::string_view text, double width, double size);

}  // namespace aiot::toolkit::report
