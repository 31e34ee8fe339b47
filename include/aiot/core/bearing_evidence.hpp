// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace aiot {

/// Where a rolling bearing can be damaged. Index into the arrays below.
enum class BearingPart : std::uint8_t { kOuterRace = 0, kInnerRace = 1, kElement = 2 };

inline constexpr std::size_t kBearingParts = 3;

/// Stable name in snake_case.
const char* name(BearingPart part) noexcept;

/// The part that a label names: a label that has the word outer, inner, ball, roller or element in
/// it, in any case, with no letter before or behind ("Outer race", "inner_race", "BALL-2"); nothing
/// for any other.
[[nodiscard]] std::optional<BearingPart> part_of_label(std::string_view label) noexcept;

/// Whether `label` stands for "abnormal, cause unclear": unclear or abnormal, in any case.
[[nodiscard]] bool is_unclear_label(std::string_view label) noexcept;

/// What a spectrum says about one family of lines: the harmonics of one frequency.
struct LineFamily {
  static constexpr std::size_t kShown = 4;

  float level_db = 0.0F;      ///< mean of the harmonics above the floor, without the largest one
  float first_db = 0.0F;      ///< the same of the first four harmonics alone
  float sidebands_db = 0.0F;  ///< mean of the sidebands of the first two harmonics
  float slip = 0.0F;          ///< where the family was found: relative to its nominal frequency
  std::uint8_t lines = 0;     ///< harmonics that count: in range and beside no shaft harmonic
  std::array<float, kShown> harmonics_db{};  ///< of the first ones; negative: does not count
};

/// Level of a family in the vibration itself: the mean of all harmonics and of the first four, so
/// that neither a few strong lines nor many weak ones alone are a family.
constexpr float direct_level_db(const LineFamily& family) noexcept {
  return 0.5F * (family.level_db + family.first_db);
}

/// What a stretch of vibration says about one bearing, in numbers that depend neither on gain nor
/// on sample rate: prominences in dB above the floor, at orders of the shaft.
struct BearingEvidence {
  /// Spectrum of the envelope, in the band that speaks loudest.
  std::array<LineFamily, kBearingParts> envelope{};
  float lo_hz = 0.0F;  ///< that band
  float hi_hz = 0.0F;
  float envelope_revolutions = 0.0F;  ///< of the shaft in one transform; 0: no envelope yet
  float own_db = 0.0F;                ///< loudest family of that band, measured as its rival is
  float rival_db = 0.0F;              ///< loudest family of any frequency there
  float any_rival_db = 0.0F;          ///< loudest family of any frequency in any band
  float any_rival_order = 0.0F;       ///< and its frequency, in events per revolution
  float impulsiveness = 0.0F;  ///< excess kurtosis of the complex envelope, largest of all bands
  std::array<float, kBearingParts> loudest_db{};    ///< level of each family in its best band
  std::array<float, kBearingParts> sidebands_db{};  ///< mean over the upper bands

  /// Spectrum of the vibration itself.
  std::array<LineFamily, kBearingParts> direct{};
  float direct_revolutions = 0.0F;  ///< 0: not measured

  /// The shaft's own harmonics in that spectrum: is it turning as fast as we were told?
  float shaft_db = 0.0F;       ///< at the speed that was used
  float shaft_near_db = 0.0F;  ///< best within 2 % of the speed that was given
  float shaft_far_db = 0.0F;   ///< best of all other speeds
  float speed_rpm = 0.0F;      ///< that was used: the given one, or corrected by up to 2 %
};

}  // namespace aiot
