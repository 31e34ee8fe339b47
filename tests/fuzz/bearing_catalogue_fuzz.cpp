// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
//
// Catalogues of bearings from strangers, and the search in them.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "aiot/core/check.hpp"
#include "aiot/dsp/bearing.hpp"
#include "aiot/toolkit/bearing_catalogue.hpp"

void aiot::panic(const char* file, std::uint32_t line) noexcept {
  std::fprintf(stderr, "panic %s:%u\n", file, static_cast<unsigned>(line));
  std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)aiot::dsp::find_bearing(text);
  const auto catalogue = aiot::toolkit::parse_bearing_catalogue(text, "fuzz");
  if (!catalogue.ok()) {
    AIOT_CHECK(!catalogue.problem().text.empty());
    return 0;
  }
  for (const auto& bearing : *catalogue) {
    AIOT_CHECK(aiot::dsp::check(bearing.geometry).ok());
    const auto orders = aiot::dsp::bearing_orders(bearing.geometry);
    AIOT_CHECK(orders.ftf > 0.0F && orders.ftf <= 0.5F && orders.bpfo <= orders.bpfi &&
               orders.bsf > 0.0F);
    // A name finds itself, or a longer one that differs in nothing that counts.
    const auto found = aiot::toolkit::find_bearing(*catalogue, bearing.name);
    AIOT_CHECK(found && found->name.size() >= bearing.name.size());
  }
  return 0;
}
