// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/report/palette.hpp"

#include <algorithm>
#include <cmath>

namespace aiot::toolkit::report {
namespace {

// Text colours have a contrast of at least 4.5 to what they stand on, tested.
constexpr std::array<PaletteEntry, 33> kPalette{{
    {"page", 0xFFFFFF, 0x12161C},     {"panel", 0xF6F8FA, 0x1A2028},
    {"ink", 0x1B1F24, 0xE6EAF0},      {"muted", 0x57606A, 0xA3ADB9},
    {"rule", 0xD0D7DE, 0x3A434E},     {"grid", 0xE6E9ED, 0x262D36},
    {"s1", 0x0B5CAD, 0x6CB2FF},       {"s2", 0xB3480A, 0xFF9D57},
    {"s3", 0x1A7F37, 0x5FD07F},       {"s4", 0x7A3FD1, 0xC3A1FF},
    {"s5", 0xA0306F, 0xFF8AC2},       {"s6", 0x0F6F78, 0x4FD0D8},
    {"info", 0x0B5CAD, 0x6CB2FF},     {"info-tint", 0xEAF3FC, 0x14283F},
    {"good", 0x18722F, 0x5FD07F},     {"good-tint", 0xE7F6EC, 0x14301F},
    {"notice", 0x855600, 0xF2C14E},   {"notice-tint", 0xFFF5D6, 0x332A10},
    {"bad", 0xB3261E, 0xFF8F86},      {"bad-tint", 0xFDECEA, 0x3B1A1A},
    {"neutral", 0x57606A, 0xA3ADB9},  {"heat0", 0xF6F8FA, 0x1A2028},
    {"heat1", 0xE1ECF8, 0x1D2C40},    {"heat2", 0xC2DAF4, 0x203F61},
    {"heat3", 0x94BFEC, 0x235185},    {"heat4", 0x1F64B0, 0x7DB8F5},
    {"heat5", 0x0A3F7F, 0xB9DBFF},    {"on-heat0", 0x1B1F24, 0xE6EAF0},
    {"on-heat1", 0x1B1F24, 0xE6EAF0}, {"on-heat2", 0x1B1F24, 0xE6EAF0},
    {"on-heat3", 0x1B1F24, 0xFFFFFF}, {"on-heat4", 0xFFFFFF, 0x0B1018},
    {"on-heat5", 0xFFFFFF, 0x0B1018},
}};

constexpr const char* kRules = R"css(
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:944px;margin:0 auto;padding:40px 32px 56px}
h1,h2,h3,p,figcaption,dd,dt,li{overflow-wrap:anywhere}td,th{overflow-wrap:break-word}
h1{font-size:30px;line-height:1.2;margin:0;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:21px;line-height:1.3;margin:48px 0 12px;padding-top:20px;border-top:1px solid var(--rule)}
h3{font-size:17px;line-height:1.35;margin:32px 0 8px}
p,.points{margin:0 0 14px;max-width:68ch}
.points{padding-left:22px}
.points li{margin:3px 0}
.lead{font-size:18px;line-height:1.45;color:var(--muted);margin:8px 0 0}
.origin{display:grid;grid-template-columns:max-content 1fr;gap:3px 18px;margin:20px 0 0;padding:14px 0 0;border-top:1px solid var(--rule);font-size:14px}
.origin dt{color:var(--muted)}
.origin dd{margin:0;font-variant-numeric:tabular-nums}
nav{margin:20px 0 0;font-size:14px}
nav ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:4px 20px}
a{color:var(--s1);text-underline-offset:2px}
.keys{display:grid;grid-template-columns:repeat(auto-fit,minmax(158px,1fr));gap:12px;margin:20px 0}
.key{display:grid;grid-template-rows:subgrid;grid-row:span 3;row-gap:2px;align-content:start;background:var(--panel);border:1px solid var(--rule);border-radius:8px;padding:12px 14px 13px;min-width:0;border-top-width:4px}
.key .name{font-size:13px;line-height:1.35;color:var(--muted)}
.key .value{font-size:27px;line-height:1.25;font-weight:650;letter-spacing:-.01em;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.key .value small{display:inline-block;font-size:15px;line-height:1.2;font-weight:500;color:var(--muted);letter-spacing:0}
.key .detail{font-size:13px;line-height:1.4;color:var(--ink);display:flex;gap:6px;align-items:baseline}
.key.good{border-top-color:var(--good)}.key.notice{border-top-color:var(--notice)}.key.bad{border-top-color:var(--bad)}.key.info{border-top-color:var(--info)}
.call{display:grid;grid-template-columns:22px 1fr;gap:0 12px;margin:18px 0;padding:13px 18px 14px 14px;border-radius:8px;border-left:4px solid;background:var(--panel)}
.call .head{font-weight:650}
.call p{margin:2px 0 0;color:var(--ink)}
.call.neutral{border-color:var(--neutral)}
.call.info{border-color:var(--info);background:var(--info-tint)}
.call.good{border-color:var(--good);background:var(--good-tint)}
.call.notice{border-color:var(--notice);background:var(--notice-tint)}
.call.bad{border-color:var(--bad);background:var(--bad-tint)}
.t-info{color:var(--info)}.t-good{color:var(--good)}.t-notice{color:var(--notice)}.t-bad{color:var(--bad)}.t-neutral{color:inherit}
.sign{width:14px;height:14px;flex:none;vertical-align:-2px}
.call .sign{width:20px;height:20px;margin-top:3px}
figure{margin:22px 0 28px}
.name-of{font-weight:650;font-size:16px;line-height:1.35;margin:0 0 4px}
figcaption{font-size:14px;line-height:1.5;color:var(--muted);max-width:76ch;margin-top:8px}
.legend{display:flex;flex-wrap:wrap;gap:3px 18px;list-style:none;padding:0;margin:4px 0 8px;font-size:13px;color:var(--ink)}
.legend li{display:flex;align-items:center;gap:7px;min-width:0}
.legend svg{width:28px;height:12px;flex:none;overflow:visible}
.none{max-width:none;border:1px dashed var(--rule);border-radius:8px;color:var(--muted);padding:28px 16px;text-align:center;font-size:14px}
.plot{display:block;width:100%;height:auto;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
.slim{display:none}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:14px;line-height:1.4;font-variant-numeric:tabular-nums;margin:0}
.data{width:100%}
caption{caption-side:top;text-align:left;font-weight:650;font-size:16px;padding:0 0 6px}
.data th{font-size:13px;font-weight:600;color:var(--muted);text-align:left;vertical-align:bottom;border-bottom:1.5px solid var(--rule);padding:6px 12px 6px 0}
.data td{border-bottom:1px solid var(--grid);padding:7px 12px 7px 0;vertical-align:baseline;min-width:48px}
.data th.n,.data td.n{text-align:right}
.data td.n{white-space:nowrap;overflow-wrap:normal}
.data td.n+td:not(.n),.data th.n+th:not(.n){padding-left:18px}
.data th:last-child,.data td:last-child{padding-right:0}
.meter{display:inline-block;width:88px;height:9px;margin-left:10px;background:var(--grid);border-radius:2px;text-align:left;vertical-align:0}
.meter span{display:block;height:9px;border-radius:2px;background:var(--s1);min-width:1px}
.meter.t-good span{background:var(--good)}.meter.t-notice span{background:var(--notice)}.meter.t-bad span{background:var(--bad)}
.matrix th{font-weight:600;font-size:13px;padding:6px 10px;text-align:center;vertical-align:bottom;color:var(--ink);max-width:130px;line-height:1.3}
.matrix tbody th{text-align:right;vertical-align:middle;max-width:190px;padding-left:0}
.matrix .axis{color:var(--muted);font-weight:500}
.matrix thead th:first-child{text-align:right}
.matrix td{padding:8px 6px;min-width:74px;text-align:center;border:2px solid var(--page)}
.matrix td b{display:block;font-size:16px;font-weight:650;line-height:1.25}
.matrix td small{font-size:12px}
.matrix .zero b{font-weight:400;color:var(--muted)}
.matrix .hit{outline:2px solid var(--ink);outline-offset:-3px}
.matrix .rate{color:var(--ink);border:0;padding-left:10px}
.ax{fill:var(--muted)}.lab{fill:var(--ink)}
.grid{stroke:var(--grid);stroke-width:1;fill:none}.edge{stroke:var(--rule);stroke-width:1;fill:none}
.mid{text-anchor:middle}.end{text-anchor:end}.strong{font-weight:650}
.halo{paint-order:stroke;stroke:var(--page);stroke-width:4px;stroke-linejoin:round}
.ln{fill:none;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}.thin{stroke-width:1.1}
.dot{fill:none;stroke-width:6;stroke-linecap:round}.box{fill:none;stroke-width:6;stroke-linecap:square}.cross{fill:none;stroke-width:2;stroke-linecap:round}
.lim{stroke-width:1.4;fill:none}.shaft{stroke:var(--muted);stroke-width:1;stroke-dasharray:1 4;stroke-linecap:round;fill:none}.event{stroke:var(--ink);stroke-width:1.4;fill:none}
.fault{stroke-width:1.3;stroke-opacity:.85;fill:none}.side{stroke-width:1.4;fill:none}
.ref{stroke:var(--muted);stroke-width:1.2;stroke-dasharray:3 4;fill:none}
.area{fill-opacity:.13}.wash{fill-opacity:.09}.hollow{fill:var(--page)}
@media screen and (max-width:760px){main{padding:24px 16px 40px}h1{font-size:25px}h2{margin-top:36px}.wide{display:none}.slim{display:block}.meter{width:40px;margin-left:7px}.data{font-size:13px}.data th,.data td{padding-right:9px;min-width:0}.data td.n+td:not(.n),.data th.n+th:not(.n){padding-left:6px}.matrix td{min-width:60px;padding:7px 4px}.matrix th{padding:5px 6px;font-size:12px}.matrix .rate{padding-left:6px}.keys{grid-template-columns:repeat(auto-fit,minmax(138px,1fr))}.key .value{font-size:24px}}
@media print{@page{margin:14mm}.keys{grid-template-columns:repeat(auto-fit,minmax(118px,1fr))}body{font-size:10.5pt}main{max-width:none;padding:0}nav{display:none}h1,h2,h3,caption,.name-of,.legend{break-after:avoid}figure,.call,.keys,tr{break-inside:avoid}h2{margin-top:26px}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)css";

std::string hex_colour(std::uint32_t colour) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text = "#";
  for (int shift = 20; shift >= 0; shift -= 4) {
    text += kDigits[(colour >> static_cast<unsigned>(shift)) & 0xFU];
  }
  return text;
}

double luminance(std::uint32_t colour) noexcept {
  const auto linear = [colour](unsigned shift) {
    const double part = static_cast<double>((colour >> shift) & 0xFFU) / 255.0;
    return part <= 0.03928 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0);
}

}  // namespace

const char* name_of(Tone tone) noexcept {
  switch (tone) {
    case Tone::kInfo:
      return "info";
    case Tone::kGood:
      return "good";
    case Tone::kNotice:
      return "notice";
    case Tone::kBad:
      return "bad";
    case Tone::kNeutral:
      break;
  }
  return "neutral";
}

std::span<const PaletteEntry> palette() noexcept {
  return kPalette;
}

double contrast(std::uint32_t a, std::uint32_t b) noexcept {
  const auto [low, high] = std::minmax({luminance(a), luminance(b)});
  return (high + 0.05) / (low + 0.05);
}

std::string style_sheet() {
  std::string light = ":root{color-scheme:light dark";
  std::string dark = "@media screen and (prefers-color-scheme:dark){:root{";
  for (const PaletteEntry& entry : kPalette) {
    light += std::string(";--") + entry.name + ":" + hex_colour(entry.light);
    dark += std::string("--") + entry.name + ":" + hex_colour(entry.dark) + ";";
  }
  std::string rules = light + "}\n" + dark + "}}" + kRules;
  const auto rule = [](const std::string& colour) {
    return ".k-" + colour + "{stroke:var(--" + colour + ")}.f-" + colour + "{fill:var(--" + colour +
           ")}";
  };
  for (std::size_t i = 1; i <= kSeriesColours; ++i) {
    rules += rule("s" + std::to_string(i));
  }
  for (const Tone tone : {Tone::kNeutral, Tone::kInfo, Tone::kGood, Tone::kNotice, Tone::kBad}) {
    rules += rule(name_of(tone));
  }
  for (std::size_t i = 0; i < kHeatSteps; ++i) {
    const std::string step = std::to_string(i);
    rules += ".h" + step;
    rules += "{background:var(--heat" + step;
    rules += ");color:var(--on-heat" + step + ")}";
  }
  return rules + "\n";
}

}  // namespace aiot::toolkit::report
