// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace aiot::toolkit::report {

/// What a mark means. Each has a colour, and where it is set as text a word or sign beside it.
enum class Tone : std::uint8_t { kNeutral, kInfo, kGood, kNotice, kBad };

/// Name of the tone in class names of the style sheet: "neutral", "good", ...
const char* name_of(Tone tone) noexcept;

/// Colours of series and families of markers; they repeat after the last.
inline constexpr std::size_t kSeriesColours = 6;

/// Steps of the colour scale of a matrix.
inline constexpr std::size_t kHeatSteps = 6;

/// One colour of the style sheet, 0xRRGGBB, for light and for dark screens.
struct PaletteEntry {
  const char* name;  ///< of the custom property, without the dashes
  std::uint32_t light;
  std::uint32_t dark;
};

/// All colours of a report.
std::span<const PaletteEntry> palette() noexcept;

/// Contrast of two colours, 1 to 21. Source: WCAG 2.1, relative luminance and contrast ratio.
double contrast(std::uint32_t a, std::uint32_t b) noexcept;

/// The style sheet of a report.
std::string style_sheet();

}  // namespace aiot::toolkit::report
